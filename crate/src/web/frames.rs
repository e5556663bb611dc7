//! Tensors as pictures.

use burn::tensor::Tensor;

use super::protocol::Frames;
use crate::runtime::{ReadError, read};

impl Frames {
    /// Several tensors `[count, 1, height, width]` of one shape as pictures, read back together.
    pub async fn read<const N: usize>(tensors: [Tensor<4>; N]) -> Result<[Self; N], ReadError> {
        let [count, _, height, width] = tensors[0].dims();
        let values = read(Tensor::cat(tensors.into(), 0)).await?;
        let mut parts = values.chunks_exact(count * height * width);
        Ok(std::array::from_fn(|_| {
            Self::new([height, width], parts.next().unwrap_or_default())
        }))
    }

    /// Values read back before, picture by picture.
    pub fn new([height, width]: [usize; 2], values: &[f32]) -> Self {
        Self {
            width: width as u32,
            height: height as u32,
            count: (values.len() / (height * width).max(1)) as u32,
            pixels: values.iter().map(|&value| to_byte(value)).collect(),
        }
    }
}

/// -1 is 0, +1 is 255, what lies outside is clipped.
fn to_byte(value: f32) -> u8 {
    // A cast saturates.
    ((value + 1.0) * 127.5).round() as u8
}
