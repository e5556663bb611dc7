//! DDIM (Song et al. 2021, "Denoising Diffusion Implicit Models"). Its alpha is this crate's alpha-bar.

use super::StepWeights;
use crate::process::Posterior;
use crate::schedule::Level;

/// One step between any two levels (equation 12): the estimated image, the estimated noise, and `eta` times DDPM's
/// share of fresh noise (equation 16). With `to` noisier than `from` and `eta` = 0 this is the inversion of
/// section 4.3, from image to noise.
pub fn weights(eta: f64, from: Level, to: Level) -> StepWeights {
    let fresh = if eta > 0.0 {
        eta * Posterior::new(from, to).variance.sqrt()
    } else {
        0.0
    };
    StepWeights {
        x0_hat: to.alpha,
        eps_hat: (to.sigma.powi(2) - fresh.powi(2)).max(0.0).sqrt(),
        noise: fresh,
        ..StepWeights::default()
    }
}
