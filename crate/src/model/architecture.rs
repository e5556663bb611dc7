//! Networks by name whose layers can be listed: the presets, and published ones that no tab would hold.

use serde::{Deserialize, Serialize};

use super::dit_inspect;
use super::unet_config::{DownBlockType, UpBlockType};
use super::{DiTConfig, Inspection, Preset, UNetConfig};
use crate::error::ConfigError;

/// A network to list the layers of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(untagged)]
pub enum Architecture {
    Preset(Preset),
    Published(PublishedNetwork),
}

/// A published configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum PublishedNetwork {
    /// diffusers' `UNet2DModel` for photographs of 128x128: six levels, attention in the middle alone.
    #[serde(rename = "unet-128")]
    UNet128,
    /// DiT-S/4 over latents of 4x32x32 (Peebles and Xie, 2023, table 1).
    #[serde(rename = "dit-s-4")]
    DiTS4,
}

impl Architecture {
    /// The network's layers for `batch` inputs.
    pub fn inspect(self, batch: usize) -> Result<Inspection, ConfigError> {
        match self {
            Self::Preset(preset) => preset.inspect(batch),
            Self::Published(PublishedNetwork::UNet128) => unet_128().inspect(batch, 0),
            Self::Published(PublishedNetwork::DiTS4) => {
                let config = dit_s_4();
                let (channels, size) = (config.in_channels, config.input_size);
                let rows = dit_inspect::inspect(&config, [batch, channels, size, size])?;
                Ok(Inspection { rows })
            }
        }
    }
}

fn unet_128() -> UNetConfig {
    UNetConfig {
        sample_size: 128,
        block_out_channels: vec![128, 128, 256, 256, 512, 512],
        down_block_types: vec![DownBlockType::DownBlock2D; 6],
        up_block_types: vec![UpBlockType::UpBlock2D; 6],
        ..UNetConfig::default()
    }
}

fn dit_s_4() -> DiTConfig {
    DiTConfig {
        hidden_size: 384,
        depth: 12,
        patch_size: 4,
        num_heads: 6,
        ..DiTConfig::default()
    }
}
