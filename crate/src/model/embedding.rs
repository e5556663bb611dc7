//! The timestep as a vector: sinusoids, then a small network.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};

use super::layers::{Init, Linear};
use crate::kernels::{Activation, sinusoids};

/// Sinusoidal embedding of timesteps (Vaswani et al., 2017, section 3.5; Ho et al., 2020, appendix B).
///
/// `t` `[batch]` -> `[batch, dim]`: cosines then sines (`flip_sin_to_cos`) or sines then cosines, of
/// `t` times each of the `dim / 2` [`frequencies`]. An odd `dim` ends in a zero.
pub fn timestep_embedding(
    t: Tensor<1>,
    frequencies: Tensor<2>,
    dim: usize,
    flip_sin_to_cos: bool,
) -> Tensor<2> {
    let sinusoids = sinusoids(t, frequencies, flip_sin_to_cos);
    match dim % 2 {
        0 => sinusoids,
        _ => sinusoids.pad([(0, 0), (0, 1)], 0.0),
    }
}

/// `1 / 10000^(i / (dim / 2 - freq_shift))` for `i` in `0..dim / 2`, `[1, dim / 2]`. A network keeps them: whatever a pass
/// brings to the GPU interrupts it.
pub fn frequencies(dim: usize, freq_shift: f64, device: &Device) -> Tensor<2> {
    let half = dim / 2;
    let frequency = |i: usize| libm::pow(10_000.0, -(i as f64) / (half as f64 - freq_shift)) as f32;
    let values: Vec<f32> = (0..half).map(frequency).collect();
    Tensor::from_data(TensorData::new(values, [1, half]), device)
}

/// Sinusoids to the vector that conditions every block: linear, SiLU, linear.
#[derive(Module, Debug)]
pub struct TimestepEmbedding {
    pub linear_1: Linear,
    pub linear_2: Linear,
}

impl TimestepEmbedding {
    pub fn init(input: usize, dim: usize, init: &mut Init) -> Self {
        Self {
            linear_1: Linear::init(input, dim, init),
            linear_2: Linear::init(dim, dim, init),
        }
    }

    /// `[batch, input]` -> `[batch, dim]`
    pub fn forward(&self, sinusoids: Tensor<2>) -> Tensor<2> {
        let hidden = self.linear_1.forward_activated(sinusoids, Activation::Silu);
        self.linear_2.forward_after(hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_fall_from_1_to_1_in_10000() {
        let device = Device::flex();
        let t = Tensor::from_data([3.0f32, 500.0], &device);
        let values = timestep_embedding(t, frequencies(8, 1.0, &device), 8, true)
            .into_data()
            .try_to_vec::<f32>()
            .unwrap();
        for (row, t) in [3.0f64, 500.0].into_iter().enumerate() {
            for i in 0..4 {
                let angle = t / 10_000f64.powf(i as f64 / 3.0);
                assert!((values[8 * row + i] as f64 - angle.cos()).abs() < 1e-4);
                assert!((values[8 * row + 4 + i] as f64 - angle.sin()).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn an_odd_dimension_ends_in_zero() {
        let device = Device::flex();
        let t = Tensor::from_data([3.0f32], &device);
        let values = timestep_embedding(t, frequencies(5, 0.0, &device), 5, false)
            .into_data()
            .try_to_vec::<f32>()
            .unwrap();
        assert_eq!((values.len(), values[4]), (5, 0.0));
        assert!((values[0] - 3f32.sin()).abs() < 1e-6);
    }
}
