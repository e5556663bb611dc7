//! DDPM's ancestral step (Ho et al. 2020, "Denoising Diffusion Probabilistic Models").

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

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

/// `x_s` drawn from p(x_s | x_t): the posterior's mean with x0_hat for x_0 (equations 7 and 11), and noise that is
/// already scaled by its standard deviation.
pub fn step(
    x_t: Tensor<4>,
    x0_hat: Tensor<4>,
    scaled_noise: Option<Tensor<4>>,
    from: Level,
    to: Level,
) -> Tensor<4> {
    let mean = Posterior::new(from, to).mean(x0_hat, x_t);
    match scaled_noise {
        Some(noise) => mean + noise,
        None => mean,
    }
}

impl Variance {
    /// Standard normal `noise` scaled to this variance; `learned` is the network's output, about -1 to 1.
    pub fn scale_noise(
        self,
        noise: Tensor<4>,
        learned: Option<Tensor<4>>,
        from: Level,
        to: Level,
    ) -> Tensor<4> {
        match (self, learned) {
            (Self::FixedLarge, _) => noise * transition_variance(from, to).sqrt(),
            (Self::LearnedRange, Some(v)) => noise * (learned_log_variance(v, from, to) * 0.5).exp(),
            _ => noise * Posterior::new(from, to).variance.sqrt(),
        }
    }
}

/// Logarithm of the learned variance: `v` = -1 is the posterior's, 1 is beta_t, linear between (Nichol and Dhariwal
/// 2021, "Improved Denoising Diffusion Probabilistic Models", equation 15).
pub fn learned_log_variance(v: Tensor<4>, from: Level, to: Level) -> Tensor<4> {
    let (low, high) = log_variance_range(from, to);
    interpolate_log_variance(v, low, high)
}

/// The ends of the learned range: logarithms of the posterior's variance and of beta_t.
pub fn log_variance_range(from: Level, to: Level) -> (f64, f64) {
    let low = Posterior::new(from, to).variance.max(LEAST_VARIANCE).ln();
    (low, transition_variance(from, to).max(LEAST_VARIANCE).ln())
}

/// From `low` at `v` = -1 to `high` at `v` = 1.
pub fn interpolate_log_variance(v: Tensor<4>, low: f64, high: f64) -> Tensor<4> {
    v * (0.5 * (high - low)) + 0.5 * (high + low)
}
