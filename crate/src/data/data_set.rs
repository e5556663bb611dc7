//! What a run learns from, whatever it is made of.

use std::fmt::Debug;

use burn::tensor::{Device, Tensor};

use super::ImageSet;
use crate::model::AutoencoderKl;

/// Labelled examples `x_0` of one shape.
pub trait DataSet: Debug + Send + Sync {
    /// The number of examples.
    fn count(&self) -> usize;

    /// Channels, height and width of an example.
    fn shape(&self) -> [usize; 3];

    /// The number of classes; every label is below it.
    fn classes(&self) -> u32;

    /// The class of example `index`, which is below [`count`](Self::count).
    fn label(&self, index: usize) -> u8;

    /// Examples as `x_0`, `[indices, channels, height, width]`.
    fn x_0(&self, indices: &[usize], device: &Device) -> Tensor<4>;

    /// The autoencoder whose latents these are; none of what is no latents.
    fn autoencoder(&self) -> Option<&AutoencoderKl> {
        None
    }
}

/// Pixels in [-1, 1].
impl DataSet for ImageSet {
    fn count(&self) -> usize {
        self.count()
    }

    fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width].map(|size| size as usize)
    }

    fn classes(&self) -> u32 {
        self.classes
    }

    fn label(&self, index: usize) -> u8 {
        self.labels[index]
    }

    fn x_0(&self, indices: &[usize], device: &Device) -> Tensor<4> {
        self.images(indices, device)
    }
}
