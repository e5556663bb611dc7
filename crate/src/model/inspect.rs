//! The layers of a network with shapes, parameters and cost, found from its configuration without allocating weights.

use std::iter::Sum;
use std::ops::Add;

use serde::Serialize;

mod autoencoder;
mod blocks;
mod unet;

pub use blocks::Block;

/// Bytes of a number on the device.
const SCALAR: u64 = 4;
/// Vectors that training holds for every parameter: weights, gradient, two moments and the moving average.
const TRAINED_VECTORS: u64 = 5;

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), serde(rename_all = "camelCase"))]
pub struct Row {
    /// The layer's path, as in the names of its parameters.
    pub name: String,
    /// Of its output, the batch first.
    pub shape: Vec<usize>,
    pub parameters: usize,
    /// Multiplications with an addition that it takes for one image, as in [`Cost`].
    pub multiply_adds: u64,
}

/// All layers of a network in the order of computation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    pub rows: Vec<Row>,
}

/// Bytes on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify), serde(rename_all = "camelCase"))]
pub struct Memory {
    pub weights: u64,
    /// Weights, gradient, the optimizer's two moments and the moving average.
    pub training: u64,
    /// The results of all rows at the inspected batch size. A training step keeps at least these for the way back;
    /// sampling never has all of them at once.
    pub activations: u64,
}

impl Inspection {
    pub fn parameters(&self) -> usize {
        let counts = self.rows.iter().map(|row| row.parameters);
        counts.fold(0, usize::saturating_add)
    }

    /// For one image.
    pub fn multiply_adds(&self) -> u64 {
        let costs = self.rows.iter().map(|row| row.multiply_adds);
        costs.fold(0, u64::saturating_add)
    }

    pub fn memory(&self) -> Memory {
        let weights = SCALAR * self.parameters() as u64;
        let elements = |row: &Row| row.shape.iter().map(|&size| size as u64).product::<u64>();
        let results = self.rows.iter().map(elements).fold(0, u64::saturating_add);
        Memory {
            weights,
            training: TRAINED_VECTORS * weights,
            activations: SCALAR.saturating_mul(results),
        }
    }

    /// The layer of that path.
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

/// What a layer takes.
///
/// Multiply-adds are those of convolutions, linear maps and the two matrix products of attention, as profilers count
/// them; norms, activations and additions are left out. A number beyond its type stays at the type's end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    pub parameters: usize,
    pub multiply_adds: u64,
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            parameters: self.parameters.saturating_add(other.parameters),
            multiply_adds: self.multiply_adds.saturating_add(other.multiply_adds),
        }
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::default(), Add::add)
    }
}

impl Cost {
    /// A convolution with a square kernel that gives `pixels`.
    pub fn conv(input: usize, output: usize, kernel: usize, pixels: usize) -> Self {
        let weights = input * output * kernel * kernel;
        Self {
            parameters: weights + output,
            multiply_adds: weights as u64 * pixels as u64,
        }
    }

    /// A linear layer on each of `tokens`.
    pub fn linear(input: usize, output: usize, tokens: usize) -> Self {
        Self::conv(input, output, 1, tokens)
    }

    /// A linear layer without bias.
    pub fn linear_no_bias(input: usize, output: usize, tokens: usize) -> Self {
        Self {
            parameters: input * output,
            ..Self::linear(input, output, tokens)
        }
    }

    /// A scale and a shift a channel.
    pub fn norm(channels: usize) -> Self {
        Self {
            parameters: 2 * channels,
            multiply_adds: 0,
        }
    }

    /// The scores of `queries` and `keys` of all heads together `width` wide, and the mix of values by them.
    pub fn attention(queries: usize, keys: usize, width: usize) -> Self {
        let pairs = queries as u64 * keys as u64;
        Self {
            parameters: 0,
            multiply_adds: pairs.saturating_mul(2 * width as u64),
        }
    }

    /// A table of `entries` vectors, looked up.
    pub fn table(entries: usize, width: usize) -> Self {
        Self {
            parameters: entries * width,
            multiply_adds: 0,
        }
    }

    pub fn row(self, name: impl Into<String>, shape: Vec<usize>) -> Row {
        Row {
            name: name.into(),
            shape,
            parameters: self.parameters,
            multiply_adds: self.multiply_adds,
        }
    }
}
