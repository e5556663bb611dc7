//! What a sampler asks of a network.

use burn::tensor::{Int, Tensor};

/// A network that looks at a noisy image and estimates what it is made of.
pub trait Denoiser {
    /// The network's raw output for `x_t`, `[batch, channels, height, width]`, at timesteps `t`, `[batch]`.
    ///
    /// `labels`, `[batch]`, are class indices, the null class among them; `None` for a network without classes. What
    /// the output means is for [`Prediction`](crate::prediction::Prediction) to know. A network that learns its
    /// variance gives twice the channels, the variance last.
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4>;
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
