//! The layers of an autoencoder, one by one.

use super::{Cost, Inspection, Row};
use crate::error::{ConfigError, require};
use crate::model::AutoencoderConfig;

impl AutoencoderConfig {
    /// Every layer for `batch` images of `sample_size`, encoder and decoder one after the other.
    ///
    /// A row is a residual block, a layer of attention or a change of resolution; the rows' parameters add up to the
    /// network's.
    pub fn inspect(&self, batch: usize) -> Result<Inspection, ConfigError> {
        self.validate()?;
        require((1..=65_536).contains(&batch), "batch", batch, "from 1 to 65536")?;
        let channels = &self.block_out_channels;
        let (first, last) = (channels[0], channels[channels.len() - 1]);
        let latent = self.latent_channels;
        let mut rows = Rows {
            batch,
            size: self.sample_size,
            rows: Vec::new(),
        };

        rows.conv("encoder.conv_in", self.in_channels, first, 3);
        let mut width = first;
        for (level, &output) in channels.iter().enumerate() {
            let name = format!("encoder.down_blocks.{level}");
            rows.resnets(&name, width, output, self.layers_per_block);
            width = output;
            if level + 1 < channels.len() {
                rows.size /= 2;
                rows.conv(format!("{name}.downsamplers.0"), width, width, 3);
            }
        }
        rows.middle("encoder.mid_block", width, self.mid_block_add_attention);
        rows.push("encoder.conv_norm_out", width, Cost::norm(width));
        rows.conv("encoder.conv_out", width, 2 * latent, 3);
        if self.use_quant_conv {
            rows.conv("quant_conv", 2 * latent, 2 * latent, 1);
        }

        if self.use_post_quant_conv {
            rows.conv("post_quant_conv", latent, latent, 1);
        }
        rows.conv("decoder.conv_in", latent, last, 3);
        rows.middle("decoder.mid_block", last, self.mid_block_add_attention);
        let mut width = last;
        for (level, &output) in channels.iter().rev().enumerate() {
            let name = format!("decoder.up_blocks.{level}");
            rows.resnets(&name, width, output, self.layers_per_block + 1);
            width = output;
            if level + 1 < channels.len() {
                rows.size *= 2;
                rows.conv(format!("{name}.upsamplers.0"), width, width, 3);
            }
        }
        rows.push("decoder.conv_norm_out", width, Cost::norm(width));
        rows.conv("decoder.conv_out", width, self.out_channels, 3);
        Ok(Inspection { rows: rows.rows })
    }
}

impl Inspection {
    /// What turns latents into an image: of an autoencoder's layers those behind the latents.
    pub fn decoder(&self) -> Self {
        let behind = |row: &&Row| row.name.starts_with("decoder.") || row.name == "post_quant_conv";
        Self {
            rows: self.rows.iter().filter(behind).cloned().collect(),
        }
    }
}

struct Rows {
    batch: usize,
    /// Height and width where the computation is.
    size: usize,
    rows: Vec<Row>,
}

impl Rows {
    fn pixels(&self) -> usize {
        self.size * self.size
    }

    fn push(&mut self, name: impl Into<String>, channels: usize, cost: Cost) {
        let shape = vec![self.batch, channels, self.size, self.size];
        self.rows.push(cost.row(name, shape));
    }

    fn conv(&mut self, name: impl Into<String>, input: usize, output: usize, kernel: usize) {
        self.push(name, output, Cost::conv(input, output, kernel, self.pixels()));
    }

    /// The first of the residual blocks changes the number of channels.
    fn resnets(&mut self, block: &str, input: usize, output: usize, count: usize) {
        for i in 0..count {
            let input = if i == 0 { input } else { output };
            self.resnet(format!("{block}.resnets.{i}"), input, output);
        }
    }

    fn resnet(&mut self, name: String, input: usize, output: usize) {
        let pixels = self.pixels();
        let shortcut = (input != output).then(|| Cost::conv(input, output, 1, pixels));
        let cost = Cost::norm(input)
            + Cost::conv(input, output, 3, pixels)
            + Cost::norm(output)
            + Cost::conv(output, output, 3, pixels)
            + shortcut.unwrap_or_default();
        self.push(name, output, cost);
    }

    /// Attention, where there is any, is between two residual blocks.
    fn middle(&mut self, block: &str, channels: usize, attention: bool) {
        let pixels = self.pixels();
        self.resnet(format!("{block}.resnets.0"), channels, channels);
        if attention {
            let linears: Cost = (0..4).map(|_| Cost::linear(channels, channels, pixels)).sum();
            let cost = Cost::norm(channels) + linears + Cost::attention(pixels, pixels, channels);
            self.push(format!("{block}.attentions.0"), channels, cost);
        }
        self.resnet(format!("{block}.resnets.1"), channels, channels);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Preset, parameters};
    use burn::tensor::Device;

    /// Every row's parameters are those of the network by the same name, and none is left out.
    #[test]
    fn rows_are_the_layers_of_the_network() {
        let bare = AutoencoderConfig {
            use_quant_conv: false,
            use_post_quant_conv: false,
            mid_block_add_attention: false,
            layers_per_block: 2,
            ..AutoencoderConfig::with_levels(vec![32, 64])
        };
        let presets = [Preset::Autoencoder, Preset::AutoencoderTiny];
        for config in presets.into_iter().filter_map(Preset::autoencoder).chain([bare]) {
            let network = config.init(0, &Device::flex()).unwrap();
            let names = parameters::names(&network);
            let inspection = config.inspect(3).unwrap();
            for row in &inspection.rows {
                let prefix = format!("{}.", row.name);
                let own = names.iter().filter(|(name, _)| name.starts_with(&prefix));
                let count: usize = own.map(|(_, shape)| shape.iter().product::<usize>()).sum();
                assert_eq!(row.parameters, count, "{}", row.name);
            }
            assert_eq!(inspection.parameters(), parameters::count(&network));
            let size = config.sample_size;
            assert_eq!(
                inspection.rows.last().unwrap().shape,
                [3, config.out_channels, size, size]
            );
        }
    }

    /// By hand: a convolution of 1 to 16 channels with a 3x3 kernel at each of 784 pixels.
    #[test]
    fn a_layers_cost_is_its_products_and_the_decoder_is_a_part() {
        let inspection = Preset::Autoencoder.inspect(1).unwrap();
        assert_eq!(
            inspection.row("encoder.conv_in").unwrap().multiply_adds,
            9 * 16 * 784
        );
        let latents = inspection.row("quant_conv").unwrap();
        assert_eq!(latents.shape, [1, 8, 7, 7]);
        let decoder = inspection.decoder();
        assert_eq!(decoder.rows[0].name, "post_quant_conv");
        assert!(decoder.multiply_adds() < inspection.multiply_adds());
        assert!(2 * decoder.multiply_adds() > inspection.multiply_adds());
    }
}
