//! The transformer through which a U-Net's pixels see each other and a context (Rombach et al., 2022, section 3.3).

use burn::module::Module;
use burn::tensor::{Tensor, activation};

use super::attention::{multi_head, to_tokens};
use super::layers::{Conv2d, GroupNorm, Init, LayerNorm, Linear, LinearNoBias};
use super::probe::Recorder;

/// Of the norm in front; diffusers fixes it, whatever `norm_eps` says.
const NORM_EPS: f64 = 1e-6;
/// Of the norms between the layers.
const LAYER_NORM_EPS: f64 = 1e-5;

/// What transformers differ in, besides their channels.
#[derive(Clone, Debug)]
pub struct TransformerOptions {
    /// Must divide the channels.
    pub heads: usize,
    pub layers: usize,
    /// Width of a context token.
    pub context_dim: usize,
    pub groups: usize,
    pub linear_projection: bool,
}

/// diffusers' `Transformer2DModel`: norm, projection, transformer blocks, projection, residual.
#[derive(Module, Debug)]
pub struct Transformer2D {
    pub norm: GroupNorm,
    pub proj_in: Projection,
    pub transformer_blocks: Vec<BasicTransformerBlock>,
    pub proj_out: Projection,
}

impl Transformer2D {
    pub fn init(channels: usize, options: &TransformerOptions, init: &mut Init) -> Self {
        Self {
            norm: GroupNorm::init(channels, options.groups, NORM_EPS, init),
            proj_in: Projection::init(channels, options.linear_projection, init),
            transformer_blocks: (0..options.layers)
                .map(|_| BasicTransformerBlock::init(channels, options, init))
                .collect(),
            proj_out: Projection::init(channels, options.linear_projection, init),
        }
    }

    /// `x` `[batch, channels, height, width]`, `context` `[batch, tokens, context_dim]` -> the shape of `x`
    pub fn forward(
        &self,
        x: Tensor<4>,
        context: Option<&Tensor<3>>,
        mut recorder: Option<Recorder>,
    ) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let mut tokens = self.proj_in.forward(to_tokens(self.norm.forward(x.clone())));
        for (i, block) in self.transformer_blocks.iter().enumerate() {
            let recorder = recorder
                .as_mut()
                .map(|recorder| recorder.within(&format!("transformer_blocks.{i}")));
            tokens = block.forward(tokens, context, recorder);
        }
        let out = self.proj_out.forward(tokens);
        out.swap_dims(1, 2).reshape([batch, channels, height, width]) + x
    }
}

/// The same map of every pixel's channels, as the file has it: a 1x1 convolution or a linear layer.
#[derive(Module, Debug)]
pub enum Projection {
    Conv(Conv2d),
    Linear(Linear),
}

impl Projection {
    fn init(channels: usize, linear: bool, init: &mut Init) -> Self {
        if linear {
            Self::Linear(Linear::init(channels, channels, init))
        } else {
            Self::Conv(Conv2d::init(channels, channels, 1, 1, 0, init))
        }
    }

    /// `[batch, tokens, channels]` -> the same shape
    fn forward(&self, tokens: Tensor<3>) -> Tensor<3> {
        match self {
            Self::Linear(linear) => linear.forward_tokens(tokens),
            Self::Conv(conv) => {
                let [batch, count, channels] = tokens.dims();
                let x = tokens.swap_dims(1, 2).reshape([batch, channels, count, 1]);
                to_tokens(conv.forward(x))
            }
        }
    }
}

/// diffusers' `BasicTransformerBlock`: self-attention, cross-attention, feed-forward, each after a norm and with a
/// residual.
#[derive(Module, Debug)]
pub struct BasicTransformerBlock {
    pub norm1: LayerNorm,
    pub attn1: ContextAttention,
    pub norm2: LayerNorm,
    pub attn2: ContextAttention,
    pub norm3: LayerNorm,
    pub ff: FeedForward,
}

impl BasicTransformerBlock {
    fn init(channels: usize, options: &TransformerOptions, init: &mut Init) -> Self {
        let heads = options.heads;
        Self {
            norm1: LayerNorm::init(channels, LAYER_NORM_EPS, init),
            attn1: ContextAttention::init(channels, channels, heads, init),
            norm2: LayerNorm::init(channels, LAYER_NORM_EPS, init),
            attn2: ContextAttention::init(channels, options.context_dim, heads, init),
            norm3: LayerNorm::init(channels, LAYER_NORM_EPS, init),
            ff: FeedForward::init(channels, init),
        }
    }

    /// `x` `[batch, tokens, channels]`, `context` `[batch, tokens, context_dim]` -> the shape of `x`
    fn forward(
        &self,
        x: Tensor<3>,
        context: Option<&Tensor<3>>,
        mut recorder: Option<Recorder>,
    ) -> Tensor<3> {
        let own = recorder.as_mut().map(|recorder| recorder.within("attn1"));
        let normal = self.norm1.forward(x.clone());
        let x = self.attn1.forward(normal.clone(), Some(&normal), own) + x;
        let cross = recorder.as_mut().map(|recorder| recorder.within("attn2"));
        let normal = self.norm2.forward(x.clone());
        let x = self.attn2.forward(normal, context, cross) + x;
        self.ff.forward(self.norm3.forward(x.clone())) + x
    }
}

/// Multi-head attention from tokens to a context; queries, keys and values have no bias.
#[derive(Module, Debug)]
pub struct ContextAttention {
    pub to_q: LinearNoBias,
    pub to_k: LinearNoBias,
    pub to_v: LinearNoBias,
    /// One layer, in a list because its published key is `to_out.0`.
    pub to_out: Vec<Linear>,
    #[module(skip)]
    heads: usize,
}

impl ContextAttention {
    fn init(channels: usize, context_dim: usize, heads: usize, init: &mut Init) -> Self {
        Self {
            to_q: LinearNoBias::init(channels, channels, init),
            to_k: LinearNoBias::init(context_dim, channels, init),
            to_v: LinearNoBias::init(context_dim, channels, init),
            to_out: vec![Linear::init(channels, channels, init)],
            heads,
        }
    }

    /// `x` `[batch, tokens, channels]`, `context` `[batch, tokens, context_dim]` -> the shape of `x`
    ///
    /// Without a context there is nothing to mix, and the result is what the last layer makes of zeros.
    fn forward(&self, x: Tensor<3>, context: Option<&Tensor<3>>, recorder: Option<Recorder>) -> Tensor<3> {
        let mixed = match context {
            None => x.zeros_like(),
            Some(context) => multi_head(
                self.to_q.forward_tokens(x),
                self.to_k.forward_tokens(context.clone()),
                self.to_v.forward_tokens(context.clone()),
                self.heads,
                recorder,
            ),
        };
        self.to_out
            .iter()
            .fold(mixed, |tokens, layer| layer.forward_tokens(tokens))
    }
}

/// Four times the width, gated, and back.
#[derive(Module, Debug)]
pub struct FeedForward {
    /// The second has no parameters: in the published key it is dropout.
    pub net: (Geglu, Empty, Linear),
}

impl FeedForward {
    fn init(channels: usize, init: &mut Init) -> Self {
        let inner = 4 * channels;
        Self {
            net: (
                Geglu {
                    proj: Linear::init(channels, 2 * inner, init),
                },
                Empty {},
                Linear::init(inner, channels, init),
            ),
        }
    }

    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        self.net.2.forward_tokens(self.net.0.forward(x))
    }
}

/// `a GELU(b)`, both linear in the input (Shazeer, 2020, equation 6).
#[derive(Module, Debug)]
pub struct Geglu {
    pub proj: Linear,
}

impl Geglu {
    /// `[batch, tokens, in]` -> `[batch, tokens, out]`
    fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let both = self.proj.forward_tokens(x);
        let out = both.dims()[2] / 2;
        both.clone().narrow(2, 0, out) * activation::gelu(both.narrow(2, out, out))
    }
}

/// A layer without parameters, that others are counted past.
#[derive(Module, Debug)]
pub struct Empty {}
