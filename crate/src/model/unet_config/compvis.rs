//! The U-Net of CompVis's latent-diffusion code (`Model`, after Ho et al.'s own), told in diffusers' words.

use serde_json::{Map, Value};

use super::read::Fields;
use super::{DownBlockType, UNetConfig, UpBlockType};
use crate::error::{ConfigError, require};

/// All parameters that are looked at.
const KNOWN: [&str; 11] = [
    "ch",
    "out_ch",
    "ch_mult",
    "num_res_blocks",
    "attn_resolutions",
    "dropout",
    "resamp_with_conv",
    "in_channels",
    "resolution",
    "use_timestep",
    "attn_type",
];

impl UNetConfig {
    /// The same network from `ch`, `out_ch`, `ch_mult`, `num_res_blocks`, `attn_resolutions` and `resolution`.
    ///
    /// It has 32 groups a norm, one attention head as wide as its level, sines before cosines, and pads below and to
    /// the right when it halves. A level attends where its resolution is one of `attn_resolutions`; the middle does
    /// always. `in_channels` is `out_ch` where it is not given.
    pub(super) fn from_compvis(object: &Map<String, Value>) -> Result<Self, ConfigError> {
        let fields = Fields(object);
        let optional = |field: &'static str, is_supported: fn(&Value) -> bool, expected: &str| {
            let value = object.get(field);
            let shown = value.unwrap_or(&Value::Null).clone();
            require(value.is_none_or(is_supported), field, shown, expected)
        };
        optional(
            "dropout",
            |v| v.as_f64() == Some(0.0),
            "0: no network here drops activations",
        )?;
        optional("resamp_with_conv", |v| *v == true, "true")?;
        optional("use_timestep", |v| *v == true, "true")?;
        optional("attn_type", |v| v == "vanilla", "vanilla")?;
        if let Some(key) = object.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            let value = format!("an object with the key \"{key}\"");
            return Err(ConfigError::new(
                "config",
                value,
                format!("one with the keys {}", KNOWN.join(", ")),
            ));
        }

        let count = "a whole number";
        let ch: usize = fields.get("ch", 0, count)?;
        // Every size is a product of these: the limit keeps the products within 32 bits.
        require((1..=65_536).contains(&ch), "ch", ch, "from 1 to 65536")?;
        let multiples = "a list of whole numbers from 1 to 1024, one a level";
        let ch_mult: Vec<usize> = fields.get("ch_mult", Vec::new(), multiples)?;
        let levels = ch_mult.len();
        let in_range = (1..=16).contains(&levels) && ch_mult.iter().all(|m| (1..=1024).contains(m));
        require(in_range, "ch_mult", format!("{ch_mult:?}"), multiples)?;
        let resolutions: Vec<usize> =
            fields.get("attn_resolutions", Vec::new(), "a list of whole numbers")?;
        let out_channels = fields.get("out_ch", 3, count)?;
        let sample_size = fields.size("resolution")?;
        let attends = |level: usize| resolutions.contains(&(sample_size >> level));
        let down = |level| match attends(level) {
            true => DownBlockType::AttnDownBlock2D,
            false => DownBlockType::DownBlock2D,
        };
        let up = |level| match attends(level) {
            true => UpBlockType::AttnUpBlock2D,
            false => UpBlockType::UpBlock2D,
        };
        Ok(Self {
            sample_size,
            in_channels: fields.get("in_channels", out_channels, count)?,
            out_channels,
            block_out_channels: ch_mult.iter().map(|multiple| ch * multiple).collect(),
            layers_per_block: fields.get("num_res_blocks", 2, count)?,
            down_block_types: (0..levels).map(down).collect(),
            up_block_types: (0..levels).rev().map(up).collect(),
            downsample_padding: 0,
            norm_num_groups: 32,
            norm_eps: 1e-6,
            attention_head_dim: None,
            flip_sin_to_cos: false,
            freq_shift: 1.0,
            ..Self::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"ch": 64, "out_ch": 3, "ch_mult": [1, 2, 4], "num_res_blocks": 2, "attn_resolutions": [16],
        "resolution": 128, "in_channels": 3, "dropout": 0.0, "resamp_with_conv": true, "attn_type": "vanilla"}"#;

    #[test]
    fn levels_and_attention_follow_the_resolutions() {
        use {DownBlockType::*, UpBlockType::*};
        let config = UNetConfig::from_json(JSON).unwrap();
        assert_eq!(config.block_out_channels, [64, 128, 256]);
        // 128, 64 and 32: none of the levels is at 16.
        assert_eq!(config.down_block_types, [DownBlock2D; 3]);
        assert_eq!(
            (config.downsample_padding, config.attention_head_dim.clone()),
            (0, None)
        );

        let config = UNetConfig::from_json(&JSON.replace("[16]", "[64, 32]")).unwrap();
        assert_eq!(
            config.down_block_types,
            [DownBlock2D, AttnDownBlock2D, AttnDownBlock2D]
        );
        assert_eq!(config.up_block_types, [AttnUpBlock2D, AttnUpBlock2D, UpBlock2D]);
    }

    #[test]
    fn what_is_not_built_here_names_its_field() {
        let changed =
            |from: &str, to: &str| UNetConfig::from_json(&JSON.replace(from, to)).unwrap_err().field;
        assert_eq!(changed("0.0", "0.1"), "dropout");
        assert_eq!(changed("true", "false"), "resamp_with_conv");
        assert_eq!(changed("vanilla", "linear"), "attn_type");
        assert_eq!(changed("64", "0"), "ch");
        assert_eq!(changed("[1, 2, 4]", "[]"), "ch_mult");
        assert_eq!(changed("\"attn_type\"", "\"attention\""), "config");
        assert_eq!(changed("128", "130"), "sample_size");
    }
}
