//! One level of the U-Net on the way down, in the middle, and on the way up.

use burn::module::Module;
use burn::tensor::Tensor;

use super::attention::Attention;
use super::layers::Init;
use super::probe::Probe;
use super::resnet::{Downsample, Resample, ResnetBlock, ResnetOptions, Upsample};
use super::transformer::{Transformer2D, TransformerOptions};
use super::unet_config::{Resampling, TimeScaleShift, UNetConfig};
use super::unet_plan::{AttentionPlan, BlockPlan};
use crate::kernels::concat_channels;

/// What every block of one forward pass sees, besides its input.
pub struct Pass<'a> {
    /// The time embedding, `[batch, time_embed_dim]`, its SiLU already taken.
    pub emb: Tensor<2>,
    /// `[batch, tokens, cross_attention_dim]`
    pub context: Option<Tensor<3>>,
    pub probe: Option<&'a mut Probe>,
}

impl Pass<'_> {
    fn attend(&mut self, layers: &[BlockAttention], i: usize, x: Tensor<4>) -> Tensor<4> {
        let Some(layer) = layers.get(i) else {
            return x;
        };
        let recorder = match &mut self.probe {
            Some(probe) => probe.recorder(|| format!("attentions.{i}")),
            None => None,
        };
        match layer {
            BlockAttention::Own(attention) => attention.forward_recorded(x, recorder),
            BlockAttention::Cross(transformer) => transformer.forward(x, self.context.as_ref(), recorder),
        }
    }
}

/// The attention after a residual block: among the pixels, or to a context too.
#[derive(Module, Debug)]
pub enum BlockAttention {
    Own(Attention),
    Cross(Transformer2D),
}

impl BlockAttention {
    fn init(config: &UNetConfig, channels: usize, plan: AttentionPlan, init: &mut Init) -> Self {
        match plan {
            AttentionPlan::Own { head_dim, groups } => {
                Self::Own(Attention::init(channels, head_dim, groups, config.norm_eps, init))
            }
            AttentionPlan::Cross { heads, layers } => Self::Cross(Transformer2D::init(
                channels,
                &TransformerOptions {
                    heads,
                    layers,
                    // A valid configuration has it where there is cross-attention.
                    context_dim: config.cross_attention_dim.unwrap_or(channels),
                    groups: config.norm_num_groups,
                    linear_projection: config.use_linear_projection,
                },
                init,
            )),
        }
    }

    fn rescaled(self, factor: f64) -> Self {
        match self {
            Self::Own(attention) => Self::Own(attention.with_output_scale_factor(factor)),
            cross => cross,
        }
    }
}

/// Half the resolution.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a network has a handful of these")]
pub enum Downsampler {
    Conv(Downsample),
    Resnet(ResnetBlock),
}

/// Twice the resolution.
#[derive(Module, Debug)]
#[expect(clippy::large_enum_variant, reason = "a network has a handful of these")]
pub enum Upsampler {
    Conv(Upsample),
    Resnet(ResnetBlock),
}

/// Residual blocks, each followed by attention where there is any, then half the resolution.
#[derive(Module, Debug)]
pub struct DownBlock {
    pub resnets: Vec<ResnetBlock>,
    /// As many as residual blocks, or none.
    pub attentions: Vec<BlockAttention>,
    /// None on the last level.
    pub downsamplers: Vec<Downsampler>,
}

impl DownBlock {
    pub fn init(config: &UNetConfig, plan: &BlockPlan, init: &mut Init) -> Self {
        let channels = plan.channels;
        let options = resnet_options(config);
        let downsampler = |resampling, init: &mut Init| match resampling {
            Resampling::Conv => {
                Downsampler::Conv(Downsample::init(channels, config.downsample_padding, init))
            }
            Resampling::Resnet => Downsampler::Resnet(resampling_resnet(
                channels,
                Resample::Halve,
                options.clone(),
                init,
            )),
        };
        Self {
            resnets: resnets(plan, &options, init),
            attentions: attentions(config, plan, init),
            downsamplers: plan
                .resampling
                .map(|kind| downsampler(kind, init))
                .into_iter()
                .collect(),
        }
    }

    /// Every intermediate result is also pushed to `skips`, for the way up.
    pub fn forward(&self, mut x: Tensor<4>, pass: &mut Pass, skips: &mut Vec<Tensor<4>>) -> Tensor<4> {
        for (i, resnet) in self.resnets.iter().enumerate() {
            x = resnet.forward(x, pass.emb.clone());
            x = pass.attend(&self.attentions, i, x);
            skips.push(x.clone());
        }
        for downsampler in &self.downsamplers {
            x = match downsampler {
                Downsampler::Conv(conv) => conv.forward(x),
                Downsampler::Resnet(resnet) => resnet.forward(x, pass.emb.clone()),
            };
            skips.push(x.clone());
        }
        x
    }
}

/// Residual blocks at the lowest resolution, with attention between them where there is any.
#[derive(Module, Debug)]
pub struct MidBlock {
    /// One fewer than residual blocks, or none.
    pub attentions: Vec<BlockAttention>,
    pub resnets: Vec<ResnetBlock>,
}

impl MidBlock {
    pub fn init(config: &UNetConfig, plan: &BlockPlan, init: &mut Init) -> Self {
        let factor = config.mid_block_scale_factor;
        let options = ResnetOptions {
            output_scale_factor: factor,
            ..resnet_options(config)
        };
        Self {
            attentions: plan
                .attentions()
                .skip(1)
                .map(|attention| {
                    BlockAttention::init(config, plan.channels, attention, init).rescaled(factor)
                })
                .collect(),
            resnets: resnets(plan, &options, init),
        }
    }

    pub fn forward(&self, mut x: Tensor<4>, pass: &mut Pass) -> Tensor<4> {
        for (i, resnet) in self.resnets.iter().enumerate() {
            x = resnet.forward(x, pass.emb.clone());
            x = pass.attend(&self.attentions, i, x);
        }
        x
    }
}

/// Residual blocks over the input and a skip connection each, then twice the resolution.
#[derive(Module, Debug)]
pub struct UpBlock {
    pub resnets: Vec<ResnetBlock>,
    /// As many as residual blocks, or none.
    pub attentions: Vec<BlockAttention>,
    /// None on the last level.
    pub upsamplers: Vec<Upsampler>,
}

impl UpBlock {
    pub fn init(config: &UNetConfig, plan: &BlockPlan, init: &mut Init) -> Self {
        let channels = plan.channels;
        let options = resnet_options(config);
        let upsampler = |resampling, init: &mut Init| match resampling {
            Resampling::Conv => Upsampler::Conv(Upsample::init(channels, init)),
            Resampling::Resnet => Upsampler::Resnet(resampling_resnet(
                channels,
                Resample::Double,
                options.clone(),
                init,
            )),
        };
        Self {
            resnets: resnets(plan, &options, init),
            attentions: attentions(config, plan, init),
            upsamplers: plan
                .resampling
                .map(|kind| upsampler(kind, init))
                .into_iter()
                .collect(),
        }
    }

    /// Takes its skip connections from the end of `skips`.
    pub fn forward(&self, mut x: Tensor<4>, pass: &mut Pass, skips: &mut Vec<Tensor<4>>) -> Tensor<4> {
        let own = skips.split_off(skips.len().saturating_sub(self.resnets.len()));
        for (i, (resnet, skip)) in self.resnets.iter().zip(own.into_iter().rev()).enumerate() {
            x = resnet.forward(concat_channels(x, skip), pass.emb.clone());
            x = pass.attend(&self.attentions, i, x);
        }
        for upsampler in &self.upsamplers {
            x = match upsampler {
                Upsampler::Conv(conv) => conv.forward(x),
                Upsampler::Resnet(resnet) => resnet.forward(x, pass.emb.clone()),
            };
        }
        x
    }
}

fn resnet_options(config: &UNetConfig) -> ResnetOptions {
    ResnetOptions {
        time_embed_dim: Some(config.time_embed_dim()),
        scale_shift: config.resnet_time_scale_shift == TimeScaleShift::ScaleShift,
        ..ResnetOptions::new(config.norm_num_groups, config.norm_eps)
    }
}

fn resnets(plan: &BlockPlan, options: &ResnetOptions, init: &mut Init) -> Vec<ResnetBlock> {
    plan.resnets
        .iter()
        .map(|&input| ResnetBlock::init(input, plan.channels, options, init))
        .collect()
}

fn resampling_resnet(
    channels: usize,
    resample: Resample,
    options: ResnetOptions,
    init: &mut Init,
) -> ResnetBlock {
    ResnetBlock::init(channels, channels, &ResnetOptions { resample, ..options }, init)
}

fn attentions(config: &UNetConfig, plan: &BlockPlan, init: &mut Init) -> Vec<BlockAttention> {
    plan.attentions()
        .map(|attention| BlockAttention::init(config, plan.channels, attention, init))
        .collect()
}
