//! The variational bound on the negative log-likelihood, term by term, in bits per dimension.
//!
//! Ho et al. 2020, "Denoising Diffusion Probabilistic Models", equation 5: L_T + sum of L_{t-1} + L_0. The losses that
//! learn the variance are those of Nichol and Dhariwal 2021, "Improved Denoising Diffusion Probabilistic Models".

mod estimate;

use std::f64::consts::{LN_2, SQRT_2};

use burn::tensor::{Int, Tensor};

pub use estimate::{SumEstimate, spread_timesteps};

use crate::denoiser::{Denoiser, split_variance};
use crate::kernels::mean_squared_error;
use crate::prediction::Prediction;
use crate::process::{Posterior, per_sample, q_sample, scale};
use crate::sampler::Clipping;
use crate::sampler::ddpm::{Variance, log_variance_range};
use crate::schedule::Schedule;

/// Half the distance between two of the 256 grey values in [-1, 1].
const HALF_BIN: f64 = 1.0 / 255.0;

/// Least probability whose logarithm is taken.
const LEAST_PROBABILITY: f64 = 1e-12;

/// The bound of a model whose reverse steps have the given variance, on all timesteps of a schedule.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    pub schedule: &'a Schedule,
    pub variance: Variance,
}

impl Bound<'_> {
    /// L_T for each image, `[batch]`: how far `x_T` is from the standard normal noise that sampling starts from.
    pub fn prior_term(&self, x_0: Tensor<4>) -> Tensor<1> {
        let end = self.schedule.level(self.schedule.len() - 1);
        let variance = end.sigma.powi(2);
        bits((x_0 * end.alpha).square() * 0.5 + 0.5 * (variance - 1.0 - variance.ln()))
    }

    /// The term of timestep `t` for each image, `[batch]`: L_{t-1}, or L_0 for t = 0. One `t` for each image, or one
    /// for all; `v` is the network's variance output where it has one.
    ///
    /// The mean of q's posterior and that of the model share their part of `x_t`, so that only the images count.
    pub fn term(&self, x_0: Tensor<4>, x0_hat: Tensor<4>, v: Option<Tensor<4>>, t: &[usize]) -> Tensor<1> {
        let log_variance = self.log_variance(v, t, &x_0);
        if t.iter().all(|&t| t == 0) {
            return bits(negative_log_likelihood(x_0, x0_hat, log_variance));
        }
        let divergence = self.divergence(x_0.clone(), x0_hat.clone(), log_variance.clone(), t);
        if t.iter().all(|&t| t > 0) {
            return bits(divergence);
        }
        let first = per_sample(
            &t.iter().map(|&t| f64::from(t == 0)).collect::<Vec<_>>(),
            &x_0.device(),
        );
        let reconstruction = negative_log_likelihood(x_0, x0_hat, log_variance);
        bits(divergence.clone() + (reconstruction - divergence) * first)
    }

    /// [`Self::term`] of a network on a batch of clean images, noised with `eps`.
    pub fn evaluate(
        &self,
        denoiser: &dyn Denoiser,
        prediction: Prediction,
        clipping: Clipping,
        data: (Tensor<4>, Tensor<4>),
        labels: Option<Tensor<1, Int>>,
        t: usize,
    ) -> Tensor<1> {
        self.evaluate_with_simple(denoiser, prediction, clipping, data, labels, t)
            .0
    }

    /// [`Self::evaluate`], and beside it [`l_simple`] from the same call of the network: `[batch]` each.
    pub fn evaluate_with_simple(
        &self,
        denoiser: &dyn Denoiser,
        prediction: Prediction,
        clipping: Clipping,
        (x_0, eps): (Tensor<4>, Tensor<4>),
        labels: Option<Tensor<1, Int>>,
        t: usize,
    ) -> (Tensor<1>, Tensor<1>) {
        let alpha_bar = self.schedule.alpha_bar(t);
        let x_t = q_sample(x_0.clone(), eps.clone(), &[alpha_bar]);
        let times = Tensor::full([x_0.dims()[0]], t as f64, &x_0.device());
        let output = denoiser.denoise(x_t.clone(), times, labels);
        let (output, v) = split_variance(output, x_t.dims()[1]);
        let simple = l_simple(output.clone(), prediction.target(x_0.clone(), eps, &[alpha_bar]));
        let x0_hat = prediction
            .estimates(x_t, output, &[self.schedule.level(t)])
            .x0_hat;
        (self.term(x_0, clipping.apply(x0_hat), v, &[t]), simple)
    }

    /// L_vlb for each image, `[batch]`, estimated from one timestep: T times its term. `output` has the variance behind
    /// the prediction; no gradient reaches the prediction (Nichol and Dhariwal 2021, section 3.1).
    pub fn l_vlb(
        &self,
        prediction: Prediction,
        (x_0, x_t): (Tensor<4>, Tensor<4>),
        output: Tensor<4>,
        t: &[usize],
    ) -> Tensor<1> {
        let levels: Vec<_> = t.iter().map(|&t| self.schedule.level(t)).collect();
        let (output, v) = split_variance(output, x_0.dims()[1]);
        let x0_hat = prediction.estimates(x_t, output.detach(), &levels).x0_hat;
        self.term(x_0, x0_hat, v, t) * self.schedule.len() as f64
    }

    /// L_hybrid = L_simple + lambda L_vlb for each image, `[batch]` (Nichol and Dhariwal 2021, equation 16, where
    /// lambda is 0.001). `x_t` is made of `x_0` and `eps`.
    pub fn l_hybrid(
        &self,
        prediction: Prediction,
        [x_0, eps, x_t]: [Tensor<4>; 3],
        output: Tensor<4>,
        t: &[usize],
        lambda: f64,
    ) -> Tensor<1> {
        let alpha_bars: Vec<f64> = t.iter().map(|&t| self.schedule.alpha_bar(t)).collect();
        let target = prediction.target(x_0.clone(), eps, &alpha_bars);
        let simple = l_simple(output.clone().narrow(1, 0, x_0.dims()[1]), target);
        simple + self.l_vlb(prediction, (x_0, x_t), output, t) * lambda
    }

    /// Divergence of the model's reverse step from q's posterior, two Gaussians, pixel by pixel in nats (Ho et al.
    /// 2020, equation 8).
    fn divergence(
        &self,
        x_0: Tensor<4>,
        x0_hat: Tensor<4>,
        log_variance: Tensor<4>,
        t: &[usize],
    ) -> Tensor<4> {
        let posterior = |t: usize| Posterior::new(self.schedule.level(t), self.schedule.level_before(t));
        let weights: Vec<f64> = t.iter().map(|&t| posterior(t).x_0_weight).collect();
        let true_log_variances: Vec<f64> = t.iter().map(|&t| self.log_variance_range(t).0).collect();
        let narrower = log_variance.clone() - per_sample(&true_log_variances, &x_0.device());
        let distance = scale(x_0 - x0_hat, &weights).square() * log_variance.neg().exp();
        (narrower.clone() + narrower.neg().exp() + distance - 1.0) * 0.5
    }

    /// Logarithm of the model's variance: `[batch, 1, 1, 1]`, or that of every pixel where it is learned.
    fn log_variance(&self, v: Option<Tensor<4>>, t: &[usize], like: &Tensor<4>) -> Tensor<4> {
        let (low, high): (Vec<_>, Vec<_>) = t.iter().map(|&t| self.log_variance_range(t)).unzip();
        match (self.variance, v) {
            (Variance::LearnedRange, Some(v)) => {
                let low = per_sample(&low, &like.device());
                let high = per_sample(&high, &like.device());
                low.clone() + (v + 1.0) * 0.5 * (high - low)
            }
            (Variance::FixedLarge, _) => per_sample(&high, &like.device()),
            _ => per_sample(&low, &like.device()),
        }
    }

    /// Logarithms of the posterior's variance and of beta_t. The posterior of t = 0 has no variance; that of t = 1
    /// takes its place.
    fn log_variance_range(&self, t: usize) -> (f64, f64) {
        let at = |t| log_variance_range(self.schedule.level(t), self.schedule.level_before(t));
        match t {
            0 if self.schedule.len() > 1 => (at(1).0, at(0).1),
            0 => (at(0).1, at(0).1),
            _ => at(t),
        }
    }
}

/// L_simple for each image, `[batch]`: the mean squared error of the network's output (Ho et al. 2020, equation 14).
pub fn l_simple(output: Tensor<4>, target: Tensor<4>) -> Tensor<1> {
    mean_squared_error(output, target)
}

/// -ln p(x_0) of every pixel under a normal distribution cut into 256 grey values, the outermost reaching to infinity
/// (Ho et al. 2020, equation 13).
fn negative_log_likelihood(x_0: Tensor<4>, mean: Tensor<4>, log_variance: Tensor<4>) -> Tensor<4> {
    let precision = (log_variance * -0.5).exp();
    let centred = x_0.clone() - mean;
    let cumulative = |edge: Tensor<4>| ((edge * precision.clone() / SQRT_2).erf() + 1.0) * 0.5;
    let above =
        cumulative(centred.clone() + HALF_BIN).mask_fill(x_0.clone().greater_scalar(1.0 - HALF_BIN), 1.0);
    let below = cumulative(centred - HALF_BIN).mask_fill(x_0.lower_scalar(HALF_BIN - 1.0), 0.0);
    (above - below).clamp_min(LEAST_PROBABILITY).log().neg()
}

/// Nats for every pixel to bits per dimension for every image.
fn bits(nats: Tensor<4>) -> Tensor<1> {
    mean_of_each(nats) / LN_2
}

fn mean_of_each(x: Tensor<4>) -> Tensor<1> {
    x.mean_dims(&[1, 2, 3]).flatten(0, 3)
}

#[cfg(test)]
mod tests;
