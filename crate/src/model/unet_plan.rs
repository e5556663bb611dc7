//! What a U-Net's configuration says block by block: what is built from, and what is inspected without building.

use super::unet_config::{DownBlockType, MidBlockType, Resampling, TimeScaleShift, UNetConfig, UpBlockType};

/// The attention of a block, one after each residual block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttentionPlan {
    /// Among the pixels; without `groups` there is no norm in front.
    Own { head_dim: usize, groups: Option<usize> },
    /// Among the pixels and from them to the context, in a transformer of `layers` blocks.
    Cross { heads: usize, layers: usize },
}

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockPlan {
    /// Channels out of every layer.
    pub channels: usize,
    /// Channels into each residual block, the skip connection's included.
    pub resnets: Vec<usize>,
    /// After every residual block; in the middle, between two.
    pub attention: Option<AttentionPlan>,
    /// How resolution changes at the end, if it does.
    pub resampling: Option<Resampling>,
}

impl BlockPlan {
    /// The block's layers of attention, `resnets` of them or none.
    pub fn attentions(&self) -> impl Iterator<Item = AttentionPlan> {
        let count = self.resnets.len();
        self.attention
            .into_iter()
            .flat_map(move |attention| std::iter::repeat_n(attention, count))
    }
}

/// All blocks in the order of computation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UNetPlan {
    pub down: Vec<BlockPlan>,
    pub mid: Option<BlockPlan>,
    pub up: Vec<BlockPlan>,
}

impl UNetPlan {
    /// `config` has lists as long as it has levels.
    pub fn of(config: &UNetConfig) -> Self {
        let channels = &config.block_out_channels;
        let levels = channels.len();

        // The channels of the skip connections, as the way down pushes them.
        let mut skips = vec![channels[0]];
        let mut down = Vec::with_capacity(levels);
        for level in 0..levels {
            let block = down_block(config, level);
            let results = block.resnets.len() + usize::from(block.resampling.is_some());
            skips.extend(std::iter::repeat_n(block.channels, results));
            down.push(block);
        }
        let mut up = Vec::with_capacity(levels);
        for level in (0..levels).rev() {
            let mut own = skips.split_off(skips.len() - config.layers_per_block - 1);
            own.reverse();
            up.push(up_block(config, level, &own));
        }
        Self {
            down,
            mid: config.mid_block_type.map(|kind| mid_block(config, kind)),
            up,
        }
    }

    pub fn blocks(&self) -> impl Iterator<Item = &BlockPlan> {
        self.down.iter().chain(&self.mid).chain(&self.up)
    }
}

fn down_block(config: &UNetConfig, level: usize) -> BlockPlan {
    let channels = config.block_out_channels[level];
    let input = config.block_out_channels[level.saturating_sub(1)];
    let mut resampling = Resampling::Conv;
    let attention = match config.down_block_types[level] {
        DownBlockType::DownBlock2D => None,
        DownBlockType::AttnDownBlock2D => {
            resampling = config.downsample_type;
            Some(own_attention(config, level, channels))
        }
        DownBlockType::CrossAttnDownBlock2D => Some(cross_attention(config, level)),
    };
    let inputs = std::iter::once(input).chain(std::iter::repeat(channels));
    BlockPlan {
        channels,
        resnets: inputs.take(config.layers_per_block).collect(),
        attention,
        resampling: (level + 1 < config.block_out_channels.len()).then_some(resampling),
    }
}

/// `skips`: the channels of the level's skip connections, in the order in which they are used.
fn up_block(config: &UNetConfig, level: usize, skips: &[usize]) -> BlockPlan {
    let channels = config.block_out_channels[level];
    let lowest = config.block_out_channels.len() - 1;
    let input = config.block_out_channels[(level + 1).min(lowest)];
    let mut resampling = Resampling::Conv;
    let index = lowest - level;
    let attention = match config.up_block_types[index] {
        UpBlockType::UpBlock2D => None,
        UpBlockType::AttnUpBlock2D => {
            resampling = config.upsample_type;
            // diffusers reads a list of head widths from its beginning on the way up too, but reverses one of heads.
            Some(own_attention(config, index, channels))
        }
        UpBlockType::CrossAttnUpBlock2D => Some(cross_attention(config, level)),
    };
    let inputs = std::iter::once(input).chain(std::iter::repeat(channels));
    BlockPlan {
        channels,
        resnets: inputs.zip(skips).map(|(input, skip)| input + skip).collect(),
        attention,
        resampling: (level > 0).then_some(resampling),
    }
}

fn mid_block(config: &UNetConfig, kind: MidBlockType) -> BlockPlan {
    let lowest = config.block_out_channels.len() - 1;
    let channels = config.block_out_channels[lowest];
    let conditional = config.cross_attention_dim.is_some();
    let (resnets, attention) = match kind {
        MidBlockType::UNetMidBlock2DCrossAttn => (2, Some(cross_attention(config, lowest))),
        // In a UNet2DConditionModel this name means one residual block and no more.
        MidBlockType::UNetMidBlock2D if conditional => (1, None),
        MidBlockType::UNetMidBlock2D if config.add_attention => {
            let mut attention = own_attention(config, lowest, channels);
            if let AttentionPlan::Own { groups, .. } = &mut attention {
                let shifts = config.resnet_time_scale_shift == TimeScaleShift::Default;
                *groups = config.attn_norm_num_groups.or(groups.filter(|_| shifts));
            }
            (2, Some(attention))
        }
        MidBlockType::UNetMidBlock2D => (2, None),
    };
    BlockPlan {
        channels,
        resnets: vec![channels; resnets],
        attention,
        resampling: None,
    }
}

fn own_attention(config: &UNetConfig, level: usize, channels: usize) -> AttentionPlan {
    AttentionPlan::Own {
        head_dim: config.head_dim(level, channels),
        groups: Some(config.norm_num_groups),
    }
}

fn cross_attention(config: &UNetConfig, level: usize) -> AttentionPlan {
    let at = |setting: &Option<super::unet_config::PerLevel>| setting.as_ref().map_or(1, |s| s.at(level));
    AttentionPlan::Cross {
        heads: at(&config.attention_head_dim),
        layers: at(&config.transformer_layers_per_block),
    }
}
