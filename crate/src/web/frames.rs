//! Tensors as pictures.

use burn::tensor::Tensor;

use super::protocol::Frames;
use crate::runtime::{ReadError, read};

impl Frames {
    /// Several tensors `[count, channels, height, width]` of one shape as pictures, read back together. Of one channel
    /// they are grey, of three coloured.
    pub async fn read<const N: usize>(tensors: [Tensor<4>; N]) -> Result<[Self; N], ReadError> {
        let [count, channels, height, width] = tensors[0].dims();
        let mut together = Tensor::cat(tensors.into(), 0);
        if channels > 1 {
            // A pixel's channels side by side.
            together = together.permute([0, 2, 3, 1]);
        }
        let values = read(together).await?;
        let mut parts = values.chunks_exact(count * channels * height * width);
        Ok(std::array::from_fn(|_| {
            Self::of([channels, height, width], parts.next().unwrap_or_default())
        }))
    }

    /// Grey pictures of values that were read back before.
    pub fn new([height, width]: [usize; 2], values: &[f32]) -> Self {
        Self::of([1, height, width], values)
    }

    /// Pictures of values, a pixel's channels side by side.
    fn of([channels, height, width]: [usize; 3], values: &[f32]) -> Self {
        Self {
            width: width as u32,
            height: height as u32,
            channels: channels as u32,
            count: (values.len() / (channels * height * width).max(1)) as u32,
            pixels: values.iter().map(|&value| to_byte(value)).collect(),
        }
    }
}

/// -1 is 0, +1 is 255, what lies outside is clipped.
fn to_byte(value: f32) -> u8 {
    // A cast saturates.
    ((value + 1.0) * 127.5).round() as u8
}
