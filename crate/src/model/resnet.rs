//! The residual block of the U-Net and the autoencoder, and what changes resolution between their levels.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::ops::PadMode;

use super::layers::{Conv2d, GroupNorm, Init, Linear};
use crate::kernels::{avg_pool_2x, silu, upsample_nearest_2x};

/// What the pixels of a residual block go through before its first convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Resample {
    #[default]
    Keep,
    /// Every 2x2 pixels become their mean.
    Halve,
    /// Every pixel becomes 2x2.
    Double,
}

impl Resample {
    fn apply(self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Keep => x,
            Self::Halve => avg_pool_2x(x),
            Self::Double => upsample_nearest_2x(x),
        }
    }
}

/// What residual blocks differ in, besides their channels.
#[derive(Clone, Debug)]
pub struct ResnetOptions {
    /// None in an autoencoder, which has no timestep.
    pub time_embed_dim: Option<usize>,
    pub groups: usize,
    pub eps: f64,
    /// Whether the time embedding scales and shifts, rather than being added.
    pub scale_shift: bool,
    pub resample: Resample,
    /// What the result is divided by.
    pub output_scale_factor: f64,
}

impl ResnetOptions {
    /// The plain block, without a timestep.
    pub fn new(groups: usize, eps: f64) -> Self {
        Self {
            time_embed_dim: None,
            groups,
            eps,
            scale_shift: false,
            resample: Resample::Keep,
            output_scale_factor: 1.0,
        }
    }
}

/// Norm, SiLU, convolution, twice; the time embedding, where there is one, comes in between, the input is added at the
/// end.
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
    #[module(skip)]
    scale_shift: bool,
    #[module(skip)]
    resample: Resample,
    #[module(skip)]
    output_scale_factor: f64,
}

impl ResnetBlock {
    pub fn init(input: usize, output: usize, options: &ResnetOptions, init: &mut Init) -> Self {
        let ResnetOptions {
            time_embed_dim,
            groups,
            eps,
            scale_shift,
            resample,
            output_scale_factor,
        } = *options;
        let projected = if scale_shift { 2 * output } else { output };
        Self {
            norm1: GroupNorm::init(input, groups, eps, init),
            conv1: Conv2d::init(input, output, 3, 1, 1, init),
            time_emb_proj: time_embed_dim.map(|dim| Linear::init(dim, projected, init)),
            norm2: GroupNorm::init(output, groups, eps, init),
            conv2: Conv2d::init(output, output, 3, 1, 1, init),
            conv_shortcut: (input != output).then(|| Conv2d::init(input, output, 1, 1, 0, init)),
            scale_shift,
            resample,
            output_scale_factor,
        }
    }

    /// `x` `[batch, in, h, w]`, `emb` `[batch, time_embed_dim]`, its SiLU already taken -> `[batch, out, h, w]`, or
    /// half or twice the height and width where the block resamples.
    pub fn forward(&self, x: Tensor<4>, emb: impl Into<Option<Tensor<2>>>) -> Tensor<4> {
        let normal = self.resample.apply(self.norm1.forward_silu(x.clone()));
        let time = match (&self.time_emb_proj, emb.into()) {
            (Some(time_emb_proj), Some(emb)) => {
                let time = time_emb_proj.forward(emb); // [batch, out], or twice that
                let [batch, width] = time.dims();
                Some(time.reshape([batch, width, 1, 1]))
            }
            _ => None,
        };
        let normal = match time {
            None => self.norm2.forward_silu(self.conv1.forward(normal)),
            Some(time) if self.scale_shift => {
                let half = time.dims()[1] / 2;
                let scale = time.clone().narrow(1, 0, half);
                let shift = time.narrow(1, half, half);
                let h = self.norm2.forward(self.conv1.forward(normal));
                silu(h * (scale + 1.0) + shift)
            }
            Some(time) => self.norm2.forward_silu(self.conv1.forward_add(normal, time)),
        };
        let x = self.resample.apply(x);
        let shortcut = match &self.conv_shortcut {
            Some(conv) => conv.forward(x),
            None => x,
        };
        rescale(self.conv2.forward_add(normal, shortcut), self.output_scale_factor)
    }
}

/// `x / factor`, and `x` itself where that is the same.
pub(super) fn rescale(x: Tensor<4>, factor: f64) -> Tensor<4> {
    if factor == 1.0 { x } else { x / factor }
}

/// Halves the resolution with a strided convolution.
#[derive(Module, Debug)]
pub struct Downsample {
    pub conv: Conv2d,
    #[module(skip)]
    padding: usize,
}

impl Downsample {
    /// `padding` 1 surrounds the image with zeros; 0 puts them below and to the right only.
    pub fn init(channels: usize, padding: usize, init: &mut Init) -> Self {
        Self {
            conv: Conv2d::init(channels, channels, 3, 2, padding, init),
            padding,
        }
    }

    /// `[b, c, h, w]` -> `[b, c, h / 2, w / 2]`; odd sizes are rounded up with padding 1, down with 0.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = match self.padding {
            0 => x.pad((0, 1, 0, 1), PadMode::Constant(0.0)),
            _ => x,
        };
        self.conv.forward(x)
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
