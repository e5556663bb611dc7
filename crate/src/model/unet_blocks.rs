//! One level of the U-Net on the way down, in the middle, and on the way up.

use burn::module::Module;
use burn::tensor::Tensor;

use super::attention::Attention;
use super::layers::Init;
use super::resnet::{Downsample, ResnetBlock, Upsample};
use super::unet_config::UNetConfig;
use crate::kernels::concat_channels;

/// Residual blocks, each followed by attention where there is any, then half the resolution.
#[derive(Module, Debug)]
pub struct DownBlock {
    pub resnets: Vec<ResnetBlock>,
    /// As many as residual blocks, or none.
    pub attentions: Vec<Attention>,
    /// None on the last level.
    pub downsamplers: Vec<Downsample>,
}

impl DownBlock {
    pub fn init(
        config: &UNetConfig,
        input: usize,
        output: usize,
        attend: bool,
        last: bool,
        init: &mut Init,
    ) -> Self {
        let layers = config.layers_per_block;
        let inputs = std::iter::once(input).chain(std::iter::repeat(output));
        Self {
            resnets: inputs
                .take(layers)
                .map(|input| resnet(config, input, output, init))
                .collect(),
            attentions: (0..if attend { layers } else { 0 })
                .map(|_| attention(config, output, init))
                .collect(),
            downsamplers: (0..if last { 0 } else { 1 })
                .map(|_| Downsample::init(output, config.downsample_padding, init))
                .collect(),
        }
    }

    /// Every intermediate result is also pushed to `skips`, for the way up.
    pub fn forward(&self, mut x: Tensor<4>, emb: &Tensor<2>, skips: &mut Vec<Tensor<4>>) -> Tensor<4> {
        for (i, resnet) in self.resnets.iter().enumerate() {
            x = resnet.forward(x, emb.clone());
            if let Some(attention) = self.attentions.get(i) {
                x = attention.forward(x);
            }
            skips.push(x.clone());
        }
        for downsampler in &self.downsamplers {
            x = downsampler.forward(x);
            skips.push(x.clone());
        }
        x
    }
}

/// Residual block, attention, residual block, at the lowest resolution.
#[derive(Module, Debug)]
pub struct MidBlock {
    pub attentions: Vec<Attention>,
    pub resnets: Vec<ResnetBlock>,
}

impl MidBlock {
    pub fn init(config: &UNetConfig, channels: usize, init: &mut Init) -> Self {
        Self {
            attentions: vec![attention(config, channels, init)],
            resnets: (0..2).map(|_| resnet(config, channels, channels, init)).collect(),
        }
    }

    pub fn forward(&self, mut x: Tensor<4>, emb: &Tensor<2>) -> Tensor<4> {
        for (i, resnet) in self.resnets.iter().enumerate() {
            if i > 0 {
                x = self.attentions[i - 1].forward(x);
            }
            x = resnet.forward(x, emb.clone());
        }
        x
    }
}

/// Residual blocks over the input and a skip connection each, then twice the resolution.
#[derive(Module, Debug)]
pub struct UpBlock {
    pub resnets: Vec<ResnetBlock>,
    /// As many as residual blocks, or none.
    pub attentions: Vec<Attention>,
    /// None on the last level.
    pub upsamplers: Vec<Upsample>,
}

impl UpBlock {
    /// `skips`: the channels of the skip connections, in the order in which they are used.
    pub fn init(
        config: &UNetConfig,
        input: usize,
        skips: &[usize],
        output: usize,
        attend: bool,
        last: bool,
        init: &mut Init,
    ) -> Self {
        let inputs = std::iter::once(input).chain(std::iter::repeat(output));
        Self {
            resnets: inputs
                .zip(skips)
                .map(|(input, skip)| resnet(config, input + skip, output, init))
                .collect(),
            attentions: (0..if attend { skips.len() } else { 0 })
                .map(|_| attention(config, output, init))
                .collect(),
            upsamplers: (0..if last { 0 } else { 1 })
                .map(|_| Upsample::init(output, init))
                .collect(),
        }
    }

    /// Takes its skip connections from the end of `skips`.
    pub fn forward(&self, mut x: Tensor<4>, emb: &Tensor<2>, skips: &mut Vec<Tensor<4>>) -> Tensor<4> {
        let own = skips.split_off(skips.len().saturating_sub(self.resnets.len()));
        for (i, (resnet, skip)) in self.resnets.iter().zip(own.into_iter().rev()).enumerate() {
            x = resnet.forward(concat_channels(x, skip), emb.clone());
            if let Some(attention) = self.attentions.get(i) {
                x = attention.forward(x);
            }
        }
        self.upsamplers
            .iter()
            .fold(x, |x, upsampler| upsampler.forward(x))
    }
}

fn resnet(config: &UNetConfig, input: usize, output: usize, init: &mut Init) -> ResnetBlock {
    ResnetBlock::init(
        input,
        output,
        config.time_embed_dim(),
        config.norm_num_groups,
        config.norm_eps,
        init,
    )
}

fn attention(config: &UNetConfig, channels: usize, init: &mut Init) -> Attention {
    Attention::init(
        channels,
        config.head_dim(channels),
        config.norm_num_groups,
        config.norm_eps,
        init,
    )
}
