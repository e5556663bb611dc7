//! Euler's method on the probability-flow ODE (Song et al. 2021, "Score-Based Generative Modeling through Stochastic
//! Differential Equations", section 4.3; Karras et al. 2022, equation 4) and on rectified flow (Liu et al. 2023,
//! equation 1).

use burn::tensor::Tensor;

use crate::schedule::Level;

/// `x_t` moved along the straight line that x0_hat and its noise span.
///
/// The ODE of every Gaussian path is `dx = x_0 dalpha + eps dsigma` with the estimates for x_0 and eps. On rectified
/// flow this is `x + (t' - t) velocity`, on the variance-exploding path `x + (sigma' - sigma) eps`; on the
/// variance-preserving path it lands where DDIM does.
pub fn step(x_t: Tensor<4>, x0_hat: Tensor<4>, from: Level, to: Level) -> Tensor<4> {
    x_t.clone() + displacement(x_t, x0_hat, from, from, to)
}

/// `x_0 (alpha' - alpha) + eps (sigma' - sigma)`, with the estimates made at `x`, whose level is `at`.
pub(super) fn displacement(x: Tensor<4>, x0_hat: Tensor<4>, at: Level, from: Level, to: Level) -> Tensor<4> {
    let eps_hat = (x - x0_hat.clone() * at.alpha) / at.sigma;
    x0_hat * (to.alpha - from.alpha) + eps_hat * (to.sigma - from.sigma)
}
