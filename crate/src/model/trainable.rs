//! Whatever a run trains: a network that takes noise away, or an autoencoder.

use burn::module::Module;
use burn::tensor::Device;

use super::{AutoencoderKl, Network, Preset};
use crate::error::ConfigError;

/// The model of a run.
#[allow(
    clippy::large_enum_variant,
    reason = "a run has one, and Burn's modules are not boxed; with 32-bit pointers the sizes are close"
)]
#[derive(Module, Debug)]
pub enum Trainable {
    Denoiser(Network),
    Autoencoder(AutoencoderKl),
}

impl Trainable {
    /// With random weights, a function of `seed`.
    pub fn init(preset: Preset, seed: u64, device: &Device) -> Result<Self, ConfigError> {
        Ok(match preset.autoencoder() {
            Some(config) => Self::Autoencoder(config.init(seed, device)?),
            None => Self::Denoiser(preset.init(seed, device)?),
        })
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
