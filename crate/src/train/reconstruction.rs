//! What an autoencoder's training step minimises: the error of its reconstruction, and how far its latents are from
//! standard normal ones (Kingma and Welling, 2014, equation 10; weighted as by Rombach et al., 2022).

use burn::tensor::{Device, Tensor};
use serde::Serialize;

use crate::data::DataSet;
use crate::model::AutoencoderKl;
use crate::rng::{Rng, Stream};

/// What the loss of an autoencoder's step is made of: `error + kl_weight * kl`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Reconstruction {
    /// Mean of `(x_0 - decode(z))^2` over batch and pixels.
    pub error: f32,
    /// Mean over the batch of the latents' divergence from standard normal ones, in nats an image.
    pub kl: f32,
}

/// What one training step of an autoencoder looks at.
#[derive(Clone, Debug)]
pub struct ReconstructionBatch {
    pub x_0: Tensor<4>,   // [batch, channels, height, width]
    pub noise: Tensor<4>, // [batch, latent channels, height, width]: draws the latents from their posterior
}

impl ReconstructionBatch {
    /// The batch of training step `step`, a function of its arguments alone. `latent_shape`: channels, height, width.
    pub fn draw(
        data: &dyn DataSet,
        indices: &[usize],
        latent_shape: [usize; 3],
        seed: u64,
        step: u32,
        device: &Device,
    ) -> Self {
        let [channels, height, width] = latent_shape;
        let shape = [indices.len(), channels, height, width];
        Self {
            x_0: data.x_0(indices, device),
            noise: Rng::new(seed, Stream::Noise, step).normal_tensor(shape, device),
        }
    }

    /// The error and the divergence of [`Reconstruction`], `[1]` each.
    ///
    /// The square makes their weighted sum the variational bound of a decoder with Gaussian pixels of one variance `s^2`:
    /// with `kl_weight = 2 s^2 / pixels` it is that bound times the weight, but for a constant. An absolute error, which
    /// Rombach et al. take beside a perceptual and an adversarial one, is least at a pixel's median: alone, on images
    /// that are mostly background, it would paint a doubtful stroke as background.
    ///
    /// `autodiff`: whether the network's parameters are on an autodiff device.
    pub fn error_and_kl(self, autoencoder: &AutoencoderKl, autodiff: bool) -> [Tensor<1>; 2] {
        let Self { x_0, noise } = self;
        let (x_0, noise) = match autodiff {
            true => (x_0.autodiff(), noise.autodiff()),
            false => (x_0, noise),
        };
        let posterior = autoencoder.encode(x_0.clone());
        let error = autoencoder.decode(posterior.sample(noise)) - x_0;
        [error.square().mean(), posterior.kl().mean()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::ImageSet;
    use crate::model::{Preset, Trainable};

    #[test]
    fn the_error_is_that_of_a_draw_and_the_divergence_a_mean_over_the_batch() {
        let device = Device::flex();
        let pixels = (0..3 * 784).map(|i| (i * 37 % 256) as u8).collect();
        let data = ImageSet::new(1, 28, 28, 10, vec![0, 1, 2], pixels).unwrap();
        let trainable = Trainable::init(Preset::AutoencoderTiny, 0, &device).unwrap();
        let autoencoder = trainable.into_autoencoder().unwrap();
        let shape = autoencoder.config().latent_shape();
        let batch = ReconstructionBatch::draw(&data, &[2, 0], shape, 3, 7, &device);
        let again = ReconstructionBatch::draw(&data, &[2, 0], shape, 3, 7, &device);
        batch.noise.to_data().assert_eq(&again.noise.into_data(), true);

        let scalar = |t: Tensor<1>| t.into_scalar::<f32>();
        let posterior = autoencoder.encode(batch.x_0.clone());
        let image = autoencoder.decode(posterior.sample(batch.noise.clone()));
        let error = scalar((image - batch.x_0.clone()).square().mean());
        let kl = scalar(posterior.kl().sum()) / 2.0;
        let found = batch.error_and_kl(&autoencoder, false).map(scalar);
        assert!(error > 0.0 && (found[0] - error).abs() < 1e-6 * error);
        assert!(kl > 0.0 && (found[1] - kl).abs() < 1e-5 * kl);
    }
}
