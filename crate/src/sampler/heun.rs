//! Heun's second-order method on the same ODE as [`euler`].

use burn::tensor::Tensor;

use super::euler;
use crate::schedule::Level;

/// Euler's step corrected by a second look (Karras et al. 2022, algorithm 1): the mean of the displacements seen at
/// the start and at `x_euler`, where Euler's step ends and the network's estimate is `x0_hat_euler`. `to` must not be
/// the clean level, where Euler's step is final.
pub fn step(
    x_t: Tensor<4>,
    x0_hat: Tensor<4>,
    x_euler: Tensor<4>,
    x0_hat_euler: Tensor<4>,
    from: Level,
    to: Level,
) -> Tensor<4> {
    let first = euler::displacement(x_t.clone(), x0_hat, from, from, to);
    let second = euler::displacement(x_euler, x0_hat_euler, to, from, to);
    x_t + (first + second) * 0.5
}
