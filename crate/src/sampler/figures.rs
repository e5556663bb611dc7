//! Figures of noise and of samples.

use burn::tensor::Tensor;
use serde::Serialize;

/// The length of each image as a vector, in units of the square root of its number of pixels: about 1 for standard normal
/// noise. `[batch]`.
pub fn lengths(x: Tensor<4>) -> Tensor<1> {
    let [batch, ..] = x.dims();
    x.square().mean_dims(&[1, 2, 3]).sqrt().reshape([batch])
}

/// Mean and standard deviation over the batch, pixel by pixel: `[1, channels, height, width]` each.
pub fn spread(x: Tensor<4>) -> [Tensor<4>; 2] {
    let others = x.dims()[0].saturating_sub(1).max(1) as f64;
    let mean = x.clone().mean_dim(0);
    let deviation = ((x - mean.clone()).square().sum_dim(0) / others).sqrt();
    [mean, deviation]
}

/// By how much a noise differs from standard normal noise, all of whose pixels are independent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NoiseFigures {
    /// 0 for standard normal noise.
    pub mean: f64,
    /// 1 for standard normal noise.
    pub standard_deviation: f64,
    /// Correlation of a pixel with its neighbours to the right and below: 0 where pixels are independent.
    pub neighbour_correlation: f64,
}

impl NoiseFigures {
    /// Of planes of `height` by `width` values, one after the other.
    pub fn new(values: &[f32], [height, width]: [usize; 2]) -> Self {
        let count = values.len().max(1) as f64;
        let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
        let centred: Vec<f64> = values.iter().map(|&x| f64::from(x) - mean).collect();
        let variance = centred.iter().map(|x| x * x).sum::<f64>() / count;
        let (mut sum, mut pairs) = (0.0, 0.0_f64);
        for plane in centred.chunks_exact((height * width).max(1)) {
            for (index, x) in plane.iter().enumerate() {
                let right = (index % width + 1 < width).then(|| plane[index + 1]);
                let neighbours = [right, plane.get(index + width).copied()];
                for neighbour in neighbours.into_iter().flatten() {
                    sum += x * neighbour;
                    pairs += 1.0;
                }
            }
        }
        Self {
            mean,
            standard_deviation: variance.sqrt(),
            neighbour_correlation: match variance > 0.0 {
                true => sum / pairs.max(1.0) / variance,
                false => 0.0,
            },
        }
    }
}
