//! The shape of a U-Net, in the words of diffusers' `config.json`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

mod compvis;
mod read;
mod validate;

/// A level on the way down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DownBlockType {
    DownBlock2D,
    AttnDownBlock2D,
    CrossAttnDownBlock2D,
}

/// What is between the way down and the way up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MidBlockType {
    UNetMidBlock2D,
    UNetMidBlock2DCrossAttn,
}

/// A level on the way up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpBlockType {
    UpBlock2D,
    AttnUpBlock2D,
    CrossAttnUpBlock2D,
}

/// How a level with self-attention changes resolution; all other levels do it with a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resampling {
    /// A convolution: of stride 2 on the way down, after nearest-neighbour upsampling on the way up.
    Conv,
    /// A residual block that pools or repeats pixels before its first convolution.
    Resnet,
}

/// What the time embedding does in a residual block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeScaleShift {
    /// It is added before the second norm.
    Default,
    /// It scales and shifts what comes out of the second norm (Dhariwal and Nichol, 2021, equation 3).
    ScaleShift,
}

/// One number for all levels, or one a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PerLevel {
    Same(usize),
    Each(Vec<usize>),
}

impl From<usize> for PerLevel {
    fn from(value: usize) -> Self {
        Self::Same(value)
    }
}

impl PerLevel {
    /// The number of a level, 0 being the highest resolution. A list is taken to be long enough.
    pub fn at(&self, level: usize) -> usize {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values[level],
        }
    }

    /// All numbers there are, and whether there is one for each of `levels`.
    fn values(&self, levels: usize) -> (&[usize], bool) {
        match self {
            Self::Same(value) => (std::slice::from_ref(value), true),
            Self::Each(values) => (values, values.len() == levels),
        }
    }
}

/// diffusers' `UNet2DModel`, with its names and defaults; with `cross_attention_dim`, its `UNet2DConditionModel`.
///
/// Deserialising reads diffusers' file as it is, and [`UNetConfig::from_json`] CompVis's form too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct UNetConfig {
    /// Height and width of the images it is trained on.
    pub sample_size: usize,
    pub in_channels: usize,
    pub out_channels: usize,
    /// Whether images come in [0, 1] and are brought to [-1, 1] first.
    pub center_input_sample: bool,
    /// Channels of each level, from the highest resolution to the lowest.
    pub block_out_channels: Vec<usize>,
    /// Residual blocks a level on the way down; on the way up there is one more.
    pub layers_per_block: usize,
    pub down_block_types: Vec<DownBlockType>,
    /// `None`: the way up begins where the way down ends.
    pub mid_block_type: Option<MidBlockType>,
    pub up_block_types: Vec<UpBlockType>,
    /// Whether a `UNetMidBlock2D` attends.
    pub add_attention: bool,
    /// What a middle block's results are divided by.
    pub mid_block_scale_factor: f64,
    /// 1, or 0 for a row below and a column to the right.
    pub downsample_padding: usize,
    pub downsample_type: Resampling,
    pub upsample_type: Resampling,
    pub norm_num_groups: usize,
    /// Groups of the norm before the middle block's attention; `None`: `norm_num_groups`, or no norm at all where
    /// `resnet_time_scale_shift` is `scale_shift`.
    pub attn_norm_num_groups: Option<usize>,
    pub norm_eps: f64,
    pub resnet_time_scale_shift: TimeScaleShift,
    /// Channels of a head of self-attention, `None` for one head; but the number of heads of cross-attention, whose
    /// `num_attention_heads` diffusers takes from here.
    pub attention_head_dim: Option<PerLevel>,
    /// Classes, the null class of classifier-free guidance included; `None`: unconditional.
    pub num_class_embeds: Option<usize>,
    pub flip_sin_to_cos: bool,
    pub freq_shift: f64,
    /// Width of the time embedding; `None`: four times the channels of the first level.
    pub time_embedding_dim: Option<usize>,
    /// Width of a context token; `None`: no cross-attention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_attention_dim: Option<usize>,
    /// Whether a transformer's first and last layers are linear maps rather than 1x1 convolutions.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub use_linear_projection: bool,
    /// Transformer blocks after each residual block with cross-attention; `None`: one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transformer_layers_per_block: Option<PerLevel>,
}

impl Default for UNetConfig {
    fn default() -> Self {
        use {DownBlockType::*, UpBlockType::*};
        Self {
            sample_size: 28,
            in_channels: 3,
            out_channels: 3,
            center_input_sample: false,
            block_out_channels: vec![224, 448, 672, 896],
            layers_per_block: 2,
            down_block_types: vec![DownBlock2D, AttnDownBlock2D, AttnDownBlock2D, AttnDownBlock2D],
            mid_block_type: Some(MidBlockType::UNetMidBlock2D),
            up_block_types: vec![AttnUpBlock2D, AttnUpBlock2D, AttnUpBlock2D, UpBlock2D],
            add_attention: true,
            mid_block_scale_factor: 1.0,
            downsample_padding: 1,
            downsample_type: Resampling::Conv,
            upsample_type: Resampling::Conv,
            norm_num_groups: 32,
            attn_norm_num_groups: None,
            norm_eps: 1e-5,
            resnet_time_scale_shift: TimeScaleShift::Default,
            attention_head_dim: Some(PerLevel::Same(8)),
            num_class_embeds: None,
            flip_sin_to_cos: true,
            freq_shift: 0.0,
            time_embedding_dim: None,
            cross_attention_dim: None,
            use_linear_projection: false,
            transformer_layers_per_block: None,
        }
    }
}

impl UNetConfig {
    /// `UNet2DConditionModel` with its defaults.
    pub fn conditional() -> Self {
        use {DownBlockType::*, UpBlockType::*};
        Self {
            sample_size: 64,
            in_channels: 4,
            out_channels: 4,
            block_out_channels: vec![320, 640, 1280, 1280],
            down_block_types: vec![
                CrossAttnDownBlock2D,
                CrossAttnDownBlock2D,
                CrossAttnDownBlock2D,
                DownBlock2D,
            ],
            mid_block_type: Some(MidBlockType::UNetMidBlock2DCrossAttn),
            up_block_types: vec![
                UpBlock2D,
                CrossAttnUpBlock2D,
                CrossAttnUpBlock2D,
                CrossAttnUpBlock2D,
            ],
            cross_attention_dim: Some(1280),
            ..Self::default()
        }
    }

    /// Width of the time embedding.
    pub fn time_embed_dim(&self) -> usize {
        self.time_embedding_dim.unwrap_or(4 * self.block_out_channels[0])
    }

    /// Channels of a head of self-attention in a level of `channels`.
    pub fn head_dim(&self, level: usize, channels: usize) -> usize {
        self.attention_head_dim
            .as_ref()
            .map_or(channels, |dim| dim.at(level))
    }
}
