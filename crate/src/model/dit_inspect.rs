//! The layers of a Diffusion Transformer with shapes, parameters and cost, found without allocating the network.

use super::dit_config::DiTConfig;
use super::dit_embedding::FREQUENCY_DIM;
use super::inspect::Row;
use crate::error::{ConfigError, require};

/// Every layer of a network for inputs `[batch, in_channels, input_size, input_size]`, in the order of computation.
///
/// The parameters add up to the network's; the multiply-adds, to those of one image.
pub fn inspect(config: &DiTConfig, input: [usize; 4]) -> Result<Vec<Row>, ConfigError> {
    config.validate()?;
    let [batch, channels, height, width] = input;
    let (expected, size) = (config.in_channels, config.input_size);
    require(
        batch > 0 && channels == expected && height == size && width == size,
        "input",
        format!("{input:?}"),
        format!("[batch, {expected}, {size}, {size}]"),
    )?;

    let (hidden, tokens, patch) = (config.hidden_size, config.tokens(), config.patch_size);
    let mut rows = Rows {
        batch,
        tokens,
        rows: Vec::new(),
    };
    let patch_area = patch * patch;
    rows.on_tokens("x_embedder.proj", config.in_channels * patch_area, hidden);
    if !config.per_block_embedders {
        rows.embedders("", config);
    }
    for block in 0..config.depth {
        let name = |layer: &str| format!("blocks.{block}.{layer}");
        if config.per_block_embedders {
            rows.embedders(&name("emb."), config);
        }
        rows.on_image(&name("adaLN_modulation.1"), hidden, 6 * hidden);
        rows.on_tokens(&name("attn.qkv"), hidden, 3 * hidden);
        // Scores of every pair of tokens, and the mix of values by them.
        rows.push(
            &name("attn"),
            vec![batch, tokens, hidden],
            0,
            &[2, tokens, tokens, hidden],
        );
        rows.on_tokens(&name("attn.proj"), hidden, hidden);
        rows.on_tokens(&name("mlp.fc1"), hidden, config.mlp_width());
        rows.on_tokens(&name("mlp.fc2"), config.mlp_width(), hidden);
    }
    rows.on_image("final_layer.adaLN_modulation.1", hidden, 2 * hidden);
    rows.on_tokens("final_layer.linear", hidden, config.out_channels() * patch_area);
    rows.push(
        "output",
        vec![batch, config.out_channels(), height, width],
        0,
        &[0],
    );
    Ok(rows.rows)
}

struct Rows {
    batch: usize,
    tokens: usize,
    rows: Vec<Row>,
}

impl Rows {
    /// `multiply_adds` is a product: its factors, because it may be beyond a browser's 32 bits.
    fn push(&mut self, name: &str, shape: Vec<usize>, parameters: usize, multiply_adds: &[usize]) {
        self.rows.push(Row {
            name: name.into(),
            shape,
            parameters,
            multiply_adds: multiply_adds.iter().map(|&factor| factor as u64).product(),
        });
    }

    /// A linear layer on every token.
    fn on_tokens(&mut self, name: &str, input: usize, output: usize) {
        let shape = vec![self.batch, self.tokens, output];
        self.push(name, shape, (input + 1) * output, &[self.tokens, input, output]);
    }

    /// A linear layer on one vector an image.
    fn on_image(&mut self, name: &str, input: usize, output: usize) {
        let shape = vec![self.batch, output];
        self.push(name, shape, (input + 1) * output, &[input, output]);
    }

    fn embedders(&mut self, prefix: &str, config: &DiTConfig) {
        let hidden = config.hidden_size;
        self.on_image(&format!("{prefix}t_embedder.mlp.0"), FREQUENCY_DIM, hidden);
        self.on_image(&format!("{prefix}t_embedder.mlp.2"), hidden, hidden);
        let table = (config.num_classes + 1) * hidden;
        let name = format!("{prefix}y_embedder.embedding_table");
        self.push(&name, vec![self.batch, hidden], table, &[0]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Architecture, PublishedNetwork, parameters};
    use burn::tensor::Device;

    fn sums(rows: &[Row]) -> (usize, u64) {
        let parameters = rows.iter().map(|row| row.parameters).sum();
        (parameters, rows.iter().map(|row| row.multiply_adds).sum())
    }

    #[test]
    fn the_dit_preset_has_its_parameters_and_cost() {
        let rows = inspect(&DiTConfig::pixels(), [64, 1, 28, 28]).unwrap();
        assert_eq!(sums(&rows), (1_869_072, 62_363_136));
    }

    /// Every layer's parameters are those of the network by the same name, and none is left out.
    #[test]
    fn rows_are_the_layers_of_the_network() {
        for per_block_embedders in [false, true] {
            for base in [DiTConfig::pixels(), DiTConfig::latents()] {
                let config = DiTConfig {
                    learn_sigma: true,
                    per_block_embedders,
                    ..base
                };
                let network = config.init(0, &Device::flex()).unwrap();
                let names = parameters::names(&network);
                let size = config.input_size;
                let rows = inspect(&config, [2, config.in_channels, size, size]).unwrap();
                for row in rows.iter().filter(|row| row.parameters > 0) {
                    let own = names.iter().filter(|(name, _)| {
                        name.rsplit_once('.').is_some_and(|(layer, _)| layer == row.name)
                    });
                    let count: usize = own.map(|(_, shape)| shape.iter().product::<usize>()).sum();
                    assert_eq!(row.parameters, count, "{}", row.name);
                }
                assert_eq!(sums(&rows).0, parameters::count(&network));
            }
        }
    }

    /// The article's DiT over latents of 4x32x32.
    #[test]
    fn the_articles_dit_has_64_tokens_of_384_and_8_output_channels() {
        let rows = Architecture::Published(PublishedNetwork::DiTS4)
            .inspect(16)
            .unwrap()
            .rows;
        let shape = |name: &str| {
            rows.iter()
                .find(|row| row.name == name)
                .map(|row| row.shape.clone())
        };
        assert_eq!(shape("x_embedder.proj"), Some(vec![16, 64, 384]));
        assert_eq!(shape("blocks.11.mlp.fc2"), Some(vec![16, 64, 384]));
        assert_eq!(shape("blocks.12.mlp.fc2"), None);
        assert_eq!(shape("output"), Some(vec![16, 8, 32, 32]));
    }

    #[test]
    fn an_input_of_another_size_is_refused() {
        let error = inspect(&DiTConfig::pixels(), [1, 3, 28, 28]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "input is [1, 3, 28, 28], but must be [batch, 1, 28, 28]"
        );
    }
}
