//! diffusers' `AutoencoderKL`.

use burn::tensor::Device;

use super::Published;
use crate::error::ConfigError;
use crate::model::{AutoencoderConfig, AutoencoderKl, Network};

impl Published for AutoencoderConfig {
    type Module = AutoencoderKl;

    const COMPONENT: &'static str = "vae";

    fn check(&self) -> Result<(), ConfigError> {
        self.validate()
    }

    /// The second convolutions of the encoder's residual blocks.
    fn fewest_parameters(&self) -> u64 {
        let level = |&channels: &usize| {
            [9, self.layers_per_block, channels, channels]
                .into_iter()
                .fold(1u64, |product, factor| product.saturating_mul(factor as u64))
        };
        self.block_out_channels
            .iter()
            .map(level)
            .fold(0, u64::saturating_add)
    }

    fn build(&self, device: &Device) -> Result<AutoencoderKl, ConfigError> {
        self.init(0, device)
    }

    fn image(&self) -> [usize; 3] {
        self.image_shape()
    }

    fn null_class(&self) -> Option<usize> {
        None
    }

    fn denoiser(_module: AutoencoderKl) -> Option<Network> {
        None
    }
}
