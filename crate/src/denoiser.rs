//! What a sampler asks of a network.

use burn::tensor::{Int, Tensor};

use crate::kernels;

/// A network that looks at a noisy image and estimates what it is made of.
pub trait Denoiser {
    /// The network's raw output for `x_t`, `[batch, channels, height, width]`, at timesteps `t`, `[batch]`.
    ///
    /// `labels`, `[batch]`, are class indices, the null class among them; `None` for a network without classes. What
    /// the output means is for [`Prediction`](crate::prediction::Prediction) to know. A network that learns its
    /// variance gives twice the channels, the variance last.
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4>;

    /// The answer to what a sampler asks in one step. It is good until the next is asked: a network whose pass is
    /// recorded writes over it.
    fn answer(&self, asked: Asked) -> Tensor<4> {
        let (x_t, t, labels) = asked.inputs().parts();
        self.denoise(x_t, t, labels)
    }
}

/// What a sampler asks in one step.
#[derive(Clone, Debug)]
pub struct Asked {
    pub x_t: Tensor<4>,
    /// The timestep of all.
    pub t: f64,
    pub labels: Option<Tensor<1, Int>>,
    /// Asks a second time, with this in place of each label; these answers lie behind the others in the batch.
    pub null_class: Option<u8>,
}

impl Asked {
    pub fn inputs(self) -> kernels::Inputs {
        kernels::inputs(self.x_t, self.t, self.labels, self.null_class)
    }
}

impl<F> Denoiser for F
where
    F: Fn(Tensor<4>, Tensor<1>, Option<Tensor<1, Int>>) -> Tensor<4>,
{
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        self(x_t, t, labels)
    }
}

/// A network's output apart: the prediction, which has `channels` channels, and the variance where it gives one.
pub fn split_variance(output: Tensor<4>, channels: usize) -> (Tensor<4>, Option<Tensor<4>>) {
    if output.dims()[1] == 2 * channels {
        let v = output.clone().narrow(1, channels, channels);
        return (output.narrow(1, 0, channels), Some(v));
    }
    (output, None)
}
