//! The forward process q, which turns data into noise, and its posterior.
//!
//! Ho et al. 2020, "Denoising Diffusion Probabilistic Models", section 2, written for any Gaussian path
//! `x_t = alpha x_0 + sigma eps` (Kingma et al. 2021, "Variational Diffusion Models", appendix A).

mod histogram;

use burn::tensor::{Device, Tensor};

pub use histogram::Histogram;

use crate::schedule::Level;

/// `x_t` drawn from q(x_t | x_0) in one go, `sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps` (Ho et al. 2020,
/// equation 4).
///
/// Images are `[batch, channels, height, width]`; one alpha-bar for each element of the batch, or one for all.
pub fn q_sample(x_0: Tensor<4>, eps: Tensor<4>, alpha_bar: &[f64]) -> Tensor<4> {
    let levels: Vec<Level> = alpha_bar
        .iter()
        .map(|&alpha_bar| Level::from_alpha_bar(alpha_bar))
        .collect();
    mix(x_0, eps, &levels)
}

/// `x_t = alpha x_0 + sigma eps`: [`q_sample`] on any Gaussian path, rectified flow's among them.
pub fn mix(x_0: Tensor<4>, eps: Tensor<4>, levels: &[Level]) -> Tensor<4> {
    let alphas: Vec<f64> = levels.iter().map(|level| level.alpha).collect();
    let sigmas: Vec<f64> = levels.iter().map(|level| level.sigma).collect();
    scale(x_0, &alphas) + scale(eps, &sigmas)
}

/// Adds just enough noise to take `x` from a level to a noisier one: a draw from q(x_t | x_s), which for
/// neighbours is `sqrt(1 - beta_t) x_{t-1} + sqrt(beta_t) eps` (Ho et al. 2020, equation 2).
pub fn q_step(x: Tensor<4>, eps: Tensor<4>, from: Level, to: Level) -> Tensor<4> {
    let (kept, added) = step_weights(from, to);
    x * kept + eps * added
}

/// What [`q_step`] weighs the picture and the noise with.
pub fn step_weights(from: Level, to: Level) -> (f64, f64) {
    (to.alpha / from.alpha, transition_variance(to, from).sqrt())
}

/// Variance of q(x_t | x_s), where `noisy` is the level of t and `clean` that of s: beta_t for neighbours.
pub fn transition_variance(noisy: Level, clean: Level) -> f64 {
    let ratio = noisy.alpha / clean.alpha;
    (noisy.sigma.powi(2) - (ratio * clean.sigma).powi(2)).max(0.0)
}

/// q(x_s | x_t, x_0), a Gaussian: its mean is a weighted sum of x_0 and x_t (Ho et al. 2020, equations 6 and 7).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posterior {
    pub x_0_weight: f64,
    pub x_t_weight: f64,
    pub variance: f64,
}

impl Posterior {
    /// The posterior at the level `clean`, seen from `noisy`.
    pub fn new(noisy: Level, clean: Level) -> Self {
        let added = transition_variance(noisy, clean) / noisy.sigma.powi(2);
        let kept = (clean.sigma / noisy.sigma).powi(2);
        Self {
            x_0_weight: clean.alpha * added,
            x_t_weight: noisy.alpha / clean.alpha * kept,
            variance: clean.sigma.powi(2) * added,
        }
    }

    pub fn mean(&self, x_0: Tensor<4>, x_t: Tensor<4>) -> Tensor<4> {
        x_0 * self.x_0_weight + x_t * self.x_t_weight
    }
}

/// Multiplies each element of a batch by its coefficient; a single coefficient is every element's.
pub(crate) fn scale(x: Tensor<4>, coefficients: &[f64]) -> Tensor<4> {
    match coefficients {
        [coefficient] => x * *coefficient,
        _ => {
            let device = x.device();
            x * per_sample(coefficients, &device)
        }
    }
}

/// One number for each element of a batch, as `[batch, 1, 1, 1]`.
pub(crate) fn per_sample(values: &[f64], device: &Device) -> Tensor<4> {
    let values: Vec<f32> = values.iter().map(|&value| value as f32).collect();
    Tensor::<1>::from_floats(values.as_slice(), device).reshape([values.len(), 1, 1, 1])
}

#[cfg(test)]
mod tests;
