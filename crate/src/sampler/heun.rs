//! Heun's second-order method on the same ODE as [`euler`].

use super::{StepWeights, euler};
use crate::schedule::Level;

/// Euler's step corrected by a second look (Karras et al. 2022, algorithm 1): the mean of the displacements seen at
/// the start and at `x_euler`, where Euler's step ends. There the network is asked again: `x_t` and x0_hat are those of
/// that look, and the past is the `x_t` that the step began at. `to` must not be the clean level, where Euler's step is
/// final.
///
/// The second displacement is what Euler's step back from `x_euler` undoes, so that the sum is
/// `(past + x_euler) / 2 + (x_euler - back) / 2`.
pub fn weights(from: Level, to: Level) -> StepWeights {
    let back = euler::weights(to, from);
    StepWeights {
        x_t: 1.0 - 0.5 * back.x_t,
        x0_hat: -0.5 * back.x0_hat,
        past: 0.5,
        ..StepWeights::default()
    }
}
