//! A step as numbers, and the one place that applies them: guidance, what the output means, clipping, and the sum that is
//! the next `x_t`.

use burn::tensor::Tensor;

use super::Clipping;
use crate::denoiser::split_variance;
use crate::guidance::Guidance;
use crate::kernels::{self, StepNumbers};
use crate::prediction::{Estimates, Prediction};
use crate::schedule::Level;

/// A sampler's step: what the next `x_t` is a sum of. A method's own file says how it weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StepWeights {
    pub x_t: f64,
    pub x0_hat: f64,
    pub eps_hat: f64,
    /// Of fresh standard normal noise, before `noise_growth`.
    pub noise: f64,
    /// Where the network says how much noise: its weight is `noise exp(noise_growth v)`.
    pub noise_growth: f64,
    /// Of what a method remembers: the x0_hat of the step before, or Heun's `x_t`.
    pub past: f64,
}

/// What is added to the estimates.
#[derive(Clone, Debug, Default)]
pub struct Addends {
    pub noise: Option<Tensor<4>>,
    pub past: Option<Tensor<4>>,
}

impl StepWeights {
    /// The next `x_t`. `v`: what the network says of the variance.
    pub fn sum(
        &self,
        x_t: Tensor<4>,
        Estimates { x0_hat, eps_hat }: &Estimates,
        v: Option<Tensor<4>>,
        Addends { noise, past }: Addends,
    ) -> Tensor<4> {
        let noise = match v {
            Some(v) if self.noise_growth != 0.0 => noise.map(|noise| noise * (v * self.noise_growth).exp()),
            _ => noise,
        };
        let terms = [
            (Some(x_t.clone()), self.x_t),
            (Some(x0_hat.clone()), self.x0_hat),
            (Some(eps_hat.clone()), self.eps_hat),
            (noise, self.noise),
            (past, self.past),
        ];
        let weighed = terms
            .into_iter()
            .filter_map(|(x, weight)| (weight != 0.0).then(|| Some(x? * weight))?);
        weighed
            .reduce(|sum, term| sum + term)
            .unwrap_or_else(|| x_t.zeros_like())
    }
}

/// All that is made of a network's answers in one step.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub guidance: Guidance,
    pub prediction: Prediction,
    pub clipping: Clipping,
    /// Whether eps_hat is that of the clipped x0_hat.
    pub use_clipped_model_output: bool,
    /// That of `x_t`.
    pub level: Level,
    pub weights: StepWeights,
}

impl Step {
    /// The estimates and the next `x_t`; on the GPU mostly in one launch. `answers` are [`Guidance::ask`]'s.
    pub fn take(&self, x_t: Tensor<4>, answers: Tensor<4>, addends: Addends) -> (Estimates, Tensor<4>) {
        let is_guided = answers.dims()[0] > x_t.dims()[0];
        let is_rescaled = is_guided && self.guidance.rescale != 0.0;
        match self.clipping.limit() {
            Some(limit) if !is_rescaled && kernels::runs_kernels(&x_t.device()) => {
                let numbers = self.numbers(x_t.dims()[1], limit);
                let [x0_hat, eps_hat, x_next] =
                    kernels::sampling_step(x_t, answers, addends.noise, addends.past, numbers);
                (Estimates { x0_hat, eps_hat }, x_next)
            }
            _ => {
                let (estimates, v) = self.estimates(x_t.clone(), answers);
                let x_next = self.weights.sum(x_t, &estimates, v, addends);
                (estimates, x_next)
            }
        }
    }

    /// Image and noise, and what the network says of the variance where it does.
    fn estimates(&self, x_t: Tensor<4>, answers: Tensor<4>) -> (Estimates, Option<Tensor<4>>) {
        let [count, channels, ..] = x_t.dims();
        let output = self.guidance.combine(answers, count, channels);
        let (output, v) = split_variance(output, channels);
        let Estimates { x0_hat, eps_hat } = self.prediction.estimates(x_t.clone(), output, &[self.level]);
        let x0_hat = self.clipping.apply(x0_hat);
        let eps_hat = if self.fits_eps() {
            (x_t - x0_hat.clone() * self.level.alpha) / self.level.sigma
        } else {
            eps_hat
        };
        (Estimates { x0_hat, eps_hat }, v)
    }

    fn fits_eps(&self) -> bool {
        self.use_clipped_model_output && self.level.sigma > 0.0
    }

    fn numbers(&self, channels: usize, limit: f64) -> StepNumbers {
        let Level { alpha, sigma } = self.level;
        let ((x_t_in_x0, output_in_x0), (x_t_in_eps, output_in_eps)) = self.prediction.weights(self.level);
        let StepWeights {
            x_t,
            x0_hat,
            eps_hat,
            noise,
            noise_growth,
            past,
        } = self.weights;
        StepNumbers {
            guidance_scale: self.guidance.scale,
            guided_channels: self.guidance.guided(channels),
            x0_hat: [x_t_in_x0, output_in_x0],
            limit,
            eps_hat: match self.fits_eps() {
                true => [1.0 / sigma, 0.0, -alpha / sigma],
                false => [x_t_in_eps, output_in_eps, 0.0],
            },
            x_next: [x_t, x0_hat, eps_hat, noise, past],
            noise_growth,
        }
    }
}
