//! What enters a Diffusion Transformer: patches with their positions, the timestep, the label.

use burn::module::{Module, Param};
use burn::tensor::{Device, Int, Tensor, TensorData};

use super::dit_config::DiTConfig;
use super::embedding::timestep_embedding;
use super::layers::{Embedding, Init, Linear};
use crate::kernels::{Activation, linear_of_patches};

/// Sines and cosines of the timestep.
pub const FREQUENCY_DIM: usize = 256;
/// Standard deviation of the embedders' initial weights.
const EMBEDDER_DEVIATION: f32 = 0.02;

/// The SiLU between two layers of a published `Sequential`: it has no weights but counts in their keys.
#[derive(Module, Debug)]
pub struct Silu;

/// Cuts an image into patches and gives each a vector.
#[derive(Module, Debug)]
pub struct PatchEmbed {
    pub proj: PatchProjection,
}

/// The linear map of a patch, with the layout of a convolution whose stride is its kernel's size.
#[derive(Module, Debug)]
pub struct PatchProjection {
    pub weight: Param<Tensor<4>>, // [hidden_size, channels, patch, patch]
    pub bias: Param<Tensor<1>>,   // [hidden_size]
}

impl PatchEmbed {
    pub fn init(config: &DiTConfig, init: &mut Init) -> Self {
        let (patch, hidden) = (config.patch_size, config.hidden_size);
        let fan_in = config.in_channels * patch * patch;
        let shape = [hidden, config.in_channels, patch, patch];
        Self {
            proj: PatchProjection {
                weight: init.uniform_within(shape, xavier_bound(fan_in, hidden)),
                bias: init.constant([hidden], 0.0),
            },
        }
    }

    /// `[batch, channels, height, width]` -> `[batch, tokens, hidden_size]`, the patches row by row, each with its position
    /// of `[1, tokens, hidden_size]` added
    pub fn forward(&self, x: Tensor<4>, positions: Tensor<3>) -> Tensor<3> {
        linear_of_patches(x, self.proj.weight.val(), self.proj.bias.val(), positions)
    }
}

/// The fixed positions of a square grid of tokens, `[1, grid grid, dim]`, row by row. The first half of each vector
/// encodes the column, the second the row: sines then cosines of `position / 10000^(i / (dim / 4))`.
pub fn positions(dim: usize, grid: usize) -> TensorData {
    let quarter = dim / 4;
    let frequency = |i: usize| libm::pow(10_000.0, -(i as f64) / quarter as f64);
    let coordinate = |position: usize| {
        let angle = move |i| position as f64 * frequency(i);
        let sines = (0..quarter).map(move |i| libm::sin(angle(i)) as f32);
        sines.chain((0..quarter).map(move |i| libm::cos(angle(i)) as f32))
    };
    let values: Vec<f32> = (0..grid * grid)
        .flat_map(|token| coordinate(token % grid).chain(coordinate(token / grid)))
        .collect();
    TensorData::new(values, [1, grid * grid, dim])
}

/// The timestep's vector: sinusoids, linear, SiLU, linear.
#[derive(Module, Debug)]
pub struct TimestepEmbedder {
    pub mlp: (Linear, Silu, Linear),
}

impl TimestepEmbedder {
    pub fn init(hidden: usize, init: &mut Init) -> Self {
        let mut layer = |input| Linear {
            weight: init.normal_of([hidden, input], EMBEDDER_DEVIATION),
            bias: init.constant([hidden], 0.0),
        };
        Self {
            mlp: (layer(FREQUENCY_DIM), Silu, layer(hidden)),
        }
    }

    /// `t` `[batch]` -> `[batch, hidden_size]`
    pub fn forward(&self, t: Tensor<1>, frequencies: Tensor<2>) -> Tensor<2> {
        let sinusoids = timestep_embedding(t, frequencies, FREQUENCY_DIM, true);
        let hidden = self.mlp.0.forward_activated(sinusoids, Activation::Silu);
        self.mlp.2.forward_after(hidden)
    }
}

/// A vector for each class, the null class last.
#[derive(Module, Debug)]
pub struct LabelEmbedder {
    pub embedding_table: Embedding,
}

impl LabelEmbedder {
    pub fn init(classes: usize, hidden: usize, init: &mut Init) -> Self {
        Self {
            embedding_table: Embedding {
                weight: init.normal_of([classes + 1, hidden], EMBEDDER_DEVIATION),
            },
        }
    }

    /// The SiLU of `x` `[batch, hidden_size]` and each label's vector; `labels` `[batch]` -> `[batch, hidden_size]`
    pub fn forward_silu(&self, x: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<2> {
        self.embedding_table.forward_silu(x, labels)
    }
}

/// A layer whose weights are Xavier-uniform (Glorot and Bengio, 2010) and whose biases are 0.
pub fn xavier_linear(input: usize, output: usize, init: &mut Init) -> Linear {
    Linear {
        weight: init.uniform_within([output, input], xavier_bound(input, output)),
        bias: init.constant([output], 0.0),
    }
}

/// A layer that answers 0 until it has learned something.
pub fn zero_linear(input: usize, output: usize, init: &mut Init) -> Linear {
    Linear {
        weight: init.constant([output, input], 0.0),
        bias: init.constant([output], 0.0),
    }
}

fn xavier_bound(input: usize, output: usize) -> f32 {
    (6.0 / (input + output) as f32).sqrt()
}

/// The fixed positions on a device.
pub(super) fn position_tensor(config: &DiTConfig, device: &Device) -> Tensor<3> {
    Tensor::from_data(positions(config.hidden_size, config.grid()), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::linear_to_patches;

    /// Maps that copy make the tokens the patches themselves; the way back wants the channels last.
    #[test]
    fn the_way_back_takes_patches_back_to_their_places() {
        let device = Device::flex();
        let config = DiTConfig {
            input_size: 6,
            patch_size: 2,
            in_channels: 3,
            hidden_size: 12,
            num_heads: 1,
            ..DiTConfig::pixels()
        };
        let mut embed = PatchEmbed::init(&config, &mut Init::new(0, &device));
        let eye = Tensor::<2>::eye(12, &device).reshape([12, 3, 2, 2]);
        embed.proj.weight = Param::from_tensor(eye);
        let x = Tensor::<1, Int>::arange(0..2 * 3 * 36, &device)
            .float()
            .reshape([2, 3, 6, 6]);
        let patches = embed.forward(x.clone(), Tensor::zeros([1, 9, 12], &device)); // [2, 9, channels patch patch]
        let channels_last = patches.reshape([2, 9, 3, 4]).swap_dims(2, 3).reshape([2, 9, 12]);
        let eye = Tensor::eye(12, &device);
        let back = linear_to_patches(channels_last, eye, Tensor::zeros([12], &device), 2, 3);
        back.into_data().assert_eq(&x.into_data(), true);
    }

    #[test]
    fn positions_encode_the_column_then_the_row() {
        let data = positions(8, 3).try_to_vec::<f32>().unwrap();
        // Token 5 is in row 1, column 2.
        let token = &data[5 * 8..6 * 8];
        let coordinate = |p: f32| [p.sin(), (p / 100.0).sin(), p.cos(), (p / 100.0).cos()];
        let expected = [coordinate(2.0), coordinate(1.0)].concat();
        for (found, expected) in token.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{token:?}");
        }
    }
}
