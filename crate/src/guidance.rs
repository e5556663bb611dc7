//! Classifier-free guidance: one network, asked with and without the class, steered towards the difference.
//!
//! Ho and Salimans 2021, "Classifier-Free Diffusion Guidance", equation 6.

use burn::tensor::{Int, Tensor};

use crate::denoiser::{Asked, Denoiser};
use crate::kernels;

/// What makes `null + scale (class - null)` of two answers.
///
/// `scale` is 1 plus the paper's w: 1 asks for the class alone, 0 for the null class alone, and either costs one
/// evaluation; any other scale costs one call with twice the batch.
#[derive(Clone, Copy, Debug)]
pub struct Guidance {
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

impl Guidance {
    /// The network's answers at timestep `t`; those with the null class, where they are asked for too, behind the others
    /// in the batch. They are good until the next is asked.
    pub fn ask(
        &self,
        denoiser: &dyn Denoiser,
        x_t: Tensor<4>,
        t: f64,
        labels: Option<Tensor<1, Int>>,
    ) -> Tensor<4> {
        let (labels, null_class) = match labels {
            Some(labels) if self.scale == 0.0 => (Some(labels.full_like(self.null_class)), None),
            Some(labels) if self.scale != 1.0 => (Some(labels), Some(self.null_class)),
            labels => (labels, None),
        };
        denoiser.answer(Asked {
            x_t,
            t,
            labels,
            null_class,
        })
    }

    /// One output of the `answers` for `count` images of so many `channels`. Channels behind those, where the network puts
    /// its variance, are taken from the class's half as they are, as those that aren't steered.
    pub fn combine(&self, answers: Tensor<4>, count: usize, channels: usize) -> Tensor<4> {
        let [both, all_channels, ..] = answers.dims();
        if both == count {
            return kernels::copied(&answers);
        }
        let channels = self.guided(channels);
        let with_class = answers.clone().narrow(0, 0, count);
        let class = with_class.clone().narrow(1, 0, channels);
        let null = answers.narrow(0, count, count).narrow(1, 0, channels);
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

    /// How many of so many channels are steered.
    pub fn guided(&self, channels: usize) -> usize {
        self.channels.map_or(channels, |first| first.min(channels))
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
