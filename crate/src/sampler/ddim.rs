//! DDIM (Song et al. 2021, "Denoising Diffusion Implicit Models"). Its alpha is this crate's alpha-bar.

use burn::tensor::Tensor;

use crate::process::Posterior;
use crate::schedule::Level;

/// One step between any two levels (equation 12): the estimated image, the estimated noise, and `eta` times DDPM's
/// share of fresh `noise` (equation 16). With `to` noisier than `from` and `eta` = 0 this is the inversion of
/// section 4.3, from image to noise.
pub fn step(
    x0_hat: Tensor<4>,
    eps_hat: Tensor<4>,
    eta: f64,
    noise: Option<Tensor<4>>,
    from: Level,
    to: Level,
) -> Tensor<4> {
    match noise {
        None => x0_hat * to.alpha + eps_hat * to.sigma,
        Some(noise) => {
            let fresh = eta * Posterior::new(from, to).variance.sqrt();
            let direction = (to.sigma.powi(2) - fresh.powi(2)).max(0.0).sqrt();
            x0_hat * to.alpha + eps_hat * direction + noise * fresh
        }
    }
}
