//! A small network for points in the plane: what a U-Net does with images, visible in one scatter plot.

use std::f64::consts::FRAC_PI_2;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::embedding::{TimestepEmbedding, frequencies, timestep_embedding};
use super::layers::{Init, Linear};
use crate::error::{ConfigError, require};
use crate::kernels::silu;

/// Coordinates of a point: the channels of an image of one pixel.
pub const COORDINATES: usize = 2;

/// The shape of a [`PointsNet`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PointsConfig {
    pub hidden_size: usize,
    /// Residual layers.
    pub depth: usize,
    /// Sines and cosines of the timestep.
    pub frequency_dim: usize,
    /// Sines and cosines of each coordinate, of 1, 2, 4, ... quarter turns a unit; without them the network would be
    /// slow to learn what is small (Tancik et al., 2020, "Fourier Features Let Networks Learn High Frequency Functions
    /// in Low Dimensional Domains").
    pub octaves: usize,
}

impl Default for PointsConfig {
    fn default() -> Self {
        Self {
            hidden_size: 64,
            depth: 3,
            frequency_dim: 64,
            octaves: 3,
        }
    }
}

/// A multi-layer perceptron with residual layers, whose inputs the timestep scales; it knows no classes.
#[derive(Module, Debug)]
pub struct PointsNet {
    pub time_embedding: TimestepEmbedding,
    pub linear_in: Linear,
    pub layers: Vec<Linear>,
    pub linear_out: Linear,
    /// Of the timestep's sinusoids; fixed, and so no parameter.
    frequencies: Tensor<2>,
    #[module(skip)]
    config: PointsConfig,
}

impl PointsConfig {
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (field, value, most) in [
            ("hidden_size", self.hidden_size, 4096),
            ("depth", self.depth, 64),
            ("frequency_dim", self.frequency_dim, 4096),
        ] {
            let expected = format!("from 2 to {most}");
            require((2..=most).contains(&value), field, value, expected)?;
        }
        require(self.octaves <= 16, "octaves", self.octaves, "from 0 to 16")
    }

    /// A network with random weights, a function of `seed`.
    pub fn init(&self, seed: u64, device: &Device) -> Result<PointsNet, ConfigError> {
        self.validate()?;
        let init = &mut Init::new(seed, device);
        let hidden = self.hidden_size;
        Ok(PointsNet {
            time_embedding: TimestepEmbedding::init(self.frequency_dim, hidden, init),
            linear_in: Linear::init(COORDINATES * (1 + 2 * self.octaves), hidden, init),
            layers: (0..self.depth)
                .map(|_| Linear::init(hidden, hidden, init))
                .collect(),
            linear_out: Linear::init(hidden, COORDINATES, init),
            frequencies: frequencies(self.frequency_dim, 0.0, device),
            config: self.clone(),
        })
    }
}

impl PointsNet {
    /// Points `x` `[batch, 2, 1, 1]`, timesteps `t` `[batch]` -> `[batch, 2, 1, 1]`
    pub fn forward(&self, x: Tensor<4>, t: Tensor<1>) -> Tensor<4> {
        let shape = x.dims();
        let sinusoids = timestep_embedding(t, self.frequencies.clone(), self.config.frequency_dim, true);
        let scale = self.time_embedding.forward(sinusoids) + 1.0; // [batch, hidden_size]
        let x = features(x.reshape([shape[0], COORDINATES]), self.config.octaves);
        let mut h = self.linear_in.forward(x); // [batch, hidden_size]
        for layer in &self.layers {
            h = h.clone() + silu(layer.forward(h * scale.clone()));
        }
        self.linear_out.forward(h).reshape(shape)
    }
}

/// Coordinates `[batch, 2]` with their sines and cosines -> `[batch, 2 (1 + 2 octaves)]`
fn features(x: Tensor<2>, octaves: usize) -> Tensor<2> {
    let mut parts = vec![x.clone()];
    for octave in 0..octaves {
        let angle = x.clone() * (FRAC_PI_2 * (1u32 << octave) as f64);
        parts.extend([angle.clone().sin(), angle.cos()]);
    }
    Tensor::cat(parts, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Rng, Stream};

    #[test]
    fn the_answer_depends_on_point_and_timestep() {
        let device = Device::flex();
        let network = PointsConfig::default().init(1, &device).unwrap();
        let x = Rng::new(0, Stream::Data, 0).normal_tensor([1, 2, 1, 1], &device);
        let ask = |x: Tensor<4>, t: f32| {
            let answer = network.forward(x, Tensor::from_data([t], &device));
            assert_eq!(answer.dims(), [1, 2, 1, 1]);
            answer.into_data().try_to_vec::<f32>().unwrap()
        };
        assert_eq!(ask(x.clone(), 10.0), ask(x.clone(), 10.0));
        assert_ne!(ask(x.clone(), 10.0), ask(x.clone(), 500.0));
        assert_ne!(ask(x.clone(), 10.0), ask(x * 2.0, 10.0));
    }

    #[test]
    fn a_shape_that_cannot_be_names_the_field() {
        let config = PointsConfig {
            depth: 0,
            ..PointsConfig::default()
        };
        assert_eq!(config.init(0, &Device::flex()).unwrap_err().field, "depth");
    }
}
