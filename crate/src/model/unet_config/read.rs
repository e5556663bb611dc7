//! diffusers' `config.json`, read as it is.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::UNetConfig;
use crate::error::{ConfigError, require};

/// Keys of which one value is built here: key, whether a value is that one, and what it is.
type Fixed = (&'static str, fn(&Value) -> bool, &'static str);
const FIXED: [Fixed; 22] = [
    ("act_fn", |v| v == "silu", "silu, the only activation here"),
    ("time_embedding_type", |v| v == "positional", "positional"),
    ("class_embed_type", Value::is_null, "null"),
    ("dropout", is_zero, "0: no network here drops activations"),
    (
        "num_attention_heads",
        Value::is_null,
        "null, as diffusers demands",
    ),
    ("only_cross_attention", is_false, "false"),
    ("mid_block_only_cross_attention", is_false, "null or false"),
    ("dual_cross_attention", is_false, "false"),
    ("reverse_transformer_layers_per_block", Value::is_null, "null"),
    ("encoder_hid_dim", Value::is_null, "null"),
    ("encoder_hid_dim_type", Value::is_null, "null"),
    ("addition_embed_type", Value::is_null, "null"),
    ("class_embeddings_concat", is_false, "false"),
    ("time_cond_proj_dim", Value::is_null, "null"),
    ("resnet_skip_time_act", is_false, "false"),
    ("resnet_out_scale_factor", is_one, "1"),
    ("time_embedding_act_fn", Value::is_null, "null"),
    ("timestep_post_act", Value::is_null, "null"),
    ("conv_in_kernel", |v| *v == 3, "3"),
    ("conv_out_kernel", |v| *v == 3, "3"),
    ("attention_type", |v| v == "default", "default"),
    ("cross_attention_norm", Value::is_null, "null"),
];

/// Keys that change nothing here: they belong to what [`FIXED`] leaves out, or to the precision of the arithmetic.
const WITHOUT_EFFECT: [&str; 5] = [
    "num_train_timesteps",
    "upcast_attention",
    "addition_embed_type_num_heads",
    "addition_time_embed_dim",
    "projection_class_embeddings_input_dim",
];

fn is_zero(value: &Value) -> bool {
    value.as_f64() == Some(0.0)
}

fn is_one(value: &Value) -> bool {
    value.as_f64() == Some(1.0)
}

fn is_false(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
}

impl UNetConfig {
    /// A U-Net's configuration: diffusers' `config.json` of a `UNet2DModel` or a `UNet2DConditionModel`, or the
    /// parameters of CompVis's `Model` (`ch`, `ch_mult`, ...). It is valid, or the error names the field.
    pub fn from_json(json: &str) -> Result<Self, ConfigError> {
        let object: Map<String, Value> = serde_json::from_str(json)
            .map_err(|error| ConfigError::new("config", format!("unreadable ({error})"), "a JSON object"))?;
        let config = if object.contains_key("ch_mult") {
            Self::from_compvis(&object)?
        } else {
            Self::try_from(object)?
        };
        config.validate()?;
        Ok(config)
    }
}

/// The fields of a file, by name.
pub(super) struct Fields<'a>(pub &'a Map<String, Value>);

impl Fields<'_> {
    /// The field's value, or `default` where the file has none.
    pub fn get<T: DeserializeOwned>(
        &self,
        field: &'static str,
        default: T,
        expected: &str,
    ) -> Result<T, ConfigError> {
        match self.0.get(field) {
            None => Ok(default),
            Some(value) => {
                serde_json::from_value(value.clone()).map_err(|_| ConfigError::new(field, value, expected))
            }
        }
    }

    /// Height and width where they are equal, as one number or as two.
    pub fn size(&self, field: &'static str) -> Result<usize, ConfigError> {
        let expected = "the height and width of square images, in pixels";
        let value = self.0.get(field).unwrap_or(&Value::Null);
        let sides = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        let first = sides
            .first()
            .and_then(Value::as_u64)
            .and_then(|side| side.try_into().ok());
        let square = sides.len() <= 2 && sides.iter().all(|side| Some(side) == sides.first());
        first
            .filter(|_| square)
            .ok_or_else(|| ConfigError::new(field, value, expected))
    }

    /// Whether the file describes a `UNet2DConditionModel`: it says so, or it has what no `UNet2DModel` has.
    fn is_conditional(&self) -> bool {
        match self.0.get("_class_name").and_then(Value::as_str) {
            Some(class) => class == "UNet2DConditionModel",
            None => {
                let has_dim = self
                    .0
                    .get("cross_attention_dim")
                    .is_some_and(|dim| !dim.is_null());
                has_dim
                    || self
                        .0
                        .get("mid_block_type")
                        .is_some_and(|mid| mid == "UNetMidBlock2DCrossAttn")
            }
        }
    }
}

impl TryFrom<Map<String, Value>> for UNetConfig {
    type Error = ConfigError;

    /// Keys with an underscore in front are diffusers' notes to itself; other unknown keys are refused.
    fn try_from(object: Map<String, Value>) -> Result<Self, ConfigError> {
        for (field, is_supported, expected) in FIXED {
            if let Some(value) = object.get(field) {
                require(is_supported(value), field, value, expected)?;
            }
        }
        let fields = Fields(&object);
        if let Some(class) = object.get("_class_name") {
            let known = class == "UNet2DModel" || class == "UNet2DConditionModel";
            require(known, "_class_name", class, "UNet2DModel or UNet2DConditionModel")?;
        }
        let conditional = fields.is_conditional();
        let default = if conditional {
            Self::conditional()
        } else {
            Self::default()
        };
        let config = Self::read(&fields, default)?;
        let cross_attends = config.cross_attention_dim.is_some();
        let expected = if conditional {
            "the width of a context token"
        } else {
            "null in a UNet2DModel"
        };
        let value = object.get("cross_attention_dim").unwrap_or(&Value::Null);
        require(
            cross_attends == conditional,
            "cross_attention_dim",
            value,
            expected,
        )?;
        let own = serde_json::to_value(Self {
            cross_attention_dim: Some(1),
            use_linear_projection: true,
            transformer_layers_per_block: Some(1.into()),
            ..Self::default()
        });
        let known = |key: &str| {
            key.starts_with('_')
                || own.as_ref().is_ok_and(|own| own.get(key).is_some())
                || FIXED.iter().any(|(field, ..)| *field == key)
                || WITHOUT_EFFECT.contains(&key)
        };
        match object.keys().find(|key| !known(key)) {
            Some(key) => Err(ConfigError::new(
                "config",
                format!("an object with the key \"{key}\""),
                "one with the keys of a UNet2DModel or UNet2DConditionModel",
            )),
            None => Ok(config),
        }
    }
}

impl UNetConfig {
    fn read(fields: &Fields, default: Self) -> Result<Self, ConfigError> {
        let count = "a whole number";
        let optional = "a whole number or null";
        let per_level = "a whole number, or a list of one a level";
        let yes_or_no = "true or false";
        Ok(Self {
            sample_size: fields.size("sample_size")?,
            in_channels: fields.get("in_channels", default.in_channels, count)?,
            out_channels: fields.get("out_channels", default.out_channels, count)?,
            center_input_sample: fields.get("center_input_sample", default.center_input_sample, yes_or_no)?,
            block_out_channels: fields.get(
                "block_out_channels",
                default.block_out_channels,
                "a list of whole numbers, one a level",
            )?,
            layers_per_block: fields.get("layers_per_block", default.layers_per_block, count)?,
            down_block_types: fields.get(
                "down_block_types",
                default.down_block_types,
                "a list of DownBlock2D, AttnDownBlock2D and CrossAttnDownBlock2D, one a level",
            )?,
            mid_block_type: fields.get(
                "mid_block_type",
                default.mid_block_type,
                "UNetMidBlock2D, UNetMidBlock2DCrossAttn or null",
            )?,
            up_block_types: fields.get(
                "up_block_types",
                default.up_block_types,
                "a list of UpBlock2D, AttnUpBlock2D and CrossAttnUpBlock2D, one a level",
            )?,
            add_attention: fields.get("add_attention", default.add_attention, yes_or_no)?,
            mid_block_scale_factor: fields.get(
                "mid_block_scale_factor",
                default.mid_block_scale_factor,
                "a number",
            )?,
            downsample_padding: fields.get("downsample_padding", default.downsample_padding, "0 or 1")?,
            downsample_type: fields.get("downsample_type", default.downsample_type, "conv or resnet")?,
            upsample_type: fields.get("upsample_type", default.upsample_type, "conv or resnet")?,
            norm_num_groups: fields.get("norm_num_groups", default.norm_num_groups, count)?,
            attn_norm_num_groups: fields.get(
                "attn_norm_num_groups",
                default.attn_norm_num_groups,
                optional,
            )?,
            norm_eps: fields.get("norm_eps", default.norm_eps, "a number")?,
            resnet_time_scale_shift: fields.get(
                "resnet_time_scale_shift",
                default.resnet_time_scale_shift,
                "default or scale_shift",
            )?,
            attention_head_dim: fields.get("attention_head_dim", default.attention_head_dim, per_level)?,
            num_class_embeds: fields.get("num_class_embeds", default.num_class_embeds, optional)?,
            flip_sin_to_cos: fields.get("flip_sin_to_cos", default.flip_sin_to_cos, yes_or_no)?,
            freq_shift: fields.get("freq_shift", default.freq_shift, "a number")?,
            time_embedding_dim: fields.get("time_embedding_dim", default.time_embedding_dim, optional)?,
            cross_attention_dim: fields.get("cross_attention_dim", default.cross_attention_dim, count)?,
            use_linear_projection: fields.get(
                "use_linear_projection",
                default.use_linear_projection,
                yes_or_no,
            )?,
            transformer_layers_per_block: fields.get(
                "transformer_layers_per_block",
                default.transformer_layers_per_block,
                per_level,
            )?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PerLevel, Resampling, TimeScaleShift};
    use super::*;

    /// The published configuration of `google/ddpm-cifar10-32`, key by key.
    const CIFAR10: &str = r#"{
        "_class_name": "UNet2DModel", "_diffusers_version": "0.0.4", "act_fn": "silu", "attention_head_dim": null,
        "block_out_channels": [128, 256, 256, 256], "center_input_sample": false,
        "down_block_types": ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"],
        "downsample_padding": 0, "flip_sin_to_cos": false, "freq_shift": 1, "in_channels": 3,
        "layers_per_block": 2, "mid_block_scale_factor": 1, "norm_eps": 1e-06, "norm_num_groups": 32,
        "out_channels": 3, "sample_size": 32, "time_embedding_type": "positional",
        "up_block_types": ["UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"]
    }"#;

    fn refused(json: &str) -> ConfigError {
        UNetConfig::from_json(json).unwrap_err()
    }

    #[test]
    fn a_published_file_is_read_as_it_is() {
        let config = UNetConfig::from_json(CIFAR10).unwrap();
        assert_eq!(config.downsample_padding, 0);
        assert_eq!((config.freq_shift, config.flip_sin_to_cos), (1.0, false));
        assert_eq!(config.attention_head_dim, None);
        assert_eq!(config.sample_size, 32);
        assert_eq!(config.block_out_channels, [128, 256, 256, 256]);
        assert!(config.add_attention, "the default of a key that the file lacks");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let with_everything = UNetConfig {
            sample_size: 32,
            downsample_type: Resampling::Resnet,
            resnet_time_scale_shift: TimeScaleShift::ScaleShift,
            mid_block_type: None,
            num_class_embeds: Some(3),
            ..UNetConfig::default()
        };
        let conditional = UNetConfig {
            attention_head_dim: Some(PerLevel::Each(vec![5, 10, 20, 20])),
            use_linear_projection: true,
            transformer_layers_per_block: Some(2.into()),
            ..UNetConfig::conditional()
        };
        for config in [with_everything, conditional] {
            let json = serde_json::to_string(&config).unwrap();
            assert_eq!(UNetConfig::from_json(&json).unwrap(), config);
        }
    }

    #[test]
    fn a_class_has_its_own_defaults() {
        let named = r#"{"_class_name": "UNet2DConditionModel", "sample_size": 64}"#;
        assert_eq!(UNetConfig::from_json(named).unwrap(), UNetConfig::conditional());
        let told = r#"{"cross_attention_dim": 1280, "sample_size": [64, 64]}"#;
        assert_eq!(UNetConfig::from_json(told).unwrap(), UNetConfig::conditional());
        let without = named.replace('}', ", \"cross_attention_dim\": null}");
        assert_eq!(refused(&without).field, "cross_attention_dim");
        let plain = UNetConfig::from_json(r#"{"sample_size": 64, "cross_attention_dim": null}"#).unwrap();
        assert_eq!(
            plain,
            UNetConfig {
                sample_size: 64,
                ..UNetConfig::default()
            }
        );
    }

    #[test]
    fn what_is_not_built_here_names_its_field() {
        let with =
            |key: &str, value: &str| refused(&CIFAR10.replacen('{', &format!("{{\"{key}\": {value},"), 1));
        for (field, value) in [
            ("time_embedding_dim", "\"wide\""),
            ("class_embed_type", "\"timestep\""),
            ("dropout", "0.1"),
            ("downsample_type", "\"fir\""),
            ("resnet_time_scale_shift", "\"ada_group\""),
            ("mid_block_type", "\"UNetMidBlock2DSimpleCrossAttn\""),
            ("num_attention_heads", "4"),
            ("encoder_hid_dim", "768"),
            ("add_attention", "1"),
        ] {
            assert_eq!(with(field, value).field, field);
        }
        let changed = |from: &str, to: &str| refused(&CIFAR10.replace(from, to)).to_string();
        assert_eq!(
            changed("\"silu\"", "\"mish\""),
            "act_fn is \"mish\", but must be silu, the only activation here"
        );
        assert!(changed("\"positional\"", "\"fourier\"").starts_with("time_embedding_type is \"fourier\""));
        assert!(changed("\"AttnDownBlock2D\"", "\"SkipDownBlock2D\"").starts_with("down_block_types is "));
        assert!(changed("\"AttnUpBlock2D\"", "\"KUpBlock2D\"").starts_with("up_block_types is "));
        assert!(changed("size\": 32", "size\": [32, 64]").starts_with("sample_size is [32,64], but"));
        assert!(changed("size\": 32", "size\": null").starts_with("sample_size is null, but"));
        assert!(changed("UNet2DModel", "DiTTransformer2DModel").starts_with("_class_name is"));
        assert!(changed("freq_shift", "frequency_shift").contains("\"frequency_shift\""));
        assert!(refused("[1]").to_string().starts_with("config is unreadable"));
        assert!(refused("{").to_string().starts_with("config is unreadable"));
    }
}
