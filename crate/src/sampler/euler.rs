//! Euler's method on the probability-flow ODE (Song et al. 2021, "Score-Based Generative Modeling through Stochastic
//! Differential Equations", section 4.3; Karras et al. 2022, equation 4) and on rectified flow (Liu et al. 2023,
//! equation 1).

use super::StepWeights;
use crate::schedule::Level;

/// `x_t` moved along the straight line that x0_hat and its noise span.
///
/// The ODE of every Gaussian path is `dx = x_0 dalpha + eps dsigma` with the estimates for x_0 and eps. On rectified
/// flow this is `x + (t' - t) velocity`, on the variance-exploding path `x + (sigma' - sigma) eps`; on the
/// variance-preserving path it lands where DDIM does. With `eps = (x_t - alpha x_0) / sigma` put in,
/// `x_t + x_0 (alpha' - alpha) + eps (sigma' - sigma)` is this sum of x_t and x_0.
pub fn weights(from: Level, to: Level) -> StepWeights {
    let ratio = to.sigma / from.sigma;
    StepWeights {
        x_t: ratio,
        x0_hat: to.alpha - from.alpha * ratio,
        ..StepWeights::default()
    }
}
