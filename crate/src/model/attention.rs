//! Self-attention over the pixels of a feature map.

use burn::module::Module;
use burn::tensor::Tensor;

use super::layers::{GroupNorm, Init, Linear};
use crate::kernels;

/// diffusers' `Attention` as its U-Nets use it: group norm, multi-head self-attention, residual.
#[derive(Module, Debug)]
pub struct Attention {
    pub group_norm: GroupNorm,
    pub to_q: Linear,
    pub to_k: Linear,
    pub to_v: Linear,
    /// One layer, in a list because its published key is `to_out.0`.
    pub to_out: Vec<Linear>,
    #[module(skip)]
    heads: usize,
}

impl Attention {
    /// `head_dim` must divide `channels`.
    pub fn init(channels: usize, head_dim: usize, groups: usize, eps: f64, init: &mut Init) -> Self {
        Self {
            group_norm: GroupNorm::init(channels, groups, eps, init),
            to_q: Linear::init(channels, channels, init),
            to_k: Linear::init(channels, channels, init),
            to_v: Linear::init(channels, channels, init),
            to_out: vec![Linear::init(channels, channels, init)],
            heads: channels / head_dim,
        }
    }

    /// `[batch, channels, height, width]` -> the same shape
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let head_dim = channels / self.heads;
        let normal = self.group_norm.forward(x.clone());
        // Pixels stay last: attention takes the transposed view, and nothing is copied.
        let split = |y: Tensor<4>| {
            y.reshape([batch, self.heads, head_dim, height * width])
                .swap_dims(2, 3)
        };
        let q = split(self.to_q.forward_pixels(normal.clone())); // [batch, heads, pixels, head_dim]
        let k = split(self.to_k.forward_pixels(normal.clone()));
        let v = split(self.to_v.forward_pixels(normal));
        let mixed = kernels::attention(q, k, v)
            .swap_dims(2, 3)
            .reshape([batch, channels, height, width]);
        match self.to_out.as_slice() {
            [layer] => layer.forward_pixels_add(mixed, x),
            layers => {
                layers
                    .iter()
                    .fold(mixed, |mixed, layer| layer.forward_pixels(mixed))
                    + x
            }
        }
    }
}
