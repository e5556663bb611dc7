//! The named networks, and the one type that holds whichever was chosen.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use serde::{Deserialize, Serialize};

use super::trainable::not_a_denoiser;
use super::unet_config::{DownBlockType, UNetConfig, UpBlockType};
use super::{AutoencoderConfig, ModelConfig, UNet};
use crate::denoiser::Denoiser;
use crate::error::ConfigError;

/// A network by name, for one-channel images of 28x28 pixels in ten classes and the null class, or for their latents,
/// four channels of 7x7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// U-Net, 2.74 M parameters.
    #[default]
    Unet,
    /// U-Net of some 20 thousand parameters, for tests and slow machines.
    Tiny,
    /// U-Net over latents, 2.1 M parameters. Of one level: 7 cannot be halved.
    UnetLatent,
    /// U-Net over latents of some 40 thousand parameters, for tests.
    UnetLatentTiny,
    /// Autoencoder from images to latents and back, 0.7 M parameters.
    Autoencoder,
    /// Autoencoder of some 10 thousand parameters, for tests.
    AutoencoderTiny,
}

/// The class that stands for "no class" in classifier-free guidance.
pub const NULL_CLASS: u8 = 10;

impl Preset {
    pub const ALL: [Self; 6] = [
        Self::Unet,
        Self::Tiny,
        Self::UnetLatent,
        Self::UnetLatentTiny,
        Self::Autoencoder,
        Self::AutoencoderTiny,
    ];

    pub fn config(self) -> ModelConfig {
        match self {
            Self::Unet => ModelConfig::UNet(image_unet([32, 64, 128], 8, 32)),
            Self::Tiny => ModelConfig::UNet(image_unet([8, 8, 16], 4, 8)),
            Self::UnetLatent => ModelConfig::UNet(latent_unet(96, 2, 8, 32)),
            Self::UnetLatentTiny => ModelConfig::UNet(latent_unet(16, 1, 4, 8)),
            Self::Autoencoder => ModelConfig::Autoencoder(autoencoder([16, 32, 64], 8)),
            Self::AutoencoderTiny => ModelConfig::Autoencoder(autoencoder([4, 8, 8], 4)),
        }
    }

    /// Channels, height and width of what it takes, images or latents.
    pub fn input_shape(self) -> [usize; 3] {
        self.config().input_shape()
    }

    /// Whether it learns from latents, and so needs an autoencoder.
    pub fn takes_latents(self) -> bool {
        matches!(self, Self::UnetLatent | Self::UnetLatentTiny)
    }

    /// The network with random weights, a function of `seed`. An autoencoder is none that samples are drawn with.
    pub fn init(self, seed: u64, device: &Device) -> Result<Network, ConfigError> {
        match self.config() {
            ModelConfig::UNet(config) => Ok(Network::UNet(config.init(seed, device)?)),
            ModelConfig::Autoencoder(_) => Err(not_a_denoiser()),
        }
    }
}

/// Three levels, attention on the lowest.
fn image_unet(channels: [usize; 3], norm_num_groups: usize, head_dim: usize) -> UNetConfig {
    use {DownBlockType::*, UpBlockType::*};
    UNetConfig {
        sample_size: 28,
        in_channels: 1,
        out_channels: 1,
        block_out_channels: channels.to_vec(),
        layers_per_block: 1,
        down_block_types: vec![DownBlock2D, DownBlock2D, AttnDownBlock2D],
        up_block_types: vec![AttnUpBlock2D, UpBlock2D, UpBlock2D],
        norm_num_groups,
        attention_head_dim: Some(head_dim),
        num_class_embeds: Some(NULL_CLASS as usize + 1),
        ..UNetConfig::default()
    }
}

/// One level with attention: an image side of 7 can't be halved.
fn latent_unet(
    channels: usize,
    layers_per_block: usize,
    norm_num_groups: usize,
    head_dim: usize,
) -> UNetConfig {
    UNetConfig {
        sample_size: 7,
        in_channels: 4,
        out_channels: 4,
        block_out_channels: vec![channels],
        layers_per_block,
        down_block_types: vec![DownBlockType::AttnDownBlock2D],
        up_block_types: vec![UpBlockType::AttnUpBlock2D],
        norm_num_groups,
        attention_head_dim: Some(head_dim),
        num_class_embeds: Some(NULL_CLASS as usize + 1),
        ..UNetConfig::default()
    }
}

/// From images of 28x28 to four channels of 7x7.
fn autoencoder(channels: [usize; 3], norm_num_groups: usize) -> AutoencoderConfig {
    AutoencoderConfig {
        sample_size: 28,
        in_channels: 1,
        out_channels: 1,
        latent_channels: 4,
        norm_num_groups,
        ..AutoencoderConfig::with_levels(channels.to_vec())
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
    use crate::model::{Trainable, parameters};

    #[test]
    fn the_unet_preset_has_the_parameters_of_its_diffusers_twin() {
        let network = Preset::Unet.init(0, &Device::flex()).unwrap();
        assert_eq!(parameters::count(&network), 2_736_353);
    }

    #[test]
    fn every_preset_is_valid_and_latents_fit_their_networks() {
        for preset in Preset::ALL {
            let trainable = Trainable::init(preset, 0, &Device::flex()).unwrap();
            assert!(parameters::count(&trainable) > 0);
            if let ModelConfig::Autoencoder(config) = preset.config() {
                assert_eq!(preset.input_shape(), Preset::Unet.input_shape());
                assert_eq!(config.latent_shape(), Preset::UnetLatent.input_shape());
                assert_eq!(config.latent_shape(), Preset::UnetLatentTiny.input_shape());
                assert_eq!(preset.init(0, &Device::flex()).unwrap_err().field, "preset");
            }
        }
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
