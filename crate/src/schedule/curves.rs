//! The curves of beta over time.

use std::f64::consts::FRAC_PI_2;

use super::spacing::linspace;
use super::{ScheduleConfig, ScheduleKind};

/// No step of the cosine schedule adds more noise than this (Nichol and Dhariwal 2021, section 3.2).
const MAX_COSINE_BETA: f64 = 0.999;

/// The betas of a valid configuration, before any rescaling.
pub(super) fn betas(config: &ScheduleConfig) -> Vec<f64> {
    let (start, end, count) = (config.beta_start, config.beta_end, config.num_train_timesteps);
    match config.kind {
        ScheduleKind::Linear => linspace(start, end, count).collect(),
        ScheduleKind::ScaledLinear => linspace(start.sqrt(), end.sqrt(), count)
            .map(|root| root * root)
            .collect(),
        ScheduleKind::Cosine => cosine(count),
        ScheduleKind::Sigmoid => linspace(-6.0, 6.0, count)
            .map(|x| start + (end - start) / (1.0 + (-x).exp()))
            .collect(),
    }
}

/// Betas whose alpha-bar is cos^2 (Nichol and Dhariwal 2021, "Improved Denoising Diffusion Probabilistic Models",
/// equation 17 with s = 0.008).
fn cosine(count: usize) -> Vec<f64> {
    let alpha_bar = |step: usize| {
        let time = step as f64 / count as f64;
        ((time + 0.008) / 1.008 * FRAC_PI_2).cos().powi(2)
    };
    (0..count)
        .map(|t| (1.0 - alpha_bar(t + 1) / alpha_bar(t)).min(MAX_COSINE_BETA))
        .collect()
}

/// Betas whose alpha-bar ends at exactly 0 and begins where it did: sqrt(alpha-bar) is shifted and stretched
/// (Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are Flawed", algorithm 1). The last beta is 1.
///
/// Needs two betas or more.
pub fn rescale_zero_terminal_snr(betas: &[f64]) -> Vec<f64> {
    let signals: Vec<f64> = betas
        .iter()
        .scan(1.0, |product, beta| {
            *product *= 1.0 - beta;
            Some(*product)
        })
        .map(f64::sqrt)
        .collect();
    let (first, last) = (signals[0], signals[signals.len() - 1]);
    let alpha_bars = signals
        .iter()
        .map(|signal| ((signal - last) * first / (first - last)).powi(2));
    let mut before = 1.0;
    alpha_bars
        .map(|alpha_bar| 1.0 - alpha_bar / std::mem::replace(&mut before, alpha_bar))
        .collect()
}
