//! Whatever a run trains: a network that takes noise away, or an autoencoder.

use burn::module::Module;
use burn::tensor::Device;

use super::{AutoencoderConfig, AutoencoderKl, Network, Preset, UNetConfig};
use crate::error::ConfigError;

/// The shape of a preset's model.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelConfig {
    UNet(UNetConfig),
    Autoencoder(AutoencoderConfig),
}

impl ModelConfig {
    /// Channels, height and width of what it takes, images or latents.
    pub fn input_shape(&self) -> [usize; 3] {
        match self {
            Self::UNet(unet) => [unet.in_channels, unet.sample_size, unet.sample_size],
            Self::Autoencoder(autoencoder) => autoencoder.image_shape(),
        }
    }
}

/// The model of a run.
#[expect(
    clippy::large_enum_variant,
    reason = "a run has one, and Burn's modules are not boxed"
)]
#[derive(Module, Debug)]
pub enum Trainable {
    Denoiser(Network),
    Autoencoder(AutoencoderKl),
}

impl Trainable {
    /// With random weights, a function of `seed`.
    pub fn init(preset: Preset, seed: u64, device: &Device) -> Result<Self, ConfigError> {
        match preset.config() {
            ModelConfig::Autoencoder(config) => Ok(Self::Autoencoder(config.init(seed, device)?)),
            _ => Ok(Self::Denoiser(preset.init(seed, device)?)),
        }
    }

    /// The network, where it is one that samples can be drawn with.
    pub fn into_denoiser(self) -> Result<Network, ConfigError> {
        match self {
            Self::Denoiser(network) => Ok(network),
            Self::Autoencoder(_) => Err(not_a_denoiser()),
        }
    }

    pub fn into_autoencoder(self) -> Option<AutoencoderKl> {
        match self {
            Self::Denoiser(_) => None,
            Self::Autoencoder(autoencoder) => Some(autoencoder),
        }
    }
}

pub(super) fn not_a_denoiser() -> ConfigError {
    let expected = "a network that predicts noise: an autoencoder draws no samples by itself";
    ConfigError::new("preset", "an autoencoder", expected)
}
