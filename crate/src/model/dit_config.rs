//! The shape of a Diffusion Transformer, in the words of the published DiT.

use serde::{Deserialize, Serialize};

use super::preset::NULL_CLASS;
use crate::error::{ConfigError, require};

/// The published DiT's constructor arguments with their defaults (DiT-XL/2), and the three points in which diffusers'
/// `DiTTransformer2DModel` computes otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DiTConfig {
    /// Height and width of the input.
    pub input_size: usize,
    /// Height and width of a patch; each patch is one token.
    pub patch_size: usize,
    pub in_channels: usize,
    /// Width of a token.
    pub hidden_size: usize,
    /// Number of blocks.
    pub depth: usize,
    pub num_heads: usize,
    /// Width of a block's MLP over that of a token.
    pub mlp_ratio: f64,
    /// Classes; the null class comes on top and is the last.
    pub num_classes: usize,
    /// Whether the output has twice the channels, the second half for the variance.
    pub learn_sigma: bool,
    /// Shift of the timestep's frequencies: 0 in the published DiT, 1 in diffusers.
    pub freq_shift: f64,
    /// Epsilon of the norm before each MLP: 1e-6 in the published DiT, 1e-5 in diffusers.
    pub mlp_norm_eps: f64,
    /// Whether each block embeds timestep and label with weights of its own, as in diffusers; the final layer then
    /// takes those of the first block.
    pub per_block_embedders: bool,
}

impl Default for DiTConfig {
    fn default() -> Self {
        Self {
            input_size: 32,
            patch_size: 2,
            in_channels: 4,
            hidden_size: 1152,
            depth: 28,
            num_heads: 16,
            mlp_ratio: 4.0,
            num_classes: 1000,
            learn_sigma: true,
            freq_shift: 0.0,
            mlp_norm_eps: 1e-6,
            per_block_embedders: false,
        }
    }
}

impl DiTConfig {
    /// The compact DiT over grey images of 28x28 pixels: 49 tokens, 1.87 M parameters.
    pub fn pixels() -> Self {
        Self {
            input_size: 28,
            patch_size: 4,
            in_channels: 1,
            ..Self::compact()
        }
    }

    /// The same, which gives the variance of its steps too.
    pub fn pixels_and_variance() -> Self {
        Self {
            learn_sigma: true,
            ..Self::pixels()
        }
    }

    /// The compact DiT over the autoencoder's latents, `[4, 7, 7]`: each of the 49 positions is a token.
    pub fn latents() -> Self {
        Self {
            input_size: 7,
            patch_size: 1,
            in_channels: 4,
            ..Self::compact()
        }
    }

    /// What the presets have in common. They compute as diffusers does, so that diffusers goes on with what they learn.
    fn compact() -> Self {
        Self {
            hidden_size: 128,
            depth: 6,
            num_heads: 4,
            num_classes: NULL_CLASS as usize,
            learn_sigma: false,
            freq_shift: 1.0,
            mlp_norm_eps: 1e-5,
            ..Self::default()
        }
    }

    /// Tokens along one side of the input.
    pub fn grid(&self) -> usize {
        self.input_size / self.patch_size
    }

    /// Tokens of one image.
    pub fn tokens(&self) -> usize {
        self.grid() * self.grid()
    }

    /// Width of a block's MLP.
    pub fn mlp_width(&self) -> usize {
        (self.hidden_size as f64 * self.mlp_ratio) as usize
    }

    /// Channels of the output: the input's, and as many for the variance where it is learned.
    pub fn out_channels(&self) -> usize {
        self.in_channels * if self.learn_sigma { 2 } else { 1 }
    }

    /// Checks that the fields fit each other.
    pub fn validate(&self) -> Result<(), ConfigError> {
        // Far above any published model, and no layer has more weights than a browser's 32 bits can count.
        for (field, value, most) in [
            ("input_size", self.input_size, 4096),
            ("patch_size", self.patch_size, 32),
            ("in_channels", self.in_channels, 64),
            ("hidden_size", self.hidden_size, 8192),
            ("depth", self.depth, 1024),
            ("num_heads", self.num_heads, 1024),
        ] {
            let expected = format!("from 1 to {most}");
            require((1..=most).contains(&value), field, value, expected)?;
        }
        let classes = self.num_classes;
        require(classes < 1 << 18, "num_classes", classes, "below 262144")?;
        require(
            self.input_size.is_multiple_of(self.patch_size),
            "input_size",
            self.input_size,
            format!("a multiple of patch_size, {}", self.patch_size),
        )?;
        require(
            self.hidden_size.is_multiple_of(4),
            "hidden_size",
            self.hidden_size,
            "a multiple of 4: sines and cosines of two coordinates",
        )?;
        require(
            self.hidden_size.is_multiple_of(self.num_heads),
            "hidden_size",
            self.hidden_size,
            format!("a multiple of num_heads, {}", self.num_heads),
        )?;
        require(
            self.mlp_ratio <= 16.0 && self.mlp_width() > 0,
            "mlp_ratio",
            self.mlp_ratio,
            "large enough for one hidden unit, at most 16",
        )?;
        require(
            (0.0..=1.0).contains(&self.freq_shift),
            "freq_shift",
            self.freq_shift,
            "from 0 to 1",
        )?;
        require(
            self.mlp_norm_eps > 0.0 && self.mlp_norm_eps < 1.0,
            "mlp_norm_eps",
            self.mlp_norm_eps,
            "above 0, below 1",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_that_fits_nothing_names_the_field() {
        let broken = |change: fn(&mut DiTConfig)| {
            let mut config = DiTConfig::pixels();
            change(&mut config);
            config.validate().unwrap_err().field
        };
        for config in [DiTConfig::default(), DiTConfig::pixels(), DiTConfig::latents()] {
            assert_eq!(config.validate(), Ok(()));
        }
        assert_eq!(broken(|c| c.patch_size = 0), "patch_size");
        assert_eq!(broken(|c| c.input_size = 30), "input_size");
        assert_eq!(broken(|c| c.hidden_size = 130), "hidden_size");
        assert_eq!(broken(|c| c.num_heads = 3), "hidden_size");
        assert_eq!(broken(|c| c.mlp_ratio = f64::NAN), "mlp_ratio");
        assert_eq!(broken(|c| c.freq_shift = 127.0), "freq_shift");
        assert_eq!(broken(|c| c.mlp_norm_eps = 0.0), "mlp_norm_eps");
    }

    #[test]
    fn both_presets_have_49_tokens() {
        assert_eq!(
            (DiTConfig::pixels().tokens(), DiTConfig::latents().tokens()),
            (49, 49)
        );
    }
}
