//! Self-attention over the pixels of a feature map.

use burn::module::Module;
use burn::tensor::Tensor;

use super::layers::{GroupNorm, Init, Linear};
use super::probe::Recorder;
use super::resnet::rescale;
use crate::kernels;

/// diffusers' `Attention` as its U-Nets use it: group norm, multi-head self-attention, residual.
#[derive(Module, Debug)]
pub struct Attention {
    /// None in the middle of a network whose time embedding scales and shifts.
    pub group_norm: Option<GroupNorm>,
    pub to_q: Linear,
    pub to_k: Linear,
    pub to_v: Linear,
    /// One layer, in a list because its published key is `to_out.0`.
    pub to_out: Vec<Linear>,
    #[module(skip)]
    heads: usize,
    #[module(skip)]
    output_scale_factor: f64,
}

impl Attention {
    /// `head_dim` must divide `channels`; without `groups` there is no norm.
    pub fn init(
        channels: usize,
        head_dim: usize,
        groups: impl Into<Option<usize>>,
        eps: f64,
        init: &mut Init,
    ) -> Self {
        let groups = groups.into();
        Self {
            group_norm: groups.map(|groups| GroupNorm::init(channels, groups, eps, init)),
            to_q: Linear::init(channels, channels, init),
            to_k: Linear::init(channels, channels, init),
            to_v: Linear::init(channels, channels, init),
            to_out: vec![Linear::init(channels, channels, init)],
            heads: channels / head_dim,
            output_scale_factor: 1.0,
        }
    }

    /// The same, with its result divided by `factor`.
    pub fn with_output_scale_factor(mut self, factor: f64) -> Self {
        self.output_scale_factor = factor;
        self
    }

    /// `[batch, channels, height, width]` -> the same shape
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.forward_recorded(x, None)
    }

    /// As [`forward`](Self::forward), leaving the attention map with `recorder`.
    pub fn forward_recorded(&self, x: Tensor<4>, recorder: Option<Recorder>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let head_dim = channels / self.heads;
        let normal = match &self.group_norm {
            Some(norm) => norm.forward(x.clone()),
            None => x.clone(),
        };
        // Pixels stay last: attention takes the transposed view, and nothing is copied.
        let split = |y: Tensor<4>| {
            y.reshape([batch, self.heads, head_dim, height * width])
                .swap_dims(2, 3)
        };
        let q = split(self.to_q.forward_pixels(normal.clone())); // [batch, heads, pixels, head_dim]
        let k = split(self.to_k.forward_pixels(normal.clone()));
        let v = split(self.to_v.forward_pixels(normal));
        if let Some(recorder) = recorder {
            recorder.record(&q, &k);
        }
        let mixed = kernels::attention(q, k, v)
            .swap_dims(2, 3)
            .reshape([batch, channels, height, width]);
        let out = match self.to_out.as_slice() {
            [layer] => layer.forward_pixels_add(mixed, x),
            layers => {
                layers
                    .iter()
                    .fold(mixed, |mixed, layer| layer.forward_pixels(mixed))
                    + x
            }
        };
        rescale(out, self.output_scale_factor)
    }
}

/// `[batch, channels, height, width]` -> `[batch, height width, channels]`
pub(super) fn to_tokens(x: Tensor<4>) -> Tensor<3> {
    let [batch, channels, height, width] = x.dims();
    x.reshape([batch, channels, height * width]).swap_dims(1, 2)
}

/// `q` `[batch, tokens, width]`, `k` and `v` `[batch, context, width]`, `heads` of which share the width -> the shape
/// of `q`
pub(super) fn multi_head(
    q: Tensor<3>,
    k: Tensor<3>,
    v: Tensor<3>,
    heads: usize,
    recorder: Option<Recorder>,
) -> Tensor<3> {
    let [batch, tokens, width] = q.dims();
    let split = |x: Tensor<3>| {
        let tokens = x.dims()[1];
        x.reshape([batch, tokens, heads, width / heads]).swap_dims(1, 2) // [batch, heads, tokens, head_dim]
    };
    let (q, k, v) = (split(q), split(k), split(v));
    if let Some(recorder) = recorder {
        recorder.record(&q, &k);
    }
    kernels::attention(q, k, v)
        .swap_dims(1, 2)
        .reshape([batch, tokens, width])
}
