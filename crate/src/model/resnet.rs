//! The residual block of the U-Net and the autoencoder, and what changes resolution between their levels.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::ops::PadMode;

use super::layers::{Conv2d, GroupNorm, Init, Linear};

/// Norm, SiLU, convolution, twice; the time embedding, where there is one, is added between, the input at the end.
#[derive(Module, Debug)]
pub struct ResnetBlock {
    pub norm1: GroupNorm,
    pub conv1: Conv2d,
    /// None in an autoencoder, which has no timestep.
    pub time_emb_proj: Option<Linear>,
    pub norm2: GroupNorm,
    pub conv2: Conv2d,
    /// 1x1, where the number of channels changes.
    pub conv_shortcut: Option<Conv2d>,
}

impl ResnetBlock {
    pub fn init(
        input: usize,
        output: usize,
        time_embed_dim: impl Into<Option<usize>>,
        groups: usize,
        eps: f64,
        init: &mut Init,
    ) -> Self {
        Self {
            norm1: GroupNorm::init(input, groups, eps, init),
            conv1: Conv2d::init(input, output, 3, 1, 1, init),
            time_emb_proj: time_embed_dim.into().map(|dim| Linear::init(dim, output, init)),
            norm2: GroupNorm::init(output, groups, eps, init),
            conv2: Conv2d::init(output, output, 3, 1, 1, init),
            conv_shortcut: (input != output).then(|| Conv2d::init(input, output, 1, 1, 0, init)),
        }
    }

    /// `x` `[batch, in, h, w]`, `emb` `[batch, time_embed_dim]`, its SiLU already taken -> `[batch, out, h, w]`
    pub fn forward(&self, x: Tensor<4>, emb: impl Into<Option<Tensor<2>>>) -> Tensor<4> {
        let normal = self.norm1.forward_silu(x.clone());
        let h = match (&self.time_emb_proj, emb.into()) {
            (Some(time_emb_proj), Some(emb)) => {
                let time = time_emb_proj.forward(emb); // [batch, out]
                let [batch, channels] = time.dims();
                self.conv1
                    .forward_add(normal, time.reshape([batch, channels, 1, 1]))
            }
            _ => self.conv1.forward(normal),
        };
        let shortcut = match &self.conv_shortcut {
            Some(conv) => conv.forward(x),
            None => x,
        };
        self.conv2.forward_add(self.norm2.forward_silu(h), shortcut)
    }
}

/// Halves the resolution with a strided convolution.
#[derive(Module, Debug)]
pub struct Downsample {
    pub conv: Conv2d,
    #[module(skip)]
    padding: usize,
}

impl Downsample {
    /// Without `padding` one row below and one column to the right are added instead, as diffusers does.
    pub fn init(channels: usize, padding: usize, init: &mut Init) -> Self {
        Self {
            conv: Conv2d::init(channels, channels, 3, 2, padding, init),
            padding,
        }
    }

    /// `[b, c, h, w]` -> `[b, c, ceil(h / 2), ceil(w / 2)]` with padding 1, rounded down without
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.conv.forward(match self.padding {
            0 => x.pad((0, 1, 0, 1), PadMode::Constant(0.0)),
            _ => x,
        })
    }
}

/// Doubles the resolution: nearest neighbour, then a convolution.
#[derive(Module, Debug)]
pub struct Upsample {
    pub conv: Conv2d,
}

impl Upsample {
    pub fn init(channels: usize, init: &mut Init) -> Self {
        Self {
            conv: Conv2d::init(channels, channels, 3, 1, 1, init),
        }
    }

    /// `[b, c, h, w]` -> `[b, c, 2h, 2w]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.conv.forward_upsampled(x)
    }
}
