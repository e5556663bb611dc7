//! The shape of a U-Net, in the words of diffusers' `config.json`.

use serde::{Deserialize, Serialize};

use crate::error::{ConfigError, require};

/// A level on the way down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DownBlockType {
    DownBlock2D,
    AttnDownBlock2D,
}

/// A level on the way up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpBlockType {
    UpBlock2D,
    AttnUpBlock2D,
}

/// diffusers' `UNet2DModel`, with its names and defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UNetConfig {
    /// Height and width of the images it is trained on.
    pub sample_size: usize,
    pub in_channels: usize,
    pub out_channels: usize,
    /// Channels of each level, from the highest resolution to the lowest.
    pub block_out_channels: Vec<usize>,
    /// Residual blocks a level on the way down; on the way up there is one more.
    pub layers_per_block: usize,
    pub down_block_types: Vec<DownBlockType>,
    pub up_block_types: Vec<UpBlockType>,
    pub norm_num_groups: usize,
    pub norm_eps: f64,
    /// Channels of an attention head; `None`: one head.
    pub attention_head_dim: Option<usize>,
    /// Classes, the null class of classifier-free guidance included; `None`: unconditional.
    pub num_class_embeds: Option<usize>,
    pub downsample_padding: usize,
    pub flip_sin_to_cos: bool,
    pub freq_shift: f64,
}

impl Default for UNetConfig {
    fn default() -> Self {
        use {DownBlockType::*, UpBlockType::*};
        Self {
            sample_size: 28,
            in_channels: 3,
            out_channels: 3,
            block_out_channels: vec![224, 448, 672, 896],
            layers_per_block: 2,
            down_block_types: vec![DownBlock2D, AttnDownBlock2D, AttnDownBlock2D, AttnDownBlock2D],
            up_block_types: vec![AttnUpBlock2D, AttnUpBlock2D, AttnUpBlock2D, UpBlock2D],
            norm_num_groups: 32,
            norm_eps: 1e-5,
            attention_head_dim: Some(8),
            num_class_embeds: None,
            downsample_padding: 1,
            flip_sin_to_cos: true,
            freq_shift: 0.0,
        }
    }
}

impl UNetConfig {
    /// Width of the time embedding.
    pub fn time_embed_dim(&self) -> usize {
        4 * self.block_out_channels[0]
    }

    /// Channels of an attention head in a level of `channels`.
    pub fn head_dim(&self, channels: usize) -> usize {
        self.attention_head_dim.unwrap_or(channels)
    }

    /// Checks that the fields fit each other.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let levels = self.block_out_channels.len();
        for (field, value) in [
            ("sample_size", self.sample_size),
            ("in_channels", self.in_channels),
            ("out_channels", self.out_channels),
            ("layers_per_block", self.layers_per_block),
            ("norm_num_groups", self.norm_num_groups),
        ] {
            require(value > 0, field, value, "at least 1")?;
        }
        require(
            (1..=16).contains(&levels),
            "block_out_channels",
            format!("{levels} long"),
            "1 to 16 long",
        )?;
        for (field, found) in [
            ("down_block_types", self.down_block_types.len()),
            ("up_block_types", self.up_block_types.len()),
        ] {
            let expected = format!("{levels} long, as block_out_channels is");
            require(found == levels, field, format!("{found} long"), expected)?;
        }
        for (level, &channels) in self.block_out_channels.iter().enumerate() {
            let divides = |n: usize| n > 0 && channels > 0 && channels.is_multiple_of(n);
            let groups = self.norm_num_groups;
            let expected = format!("multiples of norm_num_groups, {groups}");
            require(divides(groups), "block_out_channels", channels, expected)?;
            let attends = self.down_block_types[level] == DownBlockType::AttnDownBlock2D
                || self.up_block_types[levels - 1 - level] == UpBlockType::AttnUpBlock2D
                || level == levels - 1;
            let head_dim = self.head_dim(channels);
            let expected = format!("a divisor of the {channels} channels of level {level}");
            require(
                !attends || divides(head_dim),
                "attention_head_dim",
                head_dim,
                expected,
            )?;
        }
        let factor = 1 << (levels - 1);
        let expected = format!("a multiple of {factor}: it is halved {} times", levels - 1);
        require(
            self.sample_size.is_multiple_of(factor),
            "sample_size",
            self.sample_size,
            expected,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_that_fits_nothing_names_the_field() {
        let broken = |change: fn(&mut UNetConfig)| {
            let mut config = UNetConfig::default();
            change(&mut config);
            config.validate().unwrap_err().field
        };
        assert_eq!(
            UNetConfig {
                sample_size: 32,
                ..Default::default()
            }
            .validate(),
            Ok(())
        );
        assert_eq!(broken(|c| c.in_channels = 0), "in_channels");
        assert_eq!(broken(|c| c.up_block_types.truncate(2)), "up_block_types");
        assert_eq!(broken(|c| c.block_out_channels[1] = 100), "block_out_channels");
        assert_eq!(broken(|c| c.attention_head_dim = Some(5)), "attention_head_dim");
        assert_eq!(broken(|c| c.sample_size = 30), "sample_size");
    }
}
