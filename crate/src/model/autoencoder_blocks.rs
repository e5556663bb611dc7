//! One level of the autoencoder on the way down, at the lowest resolution, and on the way up.

use burn::module::Module;
use burn::tensor::Tensor;

use super::attention::Attention;
use super::autoencoder_config::AutoencoderConfig;
use super::layers::Init;
use super::resnet::{Downsample, ResnetBlock, ResnetOptions, Upsample};

/// Added to the variance in every group norm.
pub(super) const NORM_EPS: f64 = 1e-6;

/// diffusers' `DownEncoderBlock2D`: residual blocks, then half the resolution.
#[derive(Module, Debug)]
pub struct DownEncoderBlock {
    pub resnets: Vec<ResnetBlock>,
    /// None on the last level.
    pub downsamplers: Vec<Downsample>,
}

impl DownEncoderBlock {
    pub fn init(
        config: &AutoencoderConfig,
        input: usize,
        output: usize,
        last: bool,
        init: &mut Init,
    ) -> Self {
        Self {
            resnets: resnets(config, input, output, config.layers_per_block, init),
            downsamplers: (0..usize::from(!last))
                .map(|_| Downsample::init(output, 0, init))
                .collect(),
        }
    }

    /// `[b, in, h, w]` -> `[b, out, h / 2, w / 2]`, on the last level `[b, out, h, w]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.resnets.iter().fold(x, |x, resnet| resnet.forward(x, None));
        self.downsamplers
            .iter()
            .fold(x, |x, downsampler| downsampler.forward(x))
    }
}

/// Residual block, attention where there is any, residual block.
#[derive(Module, Debug)]
pub struct AutoencoderMidBlock {
    /// One or none.
    pub attentions: Vec<Attention>,
    /// Two.
    pub resnets: Vec<ResnetBlock>,
}

impl AutoencoderMidBlock {
    pub fn init(config: &AutoencoderConfig, channels: usize, init: &mut Init) -> Self {
        let groups = config.norm_num_groups;
        Self {
            // One head as wide as the level.
            attentions: (0..usize::from(config.mid_block_add_attention))
                .map(|_| Attention::init(channels, channels, groups, NORM_EPS, init))
                .collect(),
            resnets: resnets(config, channels, channels, 2, init),
        }
    }

    /// `[b, c, h, w]` -> the same shape
    pub fn forward(&self, mut x: Tensor<4>) -> Tensor<4> {
        for (i, resnet) in self.resnets.iter().enumerate() {
            x = resnet.forward(x, None);
            if let Some(attention) = self.attentions.get(i) {
                x = attention.forward(x);
            }
        }
        x
    }
}

/// diffusers' `UpDecoderBlock2D`: residual blocks, then twice the resolution.
#[derive(Module, Debug)]
pub struct UpDecoderBlock {
    pub resnets: Vec<ResnetBlock>,
    /// None on the last level.
    pub upsamplers: Vec<Upsample>,
}

impl UpDecoderBlock {
    pub fn init(
        config: &AutoencoderConfig,
        input: usize,
        output: usize,
        last: bool,
        init: &mut Init,
    ) -> Self {
        Self {
            resnets: resnets(config, input, output, config.layers_per_block + 1, init),
            upsamplers: (0..usize::from(!last))
                .map(|_| Upsample::init(output, init))
                .collect(),
        }
    }

    /// `[b, in, h, w]` -> `[b, out, 2h, 2w]`, on the last level `[b, out, h, w]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let x = self.resnets.iter().fold(x, |x, resnet| resnet.forward(x, None));
        self.upsamplers
            .iter()
            .fold(x, |x, upsampler| upsampler.forward(x))
    }
}

/// `count` residual blocks without a timestep, the first of which changes the number of channels.
fn resnets(
    config: &AutoencoderConfig,
    input: usize,
    output: usize,
    count: usize,
    init: &mut Init,
) -> Vec<ResnetBlock> {
    let options = ResnetOptions::new(config.norm_num_groups, NORM_EPS);
    std::iter::once(input)
        .chain(std::iter::repeat(output))
        .take(count)
        .map(|input| ResnetBlock::init(input, output, &options, init))
        .collect()
}
