//! Group normalisation and the SiLU that follows it in the networks here.

use burn::tensor::{Tensor, activation};

/// Group normalisation (Wu and He, 2018): each of `groups` groups of channels has mean 0 and variance 1 over its
/// channels and pixels, then a scale and a shift a channel.
///
/// `x` `[batch, channels, height, width]`, `weight` and `bias` `[channels]` -> the shape of `x`.
pub fn group_norm(x: Tensor<4>, weight: Tensor<1>, bias: Tensor<1>, groups: usize, eps: f64) -> Tensor<4> {
    let [b, c, h, w] = x.dims();
    let x = x.reshape([b, groups, c / groups * h * w]);
    let centred = x.clone() - x.mean_dim(2);
    let variance = centred.clone().square().mean_dim(2);
    let normal = centred / (variance + eps).sqrt();
    normal.reshape([b, c, h, w]) * weight.reshape([1, c, 1, 1]) + bias.reshape([1, c, 1, 1])
}

/// `x sigmoid(x)` (Hendrycks and Gimpel, 2016; "swish").
pub fn silu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    activation::silu(x)
}
