//! The named networks, and the one type that holds whichever was chosen.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use serde::{Deserialize, Serialize};

use super::UNet;
use super::unet_config::{DownBlockType, UNetConfig, UpBlockType};
use crate::denoiser::Denoiser;
use crate::error::ConfigError;

/// A network by name, for one-channel images of 28x28 pixels in ten classes and the null class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(clap::ValueEnum))]
#[serde(rename_all = "camelCase")]
pub enum Preset {
    /// U-Net, 2.74 M parameters.
    #[default]
    Unet,
    /// U-Net of some 20 thousand parameters, for tests and slow machines.
    Tiny,
}

/// The class that stands for "no class" in classifier-free guidance.
pub const NULL_CLASS: u8 = 10;

impl Preset {
    pub fn config(self) -> UNetConfig {
        use {DownBlockType::*, UpBlockType::*};
        let common = UNetConfig {
            sample_size: 28,
            in_channels: 1,
            out_channels: 1,
            layers_per_block: 1,
            num_class_embeds: Some(NULL_CLASS as usize + 1),
            ..UNetConfig::default()
        };
        match self {
            Self::Unet => UNetConfig {
                block_out_channels: vec![32, 64, 128],
                down_block_types: vec![DownBlock2D, DownBlock2D, AttnDownBlock2D],
                up_block_types: vec![AttnUpBlock2D, UpBlock2D, UpBlock2D],
                norm_num_groups: 8,
                attention_head_dim: Some(32),
                ..common
            },
            Self::Tiny => UNetConfig {
                block_out_channels: vec![8, 8, 16],
                down_block_types: vec![DownBlock2D, DownBlock2D, AttnDownBlock2D],
                up_block_types: vec![AttnUpBlock2D, UpBlock2D, UpBlock2D],
                norm_num_groups: 4,
                attention_head_dim: Some(8),
                ..common
            },
        }
    }

    /// The network with random weights, a function of `seed`.
    pub fn init(self, seed: u64, device: &Device) -> Result<Network, ConfigError> {
        Ok(Network::UNet(self.config().init(seed, device)?))
    }
}

/// Any of the networks.
#[derive(Module, Debug)]
pub enum Network {
    UNet(UNet),
}

impl Denoiser for Network {
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        match self {
            Self::UNet(unet) => unet.forward(x_t, t, labels),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parameters;

    #[test]
    fn the_unet_preset_has_the_parameters_of_its_diffusers_twin() {
        let network = Preset::Unet.init(0, &Device::flex()).unwrap();
        assert_eq!(parameters::count(&network), 2_736_353);
    }

    #[test]
    fn weights_are_a_function_of_the_seed() {
        let flat = |seed| {
            let network = Preset::Tiny.init(seed, &Device::flex()).unwrap();
            parameters::flatten(&network)
                .into_data()
                .try_to_vec::<f32>()
                .unwrap()
        };
        assert_eq!(flat(1), flat(1));
        assert_ne!(flat(1), flat(2));
    }
}
