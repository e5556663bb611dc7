//! DDPM's ancestral step (Ho et al. 2020, "Denoising Diffusion Probabilistic Models").

use serde::{Deserialize, Serialize};

use super::StepWeights;
use crate::process::{Posterior, transition_variance};
use crate::schedule::Level;

/// Stands in for a posterior variance of 0, whose logarithm is infinite.
const LEAST_VARIANCE: f64 = 1e-20;

/// The variance of the reverse step (Ho et al. 2020, section 3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Variance {
    /// The posterior's, right for data that is one point.
    #[default]
    FixedSmall,
    /// beta_t, right for data that is standard normal.
    FixedLarge,
    /// Between the two, pixel by pixel, as the network says; `FixedSmall` for a network that doesn't.
    LearnedRange,
}

/// `x_s` drawn from p(x_s | x_t): the posterior's mean with x0_hat for x_0 (equations 7 and 11), and noise of the
/// `variance` asked for. `has_v`: whether the network says what it should be.
pub fn weights(variance: Variance, has_v: bool, from: Level, to: Level) -> StepWeights {
    let posterior = Posterior::new(from, to);
    let (noise, noise_growth) = match variance {
        _ if to.sigma == 0.0 => (0.0, 0.0),
        Variance::FixedLarge => (transition_variance(from, to).sqrt(), 0.0),
        Variance::LearnedRange if has_v => learned_deviation(log_variance_range(from, to)),
        _ => (posterior.variance.sqrt(), 0.0),
    };
    StepWeights {
        x_t: posterior.x_t_weight,
        x0_hat: posterior.x_0_weight,
        noise,
        noise_growth,
        ..StepWeights::default()
    }
}

/// The learned standard deviation is `noise exp(noise_growth v)`: these two. Its logarithm is linear in the network's `v`,
/// about -1 to 1: for -1 the variance is `low`, for 1 `high` (Nichol and Dhariwal 2021, "Improved Denoising Diffusion
/// Probabilistic Models", equation 15).
pub fn learned_deviation((low, high): (f64, f64)) -> (f64, f64) {
    ((0.25 * (high + low)).exp(), 0.25 * (high - low))
}

/// The ends of the learned range: logarithms of the posterior's variance and of beta_t.
pub fn log_variance_range(from: Level, to: Level) -> (f64, f64) {
    let low = Posterior::new(from, to).variance.max(LEAST_VARIANCE).ln();
    (low, transition_variance(from, to).max(LEAST_VARIANCE).ln())
}
