//! The named networks, and the one type that holds whichever was chosen.

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor};
use serde::{Deserialize, Serialize};

use super::class_context::{ClassContextConfig, ClassContextUNet};
use super::dit_inspect;
use super::inspect::Inspection;
use super::points::COORDINATES;
use super::probe::Probe;
use super::trainable::not_a_denoiser;
use super::unet_config::{DownBlockType, MidBlockType, UNetConfig, UpBlockType};
use super::{AutoencoderConfig, DiT, DiTConfig, PointsConfig, PointsNet, UNet, parameters};
use crate::denoiser::Denoiser;
use crate::error::ConfigError;

/// A network by name, for one-channel images of 28x28 pixels in ten classes and the null class, for their latents,
/// four channels of 7x7, or for points in the plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[cfg_attr(not(target_arch = "wasm32"), derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// U-Net, 2.74 M parameters.
    #[default]
    Unet,
    /// U-Net that sees the class through cross-attention, 3.86 M parameters.
    UnetCross,
    /// U-Net of 52 thousand parameters, for tests and slow machines.
    Tiny,
    /// Diffusion Transformer, 1.87 M parameters.
    Dit,
    /// The same, and it learns the variance of its steps beside the noise.
    DitLearnedSigma,
    /// Diffusion Transformer over latents, 1.87 M parameters.
    DitLatent,
    /// U-Net over latents, 2.1 M parameters. Of one level: 7 cannot be halved.
    UnetLatent,
    /// U-Net over latents of some 46 thousand parameters, for tests.
    UnetLatentTiny,
    /// Autoencoder from images to latents and back, 0.7 M parameters.
    Autoencoder,
    /// Autoencoder of some 16 thousand parameters, for tests.
    AutoencoderTiny,
    /// Multi-layer perceptron for points in the plane, without classes.
    Points,
}

/// The class that stands for "no class" in classifier-free guidance.
pub const NULL_CLASS: u8 = 10;
/// Learned tokens that describe a class to the networks with cross-attention.
const CLASS_TOKENS: usize = 4;

impl Preset {
    pub const ALL: [Self; 11] = [
        Self::Unet,
        Self::UnetCross,
        Self::Tiny,
        Self::Dit,
        Self::DitLearnedSigma,
        Self::DitLatent,
        Self::UnetLatent,
        Self::UnetLatentTiny,
        Self::Autoencoder,
        Self::AutoencoderTiny,
        Self::Points,
    ];

    /// `[channels, height, width]` of what it takes: images, latents, or points as images of one pixel.
    pub fn input_shape(self) -> [usize; 3] {
        match self {
            Self::Unet
            | Self::UnetCross
            | Self::Tiny
            | Self::Dit
            | Self::DitLearnedSigma
            | Self::Autoencoder
            | Self::AutoencoderTiny => [1, 28, 28],
            Self::UnetLatent | Self::UnetLatentTiny | Self::DitLatent => [4, 7, 7],
            Self::Points => [COORDINATES, 1, 1],
        }
    }

    /// The label that stands for "no class"; none for a network without classes.
    pub fn null_class(self) -> Option<u8> {
        match self {
            Self::Points | Self::Autoencoder | Self::AutoencoderTiny => None,
            _ => Some(NULL_CLASS),
        }
    }

    /// Whether it learns from latents, and so needs an autoencoder.
    pub fn takes_latents(self) -> bool {
        matches!(self, Self::UnetLatent | Self::UnetLatentTiny | Self::DitLatent)
    }

    /// Whether what the network draws is pixels, all in [-1, 1].
    pub fn draws_pixels(self) -> bool {
        !self.takes_latents() && self != Self::Points
    }

    /// Whether the network's output has the variance of its steps behind the prediction (Nichol and Dhariwal, 2021).
    pub fn learns_variance(self) -> bool {
        self == Self::DitLearnedSigma
    }

    /// The autoencoder's shape, where it is one.
    pub fn autoencoder(self) -> Option<AutoencoderConfig> {
        match self {
            Self::Autoencoder => Some(autoencoder([16, 32, 64], 8)),
            Self::AutoencoderTiny => Some(autoencoder([4, 8, 8], 4)),
            _ => None,
        }
    }

    /// The network with random weights, a function of `seed`. An autoencoder is none that samples are drawn with: see
    /// [`Trainable::init`](super::Trainable::init).
    pub fn init(self, seed: u64, device: &Device) -> Result<Network, ConfigError> {
        Ok(match self {
            Self::Unet | Self::Tiny | Self::UnetLatent | Self::UnetLatentTiny => {
                Network::UNet(self.unet().init(seed, device)?)
            }
            Self::UnetCross => Network::UNetCross(class_context(self.unet()).init(seed, device)?),
            Self::Dit => Network::DiT(DiTConfig::pixels().init(seed, device)?),
            Self::DitLearnedSigma => Network::DiT(DiTConfig::pixels_and_variance().init(seed, device)?),
            Self::DitLatent => Network::DiT(DiTConfig::latents().init(seed, device)?),
            Self::Points => Network::Points(PointsConfig::default().init(seed, device)?),
            Self::Autoencoder | Self::AutoencoderTiny => return Err(not_a_denoiser()),
        })
    }

    /// The network's layers for `batch` inputs.
    pub fn inspect(self, batch: usize) -> Result<Inspection, ConfigError> {
        if let Some(config) = self.autoencoder() {
            return config.inspect(batch);
        }
        match self {
            Self::Unet | Self::Tiny | Self::UnetLatent | Self::UnetLatentTiny => {
                self.unet().inspect(batch, 0)
            }
            Self::UnetCross => class_context(self.unet()).inspect(batch),
            Self::Dit => inspect_dit(&DiTConfig::pixels(), batch, self.input_shape()),
            Self::DitLearnedSigma => {
                inspect_dit(&DiTConfig::pixels_and_variance(), batch, self.input_shape())
            }
            Self::DitLatent => inspect_dit(&DiTConfig::latents(), batch, self.input_shape()),
            Self::Points | Self::Autoencoder | Self::AutoencoderTiny => {
                Err(unlisted("preset", format!("{self:?}")))
            }
        }
    }

    /// The U-Net's shape; that of [`Preset::Unet`] for what is none.
    fn unet(self) -> UNetConfig {
        match self {
            Self::Tiny => unet([8, 8, 16], 4, 8),
            Self::UnetCross => cross_unet([32, 64, 128], 8, 4),
            Self::UnetLatent => latent_unet(96, 2, 8, 32),
            Self::UnetLatentTiny => latent_unet(16, 1, 4, 8),
            _ => unet([32, 64, 128], 8, 32),
        }
    }
}

fn unlisted(field: &'static str, network: impl Into<String>) -> ConfigError {
    let expected = "a network over images or latents: only their layers are listed";
    ConfigError::new(field, network.into(), expected)
}

fn inspect_dit(
    config: &DiTConfig,
    batch: usize,
    [channels, height, width]: [usize; 3],
) -> Result<Inspection, ConfigError> {
    let rows = dit_inspect::inspect(config, [batch, channels, height, width])?;
    Ok(Inspection { rows })
}

/// The same with cross-attention on the lowest level, to tokens half as wide as its channels.
fn cross_unet(block_out_channels: [usize; 3], norm_num_groups: usize, heads: usize) -> UNetConfig {
    use {DownBlockType::*, UpBlockType::*};
    UNetConfig {
        down_block_types: vec![DownBlock2D, DownBlock2D, CrossAttnDownBlock2D],
        mid_block_type: Some(MidBlockType::UNetMidBlock2DCrossAttn),
        up_block_types: vec![CrossAttnUpBlock2D, UpBlock2D, UpBlock2D],
        cross_attention_dim: Some(block_out_channels[2] / 2),
        num_class_embeds: None,
        // Of cross-attention this is the number of heads.
        ..unet(block_out_channels, norm_num_groups, heads)
    }
}

/// With learned tokens for each class.
fn class_context(unet: UNetConfig) -> ClassContextConfig {
    ClassContextConfig {
        unet,
        classes: NULL_CLASS as usize + 1,
        tokens: CLASS_TOKENS,
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
        attention_head_dim: Some(attention_head_dim.into()),
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
        attention_head_dim: Some(head_dim.into()),
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
    UNetCross(ClassContextUNet),
    DiT(DiT),
    Points(PointsNet),
}

impl Network {
    /// The network's layers for an input `[batch, channels, height, width]`.
    pub fn inspect(&self, [batch, channels, height, width]: [usize; 4]) -> Result<Inspection, ConfigError> {
        match self {
            Self::UNet(unet) => unet.config().inspect(batch, 0),
            Self::UNetCross(unet) => unet.config().inspect(batch),
            Self::DiT(dit) => inspect_dit(dit.config(), batch, [channels, height, width]),
            Self::Points(_) => Err(unlisted("network", "points")),
        }
    }

    /// The same, a Diffusion Transformer with its weights in one vector, from which equal layers' are read in one launch. Not
    /// one so large that a copy could be too much.
    pub fn in_one_vector(&self) -> Self {
        match self {
            Self::DiT(_) if parameters::count(self) < 1 << 24 => {
                parameters::unflatten(self.clone(), parameters::flatten(self))
            }
            _ => self.clone(),
        }
    }

    /// The network's output as [`Denoiser::denoise`] gives it, with a look into one block; points' networks leave the
    /// probe empty.
    pub fn denoise_probed(
        &self,
        x_t: Tensor<4>,
        t: Tensor<1>,
        labels: Option<Tensor<1, Int>>,
        probe: &mut Probe,
    ) -> Tensor<4> {
        match self {
            Self::UNet(unet) => unet.forward_with(x_t, t, labels, None, Some(probe)),
            Self::UNetCross(unet) => unet.forward_probed(x_t, t, labels, Some(probe)),
            Self::DiT(dit) => dit.forward_probed(x_t, t, labels, Some(probe)),
            Self::Points(_) => self.denoise(x_t, t, labels),
        }
    }
}

impl Denoiser for Network {
    fn denoise(&self, x_t: Tensor<4>, t: Tensor<1>, labels: Option<Tensor<1, Int>>) -> Tensor<4> {
        match self {
            Self::UNet(unet) => unet.forward(x_t, t, labels),
            Self::UNetCross(unet) => unet.forward(x_t, t, labels),
            Self::DiT(dit) => dit.forward(x_t, t, labels),
            Self::Points(points) => points.forward(x_t, t),
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
    fn the_dit_preset_has_1_869_072_parameters() {
        let network = Preset::Dit.init(0, &Device::flex()).unwrap();
        assert_eq!(parameters::count(&network), 1_869_072);
    }

    #[test]
    fn every_preset_has_the_shapes_that_it_says() {
        for preset in Preset::ALL {
            let trainable = Trainable::init(preset, 0, &Device::flex()).unwrap();
            assert!(parameters::count(&trainable) > 0);
            if let Some(config) = preset.autoencoder() {
                assert_eq!(config.image_shape(), preset.input_shape());
                assert_eq!(config.latent_shape(), Preset::UnetLatent.input_shape());
                assert_eq!(preset.init(0, &Device::flex()).unwrap_err().field, "preset");
                continue;
            }
            let [channels, height, width] = preset.input_shape();
            let device = Device::flex();
            let x_t = Tensor::ones([2, channels, height, width], &device);
            let labels = preset.null_class().map(|null| Tensor::full([2], null, &device));
            let network = preset.init(0, &device).unwrap();
            let output = network.denoise(x_t.clone(), Tensor::ones([2], &device), labels);
            let outputs = if preset.learns_variance() {
                2 * channels
            } else {
                channels
            };
            assert_eq!(output.dims(), [2, outputs, height, width], "{preset:?}");
        }
    }

    #[test]
    fn a_class_reaches_the_unet_through_its_tokens() {
        let device = Device::flex();
        let network = Preset::UnetCross.init(0, &device).unwrap();
        let mut probe = Probe::new("mid_block");
        let x = Tensor::ones([2, 1, 28, 28], &device);
        let t = Tensor::ones([2], &device);
        let out = network.denoise_probed(x, t, Some(Tensor::from_ints([3, 10], &device)), &mut probe);
        let [first, second] = [0, 1].map(|i| out.clone().narrow(0, i, 1));
        assert!((first - second).abs().max().into_scalar::<f32>() > 1e-4);
        let maps: Vec<_> = probe
            .attention_maps
            .iter()
            .map(|map| map.weights.dims())
            .collect();
        assert_eq!(maps, [[2, 4, 49, 49], [2, 4, 49, CLASS_TOKENS]]);
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
