//! The named networks, and the one type that holds whichever was chosen.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use serde::{Deserialize, Serialize};

use super::points::COORDINATES;
use super::unet_config::{DownBlockType, UNetConfig, UpBlockType};
use super::{DiT, DiTConfig, PointsConfig, PointsNet, UNet};
use crate::denoiser::Denoiser;
use crate::error::ConfigError;

/// A network by name. Those for images take one channel of 28x28 pixels, in ten classes and the null class.
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
    /// Diffusion Transformer, 1.87 M parameters.
    Dit,
    /// Multi-layer perceptron for points in the plane.
    Points,
}

/// The class that stands for "no class" in classifier-free guidance.
pub const NULL_CLASS: u8 = 10;

impl Preset {
    pub const ALL: [Self; 4] = [Self::Unet, Self::Tiny, Self::Dit, Self::Points];

    /// `[channels, height, width]` of what the network takes and gives.
    pub fn input_shape(self) -> [usize; 3] {
        match self {
            Self::Unet | Self::Tiny | Self::Dit => [1, 28, 28],
            Self::Points => [COORDINATES, 1, 1],
        }
    }

    /// The label that stands for "no class"; none for a network without classes.
    pub fn null_class(self) -> Option<u8> {
        match self {
            Self::Unet | Self::Tiny | Self::Dit => Some(NULL_CLASS),
            Self::Points => None,
        }
    }

    /// Whether what the network draws is pixels, all in [-1, 1].
    pub fn draws_pixels(self) -> bool {
        self != Self::Points
    }

    /// The network with random weights, a function of `seed`.
    pub fn init(self, seed: u64, device: &Device) -> Result<Network, ConfigError> {
        Ok(match self {
            Self::Unet => Network::UNet(unet([32, 64, 128], 8, 32).init(seed, device)?),
            Self::Tiny => Network::UNet(unet([8, 8, 16], 4, 8).init(seed, device)?),
            Self::Dit => Network::DiT(DiTConfig::pixels().init(seed, device)?),
            Self::Points => Network::Points(PointsConfig::default().init(seed, device)?),
        })
    }
}

/// diffusers' U-Net with three levels, attention on the lowest.
fn unet(block_out_channels: [usize; 3], norm_num_groups: usize, attention_head_dim: usize) -> UNetConfig {
    use {DownBlockType::*, UpBlockType::*};
    UNetConfig {
        sample_size: 28,
        in_channels: 1,
        out_channels: 1,
        block_out_channels: block_out_channels.to_vec(),
        layers_per_block: 1,
        down_block_types: vec![DownBlock2D, DownBlock2D, AttnDownBlock2D],
        up_block_types: vec![AttnUpBlock2D, UpBlock2D, UpBlock2D],
        norm_num_groups,
        attention_head_dim: Some(attention_head_dim),
        num_class_embeds: Some(NULL_CLASS as usize + 1),
        ..UNetConfig::default()
    }
}

/// Any of the networks.
#[derive(Module, Debug)]
pub enum Network {
    UNet(UNet),
    DiT(DiT),
    Points(PointsNet),
}

impl Denoiser for Network {
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        match self {
            Self::UNet(unet) => unet.forward(x_t, t, labels),
            Self::DiT(dit) => dit.forward(x_t, t, labels),
            Self::Points(points) => points.forward(x_t, t),
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
    fn the_dit_preset_has_1_869_072_parameters() {
        let network = Preset::Dit.init(0, &Device::flex()).unwrap();
        assert_eq!(parameters::count(&network), 1_869_072);
    }

    #[test]
    fn every_preset_answers_in_the_shape_of_its_input() {
        let device = Device::flex();
        for preset in Preset::ALL {
            let [channels, height, width] = preset.input_shape();
            let x_t = Tensor::ones([2, channels, height, width], &device);
            let labels = preset.null_class().map(|null| Tensor::full([2], null, &device));
            let output =
                preset
                    .init(0, &device)
                    .unwrap()
                    .denoise(x_t.clone(), Tensor::ones([2], &device), labels);
            assert_eq!(output.dims(), x_t.dims(), "{preset:?}");
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
