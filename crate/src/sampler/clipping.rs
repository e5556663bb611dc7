//! Keeping the estimated image in the range of pixels.

use burn::tensor::Tensor;

use super::SampleConfig;

/// Halvings of the interval in which a percentile is looked for: to about a millionth of the largest value.
const HALVINGS: usize = 20;

/// What is done with x0_hat before a step uses it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clipping {
    None,
    /// Cut off at -1 and 1.
    Range,
    /// Dynamic thresholding (Saharia et al. 2022, "Photorealistic Text-to-Image Diffusion Models with Deep Language
    /// Understanding", section 2.3): cut off at this percentile of the image's absolute values, and scaled down to
    /// [-1, 1], where that is above 1.
    Dynamic(f64),
}

impl Clipping {
    pub fn of(config: &SampleConfig) -> Self {
        match config.dynamic_threshold {
            Some(percentile) => Self::Dynamic(percentile),
            None if config.clip_sample => Self::Range,
            None => Self::None,
        }
    }

    /// The largest absolute value left, where that does not depend on the image.
    pub fn limit(self) -> Option<f64> {
        match self {
            Self::None => Some(f32::MAX.into()),
            Self::Range => Some(1.0),
            Self::Dynamic(_) => None,
        }
    }

    pub fn apply(self, x0_hat: Tensor<4>) -> Tensor<4> {
        match self {
            Self::None => x0_hat,
            Self::Range => x0_hat.clamp(-1.0, 1.0),
            Self::Dynamic(percentile) => {
                let threshold = percentile_of(x0_hat.clone().abs(), percentile).clamp_min(1.0);
                (x0_hat / threshold).clamp(-1.0, 1.0)
            }
        }
    }
}

/// For each image the least value that at least a share `percentile` of its pixels do not exceed, `[batch, 1, 1, 1]`.
///
/// Found by bisection: sorting would read the image back from the GPU.
fn percentile_of(magnitude: Tensor<4>, percentile: f64) -> Tensor<4> {
    let mut width = magnitude.clone().max_dims(&[1, 2, 3]);
    let mut below = width.zeros_like();
    for _ in 0..HALVINGS {
        width = width * 0.5;
        let middle = below.clone() + width.clone();
        let share = magnitude
            .clone()
            .lower_equal(middle)
            .float()
            .mean_dims(&[1, 2, 3]);
        below = below + width.clone() * share.lower_scalar(percentile).float();
    }
    below + width
}
