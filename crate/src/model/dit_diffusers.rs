//! diffusers' configuration of a Diffusion Transformer, to and from ours.

use serde::{Deserialize, Serialize};

use super::dit_config::DiTConfig;
use crate::error::{ConfigError, require};

/// diffusers' `DiTTransformer2DModel`, with its names and defaults; what cannot change a network's arithmetic is left
/// out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DiTTransformer2DConfig {
    pub num_attention_heads: usize,
    pub attention_head_dim: usize,
    pub in_channels: usize,
    /// None: as many as `in_channels`.
    pub out_channels: Option<usize>,
    pub num_layers: usize,
    pub attention_bias: bool,
    pub sample_size: usize,
    pub patch_size: usize,
    pub activation_fn: String,
    /// Classes without the null class.
    pub num_embeds_ada_norm: usize,
    pub norm_type: String,
    pub norm_elementwise_affine: bool,
    /// Of the norm before each MLP.
    pub norm_eps: f64,
}

/// The one activation, and the one kind of norm, that a DiT has.
const ACTIVATION: &str = "gelu-approximate";
const NORM: &str = "ada_norm_zero";
/// diffusers fixes the ratio of the MLP's width, and the shift of the timestep's frequencies.
const MLP_RATIO: f64 = 4.0;
const FREQ_SHIFT: f64 = 1.0;

impl Default for DiTTransformer2DConfig {
    fn default() -> Self {
        Self {
            num_attention_heads: 16,
            attention_head_dim: 72,
            in_channels: 4,
            out_channels: None,
            num_layers: 28,
            attention_bias: true,
            sample_size: 32,
            patch_size: 2,
            activation_fn: ACTIVATION.into(),
            num_embeds_ada_norm: 1000,
            norm_type: NORM.into(),
            norm_elementwise_affine: false,
            norm_eps: 1e-5,
        }
    }
}

impl DiTTransformer2DConfig {
    /// Our configuration of the same network. Whether the blocks' embedders differ is known from its weights:
    /// [`from_diffusers`](super::dit_layouts::from_diffusers) tells.
    pub fn to_dit(&self, per_block_embedders: bool) -> Result<DiTConfig, ConfigError> {
        let activation = &self.activation_fn;
        require(activation == ACTIVATION, "activation_fn", activation, ACTIVATION)?;
        require(self.norm_type == NORM, "norm_type", &self.norm_type, NORM)?;
        require(self.attention_bias, "attention_bias", false, "true")?;
        let affine = self.norm_elementwise_affine;
        require(!affine, "norm_elementwise_affine", affine, "false")?;
        let out_channels = self.out_channels.unwrap_or(self.in_channels);
        let learn_sigma = Some(out_channels) == self.in_channels.checked_mul(2);
        require(
            learn_sigma || out_channels == self.in_channels,
            "out_channels",
            out_channels,
            format!("in_channels, {}, or twice as many", self.in_channels),
        )?;
        let config = DiTConfig {
            input_size: self.sample_size,
            patch_size: self.patch_size,
            in_channels: self.in_channels,
            hidden_size: self.num_attention_heads.saturating_mul(self.attention_head_dim),
            depth: self.num_layers,
            num_heads: self.num_attention_heads,
            mlp_ratio: MLP_RATIO,
            num_classes: self.num_embeds_ada_norm,
            learn_sigma,
            freq_shift: FREQ_SHIFT,
            mlp_norm_eps: self.norm_eps,
            per_block_embedders,
        };
        config.validate()?;
        Ok(config)
    }
}

impl DiTConfig {
    /// diffusers' configuration of the same network, where diffusers can compute it.
    pub fn to_diffusers(&self) -> Result<DiTTransformer2DConfig, ConfigError> {
        self.validate()?;
        let (ratio, shift) = (self.mlp_ratio, self.freq_shift);
        require(
            ratio == MLP_RATIO,
            "mlp_ratio",
            ratio,
            "4, the only one that diffusers has",
        )?;
        require(
            shift == FREQ_SHIFT,
            "freq_shift",
            shift,
            "1, the only one that diffusers has",
        )?;
        Ok(DiTTransformer2DConfig {
            num_attention_heads: self.num_heads,
            attention_head_dim: self.hidden_size / self.num_heads,
            in_channels: self.in_channels,
            out_channels: Some(self.out_channels()),
            num_layers: self.depth,
            sample_size: self.input_size,
            patch_size: self.patch_size,
            num_embeds_ada_norm: self.num_classes,
            norm_eps: self.mlp_norm_eps,
            ..DiTTransformer2DConfig::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_presets_go_to_diffusers_and_back() {
        for config in [DiTConfig::pixels(), DiTConfig::latents()] {
            assert_eq!(config.to_diffusers().unwrap().to_dit(false), Ok(config));
        }
    }

    #[test]
    fn a_published_config_is_read_as_it_is() {
        let text = r#"{"_class_name": "DiTTransformer2DModel", "num_attention_heads": 16, "attention_head_dim": 72,
            "in_channels": 4, "out_channels": 8, "num_layers": 28, "cross_attention_dim": null, "sample_size": 32,
            "patch_size": 2, "num_embeds_ada_norm": 1000, "norm_type": "ada_norm_zero", "norm_eps": 1e-05}"#;
        let config: DiTTransformer2DConfig = serde_json::from_str(text).unwrap();
        let expected = DiTConfig {
            freq_shift: 1.0,
            mlp_norm_eps: 1e-5,
            ..DiTConfig::default()
        };
        assert_eq!(config.to_dit(false), Ok(expected));
    }

    #[test]
    fn what_the_other_cannot_compute_is_refused_by_name() {
        let refused = |change: fn(&mut DiTTransformer2DConfig)| {
            let mut config = DiTTransformer2DConfig::default();
            change(&mut config);
            config.to_dit(false).unwrap_err().field
        };
        assert_eq!(refused(|c| c.activation_fn = "geglu".into()), "activation_fn");
        assert_eq!(refused(|c| c.norm_type = "ada_norm".into()), "norm_type");
        assert_eq!(refused(|c| c.attention_bias = false), "attention_bias");
        assert_eq!(
            refused(|c| c.norm_elementwise_affine = true),
            "norm_elementwise_affine"
        );
        assert_eq!(refused(|c| c.out_channels = Some(5)), "out_channels");
        assert_eq!(
            DiTConfig::default().to_diffusers().unwrap_err().field,
            "freq_shift"
        );
    }
}
