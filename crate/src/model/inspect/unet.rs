//! The layers of a U-Net, one by one.

use super::{Cost, Inspection, Row};
use crate::error::{ConfigError, require};
use crate::model::class_context::ClassContextConfig;
use crate::model::unet_config::{Resampling, TimeScaleShift, UNetConfig};
use crate::model::unet_plan::{AttentionPlan, BlockPlan, UNetPlan};

impl UNetConfig {
    /// Every layer for `batch` images of `sample_size`, and a context of `context_tokens` for cross-attention.
    ///
    /// A row is a residual block, a layer of attention or a change of resolution; the rows' parameters add up to the
    /// network's.
    pub fn inspect(&self, batch: usize, context_tokens: usize) -> Result<Inspection, ConfigError> {
        self.validate()?;
        require((1..=65_536).contains(&batch), "batch", batch, "from 1 to 65536")?;
        let tokens = context_tokens;
        require(tokens <= 65_536, "context_tokens", tokens, "from 0 to 65536")?;
        let mut rows = Rows {
            config: self,
            batch,
            context_tokens,
            size: self.sample_size,
            rows: Vec::new(),
        };
        let plan = UNetPlan::of(self);
        let channels = self.block_out_channels[0];
        let time_dim = self.time_embed_dim();
        let time = Cost::linear(channels, time_dim, 1) + Cost::linear(time_dim, time_dim, 1);
        rows.rows.push(time.row("time_embedding", vec![batch, time_dim]));
        if let Some(classes) = self.num_class_embeds {
            let table = Cost::table(classes, time_dim);
            rows.rows
                .push(table.row("class_embedding", vec![batch, time_dim]));
        }
        rows.push(
            "conv_in",
            channels,
            Cost::conv(self.in_channels, channels, 3, rows.pixels()),
        );
        for (i, block) in plan.down.iter().enumerate() {
            rows.block(&format!("down_blocks.{i}"), block, Some(Way::Down));
        }
        if let Some(block) = &plan.mid {
            rows.block("mid_block", block, None);
        }
        for (i, block) in plan.up.iter().enumerate() {
            rows.block(&format!("up_blocks.{i}"), block, Some(Way::Up));
        }
        rows.push("conv_norm_out", channels, Cost::norm(channels));
        rows.push(
            "conv_out",
            self.out_channels,
            Cost::conv(channels, self.out_channels, 3, rows.pixels()),
        );
        Ok(Inspection { rows: rows.rows })
    }
}

impl ClassContextConfig {
    /// Every layer for `batch` images: the tokens of their classes, then the U-Net's.
    pub fn inspect(&self, batch: usize) -> Result<Inspection, ConfigError> {
        let dim = self.validate()?;
        let mut inspection = self.unet.inspect(batch, self.tokens)?;
        for row in &mut inspection.rows {
            row.name.insert_str(0, "unet.");
        }
        let table = Cost::table(self.classes * self.tokens, dim);
        let row = table.row("context_embedding", vec![batch, self.tokens, dim]);
        inspection.rows.insert(0, row);
        Ok(inspection)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Down,
    Up,
}

struct Rows<'a> {
    config: &'a UNetConfig,
    batch: usize,
    context_tokens: usize,
    /// Height and width where the computation is.
    size: usize,
    rows: Vec<Row>,
}

impl Rows<'_> {
    fn pixels(&self) -> usize {
        self.size * self.size
    }

    fn push(&mut self, name: impl Into<String>, channels: usize, cost: Cost) {
        let shape = vec![self.batch, channels, self.size, self.size];
        self.rows.push(cost.row(name, shape));
    }

    /// The rows of a block; `way` is none in the middle, where attention is between residual blocks.
    fn block(&mut self, name: &str, plan: &BlockPlan, way: Option<Way>) {
        let channels = plan.channels;
        let last = plan.resnets.len() - 1;
        for (i, &input) in plan.resnets.iter().enumerate() {
            let resnet = self.resnet(input, channels);
            self.push(format!("{name}.resnets.{i}"), channels, resnet);
            if let Some(attention) = plan.attention.filter(|_| way.is_some() || i < last) {
                let attention = self.attention(attention, channels);
                self.push(format!("{name}.attentions.{i}"), channels, attention);
            }
        }
        if let (Some(way), Some(kind)) = (way, plan.resampling) {
            let layer = match way {
                Way::Down => "downsamplers",
                Way::Up => "upsamplers",
            };
            self.size = match way {
                Way::Down => self.size / 2,
                Way::Up => self.size * 2,
            };
            let cost = match kind {
                Resampling::Conv => Cost::conv(channels, channels, 3, self.pixels()),
                Resampling::Resnet => self.resnet(channels, channels),
            };
            self.push(format!("{name}.{layer}.0"), channels, cost);
        }
    }

    fn resnet(&self, input: usize, output: usize) -> Cost {
        let pixels = self.pixels();
        let projected = match self.config.resnet_time_scale_shift {
            TimeScaleShift::Default => output,
            TimeScaleShift::ScaleShift => 2 * output,
        };
        let shortcut = (input != output).then(|| Cost::conv(input, output, 1, pixels));
        Cost::norm(input)
            + Cost::conv(input, output, 3, pixels)
            + Cost::linear(self.config.time_embed_dim(), projected, 1)
            + Cost::norm(output)
            + Cost::conv(output, output, 3, pixels)
            + shortcut.unwrap_or_default()
    }

    fn attention(&self, plan: AttentionPlan, channels: usize) -> Cost {
        let pixels = self.pixels();
        match plan {
            AttentionPlan::Own { groups, .. } => {
                let norm = groups.map(|_| Cost::norm(channels)).unwrap_or_default();
                let linears: Cost = (0..4).map(|_| Cost::linear(channels, channels, pixels)).sum();
                norm + linears + Cost::attention(pixels, pixels, channels)
            }
            AttentionPlan::Cross { layers, .. } => {
                let projections: Cost = (0..2).map(|_| Cost::linear(channels, channels, pixels)).sum();
                let blocks: Cost = (0..layers).map(|_| self.transformer_block(channels)).sum();
                Cost::norm(channels) + projections + blocks
            }
        }
    }

    fn transformer_block(&self, channels: usize) -> Cost {
        let pixels = self.pixels();
        let attention = |context: usize, tokens: usize| {
            Cost::norm(channels)
                + Cost::linear_no_bias(channels, channels, pixels)
                + Cost::linear_no_bias(context, channels, tokens)
                + Cost::linear_no_bias(context, channels, tokens)
                + Cost::attention(pixels, tokens, channels)
                + Cost::linear(channels, channels, pixels)
        };
        let context = self.config.cross_attention_dim.unwrap_or(channels);
        attention(channels, pixels)
            + attention(context, self.context_tokens)
            + Cost::norm(channels)
            + Cost::linear(channels, 8 * channels, pixels)
            + Cost::linear(4 * channels, channels, pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::unet_config::{DownBlockType, MidBlockType, PerLevel, UpBlockType};
    use crate::model::{Architecture, Preset, PublishedNetwork, parameters};
    use burn::tensor::Device;

    fn counted(inspection: &Inspection, names: &[(String, Vec<usize>)]) {
        for row in inspection.rows.iter().filter(|row| row.parameters > 0) {
            let prefix = format!("{}.", row.name);
            let own = names
                .iter()
                .filter(|(name, _)| name.starts_with(&prefix) || *name == row.name);
            let count: usize = own.map(|(_, shape)| shape.iter().product::<usize>()).sum();
            assert_eq!(row.parameters, count, "{}", row.name);
        }
        let all: usize = names
            .iter()
            .map(|(_, shape)| shape.iter().product::<usize>())
            .sum();
        assert_eq!(inspection.parameters(), all);
    }

    #[test]
    fn the_unet_preset_has_its_parameters_and_cost() {
        let inspection = Preset::Unet.inspect(64).unwrap();
        assert_eq!(inspection.parameters(), 2_736_353);
        let millions = inspection.multiply_adds() as f64 / 1e6;
        assert_eq!(format!("{millions:.1}"), "290.9");
        let memory = inspection.memory();
        assert_eq!((memory.weights, memory.training), (4 * 2_736_353, 20 * 2_736_353));
        let one = Preset::Unet.inspect(1).unwrap().memory();
        assert_eq!(memory.activations, 64 * one.activations);
    }

    /// Every row's parameters are those of the network by the same name, and none is left out.
    #[test]
    fn rows_are_the_layers_of_the_network() {
        for preset in [Preset::Unet, Preset::UnetCross, Preset::UnetLatent, Preset::Dit] {
            let network = preset.init(0, &Device::flex()).unwrap();
            counted(&preset.inspect(1).unwrap(), &parameters::names(&network));
        }
        let tiny = UNetConfig {
            sample_size: 8,
            block_out_channels: vec![4, 8],
            layers_per_block: 2,
            down_block_types: vec![DownBlockType::AttnDownBlock2D, DownBlockType::DownBlock2D],
            up_block_types: vec![UpBlockType::AttnUpBlock2D, UpBlockType::AttnUpBlock2D],
            norm_num_groups: 2,
            attention_head_dim: Some(2.into()),
            num_class_embeds: Some(3),
            ..UNetConfig::default()
        };
        let resnet = UNetConfig {
            downsample_type: Resampling::Resnet,
            upsample_type: Resampling::Resnet,
            resnet_time_scale_shift: TimeScaleShift::ScaleShift,
            time_embedding_dim: Some(6),
            ..tiny.clone()
        };
        let cross = UNetConfig {
            down_block_types: vec![DownBlockType::DownBlock2D, DownBlockType::CrossAttnDownBlock2D],
            mid_block_type: Some(MidBlockType::UNetMidBlock2DCrossAttn),
            up_block_types: vec![UpBlockType::CrossAttnUpBlock2D, UpBlockType::UpBlock2D],
            cross_attention_dim: Some(5),
            use_linear_projection: true,
            transformer_layers_per_block: Some(2.into()),
            ..tiny.clone()
        };
        let without = |mid_block_type| UNetConfig {
            mid_block_type,
            add_attention: false,
            ..tiny.clone()
        };
        let plain_middle = UNetConfig {
            mid_block_type: Some(MidBlockType::UNetMidBlock2D),
            ..cross.clone()
        };
        let middles = [without(None), without(Some(MidBlockType::UNetMidBlock2D))];
        for config in [tiny.clone(), resnet, cross, plain_middle]
            .into_iter()
            .chain(middles)
        {
            let network = config.init(0, &Device::flex()).unwrap();
            counted(&config.inspect(2, 7).unwrap(), &parameters::names(&network));
        }
    }

    /// Counted in diffusers without allocating them: the networks of Stable Diffusion 1.5 and 2.1.
    #[test]
    fn published_networks_have_their_parameters() {
        let count = |config: UNetConfig| config.inspect(1, 77).unwrap().parameters();
        let first = UNetConfig {
            cross_attention_dim: Some(768),
            ..UNetConfig::conditional()
        };
        assert_eq!(count(first), 859_520_964);
        let second = UNetConfig {
            cross_attention_dim: Some(1024),
            attention_head_dim: Some(PerLevel::Each(vec![5, 10, 20, 20])),
            use_linear_projection: true,
            ..UNetConfig::conditional()
        };
        assert_eq!(count(second), 865_910_724);
        // diffusers' twin of the U-Net, and the tokens of 11 classes.
        let cross = Preset::UnetCross.inspect(1).unwrap();
        assert_eq!(cross.parameters(), 3_856_737 + 11 * 4 * 64);
    }

    /// Six levels, two layers each, no attention but the middle's, at 128x128.
    #[test]
    fn the_articles_unet_goes_down_to_4x4_and_up_again() {
        let network = Architecture::Published(PublishedNetwork::UNet128);
        let inspection = network.inspect(32).unwrap();
        let check = |name: &str, channels: usize, size: usize| {
            let shape = &inspection.row(name).unwrap_or_else(|| panic!("{name}")).shape;
            assert_eq!(*shape, [32, channels, size, size], "{name}");
        };
        let down = [(128, 128), (128, 64), (256, 32), (256, 16), (512, 8), (512, 4)];
        for (level, (channels, size)) in down.into_iter().enumerate() {
            check(&format!("down_blocks.{level}.resnets.0"), channels, size);
            check(&format!("down_blocks.{level}.resnets.1"), channels, size);
        }
        for layer in ["resnets.0", "attentions.0", "resnets.1"] {
            check(&format!("mid_block.{layer}"), 512, 4);
        }
        let up = [(512, 8), (512, 16), (256, 32), (256, 64), (128, 128)];
        for (level, (channels, size)) in up.into_iter().enumerate() {
            check(&format!("up_blocks.{level}.upsamplers.0"), channels, size);
        }
        check("up_blocks.5.resnets.2", 128, 128);
        assert!(inspection.row("up_blocks.5.upsamplers.0").is_none());
        check("conv_out", 3, 128);
        assert_eq!(inspection.parameters(), 108_414_979, "as in diffusers");
    }

    #[test]
    fn what_cannot_be_inspected_is_refused() {
        assert_eq!(Preset::Points.inspect(1).unwrap_err().field, "preset");
        assert_eq!(Preset::Tiny.inspect(0).unwrap_err().field, "batch");
    }
}
