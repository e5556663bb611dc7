//! Whether the fields of a U-Net's configuration fit each other.

use super::{DownBlockType, MidBlockType, PerLevel, UNetConfig, UpBlockType};
use crate::error::{ConfigError, require};
use crate::model::unet_plan::{AttentionPlan, UNetPlan};

impl UNetConfig {
    /// Checks that the fields fit each other.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let levels = self.block_out_channels.len();
        self.validate_numbers()?;
        require(
            (1..=16).contains(&levels),
            "block_out_channels",
            format!("{levels} long"),
            "1 to 16 long",
        )?;
        for (field, found) in [
            ("down_block_types", self.down_block_types.len()),
            ("up_block_types", self.up_block_types.len()),
        ] {
            let expected = format!("{levels} long, as block_out_channels is");
            require(found == levels, field, format!("{found} long"), expected)?;
        }
        for (field, setting, most) in [
            ("attention_head_dim", &self.attention_head_dim, 8192),
            (
                "transformer_layers_per_block",
                &self.transformer_layers_per_block,
                64,
            ),
        ] {
            let (values, fits) = setting.as_ref().map_or((&[] as &[_], true), |s| s.values(levels));
            if !fits || values.iter().any(|value| !(1..=most).contains(value)) {
                let expected =
                    format!("from 1 to {most}, the same everywhere or one for each of {levels} levels");
                require(false, field, format!("{values:?}"), expected)?;
            }
        }
        for &channels in &self.block_out_channels {
            let groups = self.norm_num_groups;
            let fits = channels > 0 && channels.is_multiple_of(groups);
            let expected = format!("multiples of norm_num_groups, {groups}");
            require(fits, "block_out_channels", channels, expected)?;
        }
        let half = self.block_out_channels[0] / 2;
        require(
            self.freq_shift >= 0.0 && self.freq_shift < half as f64,
            "freq_shift",
            self.freq_shift,
            format!("from 0 to below {half}, half the channels of the first level"),
        )?;
        self.validate_attention()?;
        let factor = 1 << (levels - 1);
        let expected = format!("a multiple of {factor}: it is halved {} times", levels - 1);
        let size = self.sample_size;
        require(size.is_multiple_of(factor), "sample_size", size, expected)
    }

    fn validate_numbers(&self) -> Result<(), ConfigError> {
        // Sizes are products of these, and must stay numbers that a browser, of 32 bits, can count to.
        const WIDTH: usize = 8192;
        let always = [
            ("sample_size", self.sample_size, 16_384),
            ("in_channels", self.in_channels, WIDTH),
            ("out_channels", self.out_channels, WIDTH),
            ("layers_per_block", self.layers_per_block, 64),
            ("norm_num_groups", self.norm_num_groups, WIDTH),
        ];
        let optional = [
            ("num_class_embeds", self.num_class_embeds, 65_536),
            ("attn_norm_num_groups", self.attn_norm_num_groups, WIDTH),
            ("time_embedding_dim", self.time_embedding_dim, 4 * WIDTH),
            ("cross_attention_dim", self.cross_attention_dim, WIDTH),
        ];
        let given = optional
            .into_iter()
            .filter_map(|(field, value, most)| Some((field, value?, most)));
        let channels = self
            .block_out_channels
            .iter()
            .map(|&channels| ("block_out_channels", channels, WIDTH));
        for (field, value, most) in always.into_iter().chain(given).chain(channels) {
            require(
                (1..=most).contains(&value),
                field,
                value,
                format!("from 1 to {most}"),
            )?;
        }
        let padding = self.downsample_padding;
        require(padding <= 1, "downsample_padding", padding, "0 or 1")?;
        let eps = self.norm_eps;
        require(eps > 0.0 && eps.is_finite(), "norm_eps", eps, "above 0")?;
        let factor = self.mid_block_scale_factor;
        let fits = factor != 0.0 && factor.is_finite();
        require(fits, "mid_block_scale_factor", factor, "a number other than 0")
    }

    fn validate_attention(&self) -> Result<(), ConfigError> {
        let cross_attends = self.mid_block_type == Some(MidBlockType::UNetMidBlock2DCrossAttn)
            || self
                .down_block_types
                .contains(&DownBlockType::CrossAttnDownBlock2D)
            || self.up_block_types.contains(&UpBlockType::CrossAttnUpBlock2D);
        let expected = "the width of a context token, because there is a block with cross-attention";
        require(
            !cross_attends || self.cross_attention_dim.is_some(),
            "cross_attention_dim",
            "null",
            expected,
        )?;
        let expected = "the number of heads of cross-attention";
        require(
            !cross_attends || self.attention_head_dim.is_some(),
            "attention_head_dim",
            "null",
            expected,
        )?;
        if let Some(PerLevel::Each(_)) = self.attention_head_dim {
            let expected = "one number: only with cross_attention_dim can there be one a level";
            require(
                self.cross_attention_dim.is_some(),
                "attention_head_dim",
                "a list",
                expected,
            )?;
        }
        for block in UNetPlan::of(self).blocks() {
            let channels = block.channels;
            match block.attention {
                None => {}
                Some(AttentionPlan::Own { head_dim, groups }) => {
                    let expected = format!("a divisor of the {channels} channels of a level that attends");
                    require(
                        channels.is_multiple_of(head_dim),
                        "attention_head_dim",
                        head_dim,
                        expected,
                    )?;
                    let groups = groups.unwrap_or(1);
                    let expected = format!("a divisor of the middle block's {channels} channels");
                    require(
                        channels.is_multiple_of(groups),
                        "attn_norm_num_groups",
                        groups,
                        expected,
                    )?;
                }
                Some(AttentionPlan::Cross { heads, .. }) => {
                    let expected = format!("a number of heads that divides the level's {channels} channels");
                    require(
                        channels.is_multiple_of(heads),
                        "attention_head_dim",
                        heads,
                        expected,
                    )?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_config_that_fits_nothing_names_the_field() {
        let valid = UNetConfig {
            sample_size: 32,
            ..UNetConfig::default()
        };
        assert_eq!(valid.validate(), Ok(()));
        assert_eq!(UNetConfig::conditional().validate(), Ok(()));
        let broken = |change: fn(&mut UNetConfig)| {
            let mut config = valid.clone();
            change(&mut config);
            config.validate().unwrap_err().field
        };
        assert_eq!(broken(|c| c.in_channels = 0), "in_channels");
        assert_eq!(broken(|c| c.up_block_types.truncate(2)), "up_block_types");
        assert_eq!(broken(|c| c.block_out_channels[1] = 100), "block_out_channels");
        assert_eq!(
            broken(|c| c.attention_head_dim = Some(5.into())),
            "attention_head_dim"
        );
        assert_eq!(
            broken(|c| c.attention_head_dim = Some(0.into())),
            "attention_head_dim"
        );
        let each = |c: &mut UNetConfig| c.attention_head_dim = Some(PerLevel::Each(vec![8; 4]));
        assert_eq!(broken(each), "attention_head_dim");
        assert_eq!(broken(|c| c.sample_size = 30), "sample_size");
        assert_eq!(broken(|c| c.downsample_padding = 2), "downsample_padding");
        assert_eq!(broken(|c| c.norm_eps = f64::NAN), "norm_eps");
        assert_eq!(broken(|c| c.freq_shift = 112.0), "freq_shift");
        assert_eq!(
            broken(|c| c.mid_block_scale_factor = 0.0),
            "mid_block_scale_factor"
        );
        assert_eq!(
            broken(|c| c.attn_norm_num_groups = Some(5)),
            "attn_norm_num_groups"
        );
        assert_eq!(broken(|c| c.num_class_embeds = Some(0)), "num_class_embeds");
        let cross = |c: &mut UNetConfig| c.down_block_types[0] = DownBlockType::CrossAttnDownBlock2D;
        assert_eq!(broken(cross), "cross_attention_dim");
    }

    #[test]
    fn cross_attention_counts_heads_a_level() {
        let heads = |heads| UNetConfig {
            attention_head_dim: heads,
            ..UNetConfig::conditional()
        };
        let each = |heads: [usize; 4]| Some(PerLevel::Each(heads.into()));
        assert_eq!(heads(each([5, 10, 20, 20])).validate(), Ok(()));
        for wrong in [each([5, 10, 20, 7]), Some(PerLevel::Each(vec![5])), None] {
            assert_eq!(heads(wrong).validate().unwrap_err().field, "attention_head_dim");
        }
    }
}
