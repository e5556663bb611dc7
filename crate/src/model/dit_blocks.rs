//! The adaLN-Zero block of a Diffusion Transformer, and its final layer.
//!
//! Peebles and Xie, 2023, "Scalable Diffusion Models with Transformers", section 3.2 and figure 3.

// A published key is spelled adaLN_modulation.
#![allow(non_snake_case)]

use burn::module::Module;
use burn::tensor::{Int, Tensor};

use super::dit_config::DiTConfig;
use super::dit_embedding::{LabelEmbedder, Silu, TimestepEmbedder, xavier_linear, zero_linear};
use super::layers::{Init, Linear};
use super::probe::{Probe, Recorder};
use crate::kernels::{
    Activation, Modulation, Residual, layer_norm_modulate, linear_to_patches, self_attention,
};

/// Epsilon of all norms but the one before an MLP, which diffusers sets otherwise.
const NORM_EPS: f64 = 1e-6;

/// A block's own embedders, where it has them.
#[derive(Module, Debug)]
pub struct BlockEmbedders {
    pub t_embedder: TimestepEmbedder,
    pub y_embedder: LabelEmbedder,
}

/// Attention, then an MLP; before each a modulated norm, after each a gate.
#[derive(Module, Debug)]
pub struct DiTBlock {
    pub emb: Option<BlockEmbedders>,
    pub attn: SelfAttention,
    pub mlp: Mlp,
    /// The condition to shift, scale and gate, of the attention and then of the MLP.
    pub adaLN_modulation: (Silu, Linear),
    #[module(skip)]
    mlp_norm_eps: f64,
}

impl DiTBlock {
    pub fn init(config: &DiTConfig, init: &mut Init) -> Self {
        let hidden = config.hidden_size;
        Self {
            emb: config.per_block_embedders.then(|| BlockEmbedders {
                t_embedder: TimestepEmbedder::init(hidden, init),
                y_embedder: LabelEmbedder::init(config.num_classes, hidden, init),
            }),
            attn: SelfAttention {
                qkv: xavier_linear(hidden, 3 * hidden, init),
                proj: xavier_linear(hidden, hidden, init),
                heads: config.num_heads,
            },
            mlp: Mlp {
                fc1: xavier_linear(hidden, config.mlp_width(), init),
                fc2: xavier_linear(config.mlp_width(), hidden, init),
            },
            adaLN_modulation: (Silu, zero_linear(hidden, 6 * hidden, init)),
            mlp_norm_eps: config.mlp_norm_eps,
        }
    }

    /// The layer whose map of the condition is shift, scale and gate of the attention, then of the MLP.
    pub fn modulation(&self) -> (Tensor<2>, Tensor<1>) {
        let layer = &self.adaLN_modulation.1;
        (layer.weight.val(), layer.bias.val())
    }

    /// `x` `[batch, tokens, hidden_size]` -> the shape of `x`
    ///
    /// Modulation and attention map are left with `probe` if it looks at this block.
    pub fn forward(&self, x: Tensor<3>, modulation: &Modulation, probe: Option<&mut Probe>) -> Tensor<3> {
        let recorder = probe.and_then(|probe| {
            probe.modulate(|| modulation.rows());
            probe.recorder(|| "attn".into())
        });
        let (normal, x) = layer_norm_modulate(x, modulation, 0, NORM_EPS);
        let x = self.attn.forward(normal, x, modulation, 2, recorder);
        let (normal, x) = layer_norm_modulate(x, modulation, 3, self.mlp_norm_eps);
        self.mlp.forward(normal, x, modulation, 5)
    }
}

/// Multi-head self-attention over tokens.
#[derive(Module, Debug)]
pub struct SelfAttention {
    /// Queries, keys and values of all heads.
    pub qkv: Linear,
    pub proj: Linear,
    #[module(skip)]
    heads: usize,
}

impl SelfAttention {
    /// `x` `[batch, tokens, hidden_size]` -> the same shape: what attention finds, times part `gate` of `modulation`, plus
    /// the residual
    pub fn forward(
        &self,
        x: Tensor<3>,
        residual: Residual,
        modulation: &Modulation,
        gate: usize,
        recorder: Option<Recorder>,
    ) -> Tensor<3> {
        let qkv = self.qkv.forward_tokens(x); // [batch, tokens, 3 hidden_size]
        if let Some(recorder) = recorder {
            let [q, k] = [0, 1].map(|part| self.heads_of(&qkv, part));
            recorder.record(&q, &k);
        }
        let found = self_attention(qkv, self.heads);
        self.proj.forward_gated(found, residual, modulation, gate)
    }

    /// The queries (0) or keys (1), `[batch, heads, tokens, head_dim]`.
    fn heads_of(&self, qkv: &Tensor<3>, part: usize) -> Tensor<4> {
        let [batch, tokens, width] = qkv.dims();
        let hidden = width / 3;
        qkv.clone()
            .narrow(2, part * hidden, hidden)
            .reshape([batch, tokens, self.heads, hidden / self.heads])
            .swap_dims(1, 2)
    }
}

/// Linear, GELU, linear, on each token.
#[derive(Module, Debug)]
pub struct Mlp {
    pub fc1: Linear,
    pub fc2: Linear,
}

impl Mlp {
    /// `x` `[batch, tokens, hidden_size]` -> the same shape: the MLP of `x`, times part `gate` of `modulation`, plus the
    /// residual
    pub fn forward(
        &self,
        x: Tensor<3>,
        residual: Residual,
        modulation: &Modulation,
        gate: usize,
    ) -> Tensor<3> {
        let hidden = self.fc1.forward_activated(x, Activation::Gelu);
        self.fc2.forward_gated(hidden, residual, modulation, gate)
    }
}

/// A modulated norm and a map of each token back to its patch.
#[derive(Module, Debug)]
pub struct FinalLayer {
    pub linear: Linear,
    /// The condition to shift and scale.
    pub adaLN_modulation: (Silu, Linear),
    #[module(skip)]
    grid: usize,
    #[module(skip)]
    patch: usize,
}

impl FinalLayer {
    pub fn init(config: &DiTConfig, init: &mut Init) -> Self {
        let (hidden, patch) = (config.hidden_size, config.patch_size);
        let channels = config.out_channels();
        Self {
            linear: zero_linear(hidden, patch * patch * channels, init),
            adaLN_modulation: (Silu, zero_linear(hidden, 2 * hidden, init)),
            grid: config.grid(),
            patch,
        }
    }

    /// `x` `[batch, tokens, hidden_size]`, `condition` `[batch, hidden_size]`, its SiLU already taken ->
    /// `[batch, out_channels, height, width]`
    pub fn forward(&self, x: Tensor<3>, condition: Tensor<2>) -> Tensor<4> {
        let modulation = self.adaLN_modulation.1.forward(condition); // [batch, 2 hidden_size]
        let (normal, _) = layer_norm_modulate(x, &Modulation::of_block(modulation), 0, NORM_EPS);
        let (weight, bias) = (self.linear.weight.val(), self.linear.bias.val());
        linear_to_patches(normal, weight, bias, self.patch, self.grid)
    }
}

/// The SiLU of the sum of timestep's and label's vectors, `[batch, hidden_size]`: what every modulation begins with.
pub(super) fn condition(
    t_embedder: &TimestepEmbedder,
    y_embedder: &LabelEmbedder,
    t: Tensor<1>,
    labels: Tensor<1, Int>,
    frequencies: Tensor<2>,
) -> Tensor<2> {
    y_embedder.forward_silu(t_embedder.forward(t, frequencies), labels)
}
