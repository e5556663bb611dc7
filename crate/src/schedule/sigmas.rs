//! The schedule seen as a noise ratio sigma = sqrt((1 - alpha-bar) / alpha-bar), the coordinate of Karras et al. 2022,
//! "Elucidating the Design Space of Diffusion-Based Generative Models".

use super::Schedule;
use super::spacing::linspace;

/// Stands in for alpha-bar = 0, whose ratio is infinite: a noise ratio of 4096.
const LEAST_ALPHA_BAR: f64 = 1.0 / 16_777_216.0;

impl Schedule {
    /// Noise over signal at timestep t; finite also where alpha-bar is 0.
    pub fn noise_ratio(&self, t: usize) -> f64 {
        let alpha_bar = self.alpha_bar(t);
        let alpha_bar = if alpha_bar > 0.0 {
            alpha_bar
        } else {
            LEAST_ALPHA_BAR
        };
        ((1.0 - alpha_bar) / alpha_bar).sqrt()
    }

    /// [`Self::noise_ratio`] between timesteps, linear in t.
    pub fn noise_ratio_at(&self, t: f64) -> f64 {
        let t = t.clamp(0.0, (self.len() - 1) as f64);
        let below = t as usize;
        let above = (below + 1).min(self.len() - 1);
        let weight = t - below as f64;
        (1.0 - weight) * self.noise_ratio(below) + weight * self.noise_ratio(above)
    }

    /// The timestep, with its fraction, that has this noise ratio: linear in the ratio's logarithm.
    pub fn timestep_of(&self, noise_ratio: f64) -> f64 {
        let last = self.len() - 1;
        if last == 0 {
            return 0.0;
        }
        let above = (0..last)
            .position(|t| self.noise_ratio(t + 1) > noise_ratio)
            .unwrap_or(last - 1)
            + 1;
        let (low, high) = (self.noise_ratio(above - 1).ln(), self.noise_ratio(above).ln());
        let weight = ((noise_ratio.ln() - low) / (high - low)).clamp(0.0, 1.0);
        (above - 1) as f64 + weight
    }
}

/// `count` noise ratios from `max` down to `min`, dense where the noise is low (Karras et al. 2022, equation 5).
///
/// `rho` is 7 in the paper.
pub fn karras_sigmas(min: f64, max: f64, count: usize, rho: f64) -> Vec<f64> {
    linspace(max.powf(rho.recip()), min.powf(rho.recip()), count)
        .map(|root| root.powf(rho))
        .collect()
}
