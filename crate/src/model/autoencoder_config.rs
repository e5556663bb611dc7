//! The shape of an autoencoder, in the words of diffusers' `config.json`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{ConfigError, require};

/// The only kind of level on the encoder's way down.
const DOWN_BLOCK: &str = "DownEncoderBlock2D";
/// The only kind of level on the decoder's way up.
const UP_BLOCK: &str = "UpDecoderBlock2D";

/// diffusers' `AutoencoderKL`, with its names and defaults.
///
/// `act_fn`, `shift_factor`, `latents_mean` and `latents_std` are there to be refused where they ask for what is not
/// built here. `force_upcast` is read and has no effect: everything is computed in `f32`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutoencoderConfig {
    pub in_channels: usize,
    pub out_channels: usize,
    pub down_block_types: Vec<String>,
    pub up_block_types: Vec<String>,
    /// Channels of each level, from the highest resolution to the lowest.
    pub block_out_channels: Vec<usize>,
    /// Residual blocks a level in the encoder; in the decoder there is one more.
    pub layers_per_block: usize,
    pub act_fn: String,
    pub latent_channels: usize,
    pub norm_num_groups: usize,
    /// Height and width of the images it is trained on.
    pub sample_size: usize,
    /// What latents are multiplied by, so that their variance is 1 (Rombach et al., 2022, appendix G).
    pub scaling_factor: f64,
    pub shift_factor: Option<f64>,
    pub latents_mean: Option<Vec<f64>>,
    pub latents_std: Option<Vec<f64>>,
    pub force_upcast: bool,
    /// Whether a 1x1 convolution follows the encoder.
    pub use_quant_conv: bool,
    /// Whether a 1x1 convolution precedes the decoder.
    pub use_post_quant_conv: bool,
    pub mid_block_add_attention: bool,
}

/// The names of the fields, for errors that name one.
const FIELDS: [&str; 18] = [
    "in_channels",
    "out_channels",
    "down_block_types",
    "up_block_types",
    "block_out_channels",
    "layers_per_block",
    "act_fn",
    "latent_channels",
    "norm_num_groups",
    "sample_size",
    "scaling_factor",
    "shift_factor",
    "latents_mean",
    "latents_std",
    "force_upcast",
    "use_quant_conv",
    "use_post_quant_conv",
    "mid_block_add_attention",
];

impl Default for AutoencoderConfig {
    fn default() -> Self {
        Self {
            in_channels: 3,
            out_channels: 3,
            down_block_types: vec![DOWN_BLOCK.into()],
            up_block_types: vec![UP_BLOCK.into()],
            block_out_channels: vec![64],
            layers_per_block: 1,
            act_fn: "silu".into(),
            latent_channels: 4,
            norm_num_groups: 32,
            sample_size: 32,
            scaling_factor: 0.18215,
            shift_factor: None,
            latents_mean: None,
            latents_std: None,
            force_upcast: true,
            use_quant_conv: true,
            use_post_quant_conv: true,
            mid_block_add_attention: true,
        }
    }
}

impl AutoencoderConfig {
    /// An autoencoder of `block_out_channels.len()` levels with everything else at its default.
    pub fn with_levels(block_out_channels: Vec<usize>) -> Self {
        let levels = block_out_channels.len();
        Self {
            block_out_channels,
            down_block_types: vec![DOWN_BLOCK.into(); levels],
            up_block_types: vec![UP_BLOCK.into(); levels],
            ..Self::default()
        }
    }

    /// Reads a `config.json`. Keys that begin with an underscore say who wrote the file, and are skipped; what cannot
    /// be built is an error that names its field.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let unreadable = |error: serde_json::Error| {
            ConfigError::new("config.json", format!("unreadable ({error})"), "a JSON object")
        };
        let given: Map<String, Value> = serde_json::from_str(text).map_err(unreadable)?;
        let mut config = Self::default();
        let mut known = Map::new();
        for (key, value) in given.into_iter().filter(|(key, _)| !key.starts_with('_')) {
            let field = FIELDS.into_iter().find(|field| *field == key).ok_or_else(|| {
                let found = format!("a file with the unknown key \"{key}\"");
                ConfigError::new("config.json", found, format!("made of {}", FIELDS.join(", ")))
            })?;
            known.insert(key, value.clone());
            // Read after every field, so that a value of the wrong type is known by its field's name.
            config = serde_json::from_value(Value::Object(known.clone()))
                .map_err(|error| ConfigError::new(field, value, format!("of another type: {error}")))?;
        }
        config.validate()?;
        Ok(config)
    }

    /// Pixels a latent position stands for, along each side.
    pub fn downsampling(&self) -> usize {
        1 << self.block_out_channels.len().saturating_sub(1)
    }

    /// Channels, height and width of an image.
    pub fn image_shape(&self) -> [usize; 3] {
        [self.in_channels, self.sample_size, self.sample_size]
    }

    /// Channels, height and width of an image's latents.
    pub fn latent_shape(&self) -> [usize; 3] {
        let size = self.sample_size / self.downsampling();
        [self.latent_channels, size, size]
    }

    /// Checks that the fields fit each other, and ask for nothing that is not built here.
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (field, value) in [
            ("in_channels", self.in_channels),
            ("out_channels", self.out_channels),
            ("layers_per_block", self.layers_per_block),
            ("latent_channels", self.latent_channels),
            ("norm_num_groups", self.norm_num_groups),
            ("sample_size", self.sample_size),
        ] {
            require(value > 0, field, value, "at least 1")?;
        }
        self.validate_levels()?;
        require(self.act_fn == "silu", "act_fn", &self.act_fn, "silu")?;
        let factor = self.scaling_factor;
        require(
            factor > 0.0 && factor.is_finite(),
            "scaling_factor",
            factor,
            "a positive number",
        )?;
        for (field, is_null) in [
            ("shift_factor", self.shift_factor.is_none()),
            ("latents_mean", self.latents_mean.is_none()),
            ("latents_std", self.latents_std.is_none()),
        ] {
            require(is_null, field, "set", "null: latents are scaled, and not shifted")?;
        }
        Ok(())
    }

    fn validate_levels(&self) -> Result<(), ConfigError> {
        let levels = self.block_out_channels.len();
        require(
            (1..=16).contains(&levels),
            "block_out_channels",
            format!("{levels} long"),
            "1 to 16 long",
        )?;
        for (field, types, expected) in [
            ("down_block_types", &self.down_block_types, DOWN_BLOCK),
            ("up_block_types", &self.up_block_types, UP_BLOCK),
        ] {
            let length = format!("{levels} long, as block_out_channels is");
            require(
                types.len() == levels,
                field,
                format!("{} long", types.len()),
                length,
            )?;
            for found in types {
                require(
                    found == expected,
                    field,
                    found,
                    format!("{expected} on every level"),
                )?;
            }
        }
        let groups = self.norm_num_groups;
        for &channels in &self.block_out_channels {
            require(
                channels > 0 && channels.is_multiple_of(groups),
                "block_out_channels",
                channels,
                format!("multiples of norm_num_groups, {groups}"),
            )?;
        }
        let factor = self.downsampling();
        require(
            self.sample_size.is_multiple_of(factor),
            "sample_size",
            self.sample_size,
            format!("a multiple of {factor}: it is halved {} times", levels - 1),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> &'static str {
        AutoencoderConfig::from_json(json).unwrap_err().field
    }

    #[test]
    fn a_published_config_is_read_as_it_is() {
        let config = AutoencoderConfig::from_json(
            r#"{
                "_class_name": "AutoencoderKL", "_diffusers_version": "0.4.1", "act_fn": "silu",
                "block_out_channels": [128, 256, 512, 512],
                "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D",
                    "DownEncoderBlock2D"],
                "in_channels": 3, "latent_channels": 4, "layers_per_block": 2, "out_channels": 3, "sample_size": 512,
                "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
            }"#,
        )
        .unwrap();
        assert_eq!(config.latent_shape(), [4, 64, 64]);
        assert_eq!((config.scaling_factor, config.use_quant_conv), (0.18215, true));
    }

    #[test]
    fn what_cannot_be_built_names_its_field() {
        assert_eq!(refused(r#"{"act_fn": "relu"}"#), "act_fn");
        assert_eq!(refused(r#"{"shift_factor": 0.1159}"#), "shift_factor");
        assert_eq!(
            refused(r#"{"latents_mean": [0.0, 0.0, 0.0, 0.0]}"#),
            "latents_mean"
        );
        assert_eq!(
            refused(r#"{"down_block_types": ["AttnDownEncoderBlock2D"]}"#),
            "down_block_types"
        );
        assert_eq!(refused(r#"{"up_block_types": []}"#), "up_block_types");
        assert_eq!(refused(r#"{"block_out_channels": [60]}"#), "block_out_channels");
        assert_eq!(refused(r#"{"block_out_channels": []}"#), "block_out_channels");
        assert_eq!(refused(r#"{"norm_num_groups": 0}"#), "norm_num_groups");
        assert_eq!(refused(r#"{"in_channels": "three"}"#), "in_channels");
        assert_eq!(refused(r#"{"latent_channels": -4}"#), "latent_channels");
        assert_eq!(refused(r#"{"scaling_factor": 0}"#), "scaling_factor");
        assert_eq!(refused("[]"), "config.json");
        let message = AutoencoderConfig::from_json(r#"{"temporal": true}"#).unwrap_err();
        assert!(message.to_string().contains("\"temporal\""), "{message}");
    }

    #[test]
    fn an_image_that_cannot_be_halved_names_its_size() {
        let config = AutoencoderConfig {
            sample_size: 30,
            ..AutoencoderConfig::with_levels(vec![32, 32, 32])
        };
        assert_eq!(config.validate().unwrap_err().field, "sample_size");
    }

    #[test]
    fn the_list_of_fields_is_complete() {
        let Value::Object(object) = serde_json::to_value(AutoencoderConfig::default()).unwrap() else {
            panic!("a struct is an object")
        };
        let mut fields = FIELDS.map(String::from).to_vec();
        fields.sort();
        assert_eq!(object.into_iter().map(|(key, _)| key).collect::<Vec<_>>(), fields);
    }
}
