//! Classifier-free guidance: one network, asked with and without the class, steered towards the difference.
//!
//! Ho and Salimans 2021, "Classifier-Free Diffusion Guidance", equation 6.

use burn::tensor::{Int, Tensor};

use crate::denoiser::Denoiser;

/// A denoiser wrapped so that its output is `null + scale (class - null)`.
///
/// `scale` is 1 plus the paper's w: 1 asks for the class alone, 0 for the null class alone, and either costs one
/// evaluation; any other scale costs one call with twice the batch.
pub struct Guided<'a> {
    pub denoiser: &'a dyn Denoiser,
    pub scale: f64,
    /// phi of Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are Flawed", section 3.4: how far
    /// the guided output's spread is pulled back to that of the class's output. 0 leaves it, 1 pulls all the way.
    pub rescale: f64,
    /// The class index that stands for "no class".
    pub null_class: u8,
    /// How many of the image's channels are steered; the others are the class's. `None`: all. The published DiT
    /// steers the first 3 of its latents' 4.
    pub channels: Option<usize>,
}

impl Denoiser for Guided<'_> {
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        let labels = match labels {
            Some(labels) if self.scale != 1.0 => labels,
            labels => return self.denoiser.denoise(x_t, t, labels),
        };
        let null = labels.full_like(self.null_class);
        if self.scale == 0.0 {
            return self.denoiser.denoise(x_t, t, Some(null));
        }
        let channels = x_t.dims()[1];
        let channels = self.channels.map_or(channels, |first| first.min(channels));
        let output = self.denoiser.denoise(
            Tensor::cat(vec![x_t.clone(), x_t], 0),
            Tensor::cat(vec![t.clone(), t], 0),
            Some(Tensor::cat(vec![labels, null], 0)),
        );
        self.combine(output, channels)
    }
}

impl Guided<'_> {
    /// `output`, `[2 batch, ..]`, holds the class's half, then the null class's. Channels beyond the first `channels`,
    /// among them those where the network puts its variance, are taken from the class's half as they are.
    fn combine(&self, output: Tensor<4>, channels: usize) -> Tensor<4> {
        let [both, all_channels, ..] = output.dims();
        let with_class = output.clone().narrow(0, 0, both / 2);
        let class = with_class.clone().narrow(1, 0, channels);
        let null = output.narrow(0, both / 2, both / 2).narrow(1, 0, channels);
        let guided = null.clone() + (class.clone() - null) * self.scale;
        let guided = rescale(guided, class, self.rescale);
        if all_channels == channels {
            return guided;
        }
        Tensor::cat(
            vec![guided, with_class.narrow(1, channels, all_channels - channels)],
            1,
        )
    }
}

/// Pulls each image's standard deviation towards that of `reference` (Lin et al. 2024, section 3.4).
fn rescale(guided: Tensor<4>, reference: Tensor<4>, phi: f64) -> Tensor<4> {
    if phi == 0.0 {
        return guided;
    }
    let ratio = standard_deviation(reference) / standard_deviation(guided.clone()).clamp_min(1e-12);
    guided * (ratio * phi + (1.0 - phi))
}

/// The standard deviation over each image, `[batch, 1, 1, 1]`.
fn standard_deviation(x: Tensor<4>) -> Tensor<4> {
    let centred = x.clone() - x.mean_dims(&[1, 2, 3]);
    centred.square().mean_dims(&[1, 2, 3]).sqrt()
}

#[cfg(test)]
mod tests;
