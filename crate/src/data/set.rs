//! What training asks of a data set, whatever it holds.

use std::fmt::Debug;

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::ImageSet;
use crate::model::AutoencoderKl;

/// What a data set is called, and its classes, in their order: a run keeps it, so that its labels stay readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataName {
    pub name: String,
    pub classes: Vec<String>,
}

/// Examples of one shape, by index, that training draws its batches from.
pub trait DataSet: Debug + Send + Sync {
    /// The number of examples, at least 1.
    fn count(&self) -> usize;

    /// `[channels, height, width]` of an example.
    fn shape(&self) -> [usize; 3];

    /// The number of classes; 0 where examples have no labels.
    fn classes(&self) -> u32;

    /// The class of example `index`, if it has one.
    fn label(&self, index: usize) -> Option<u8>;

    /// The examples as `x_0`, `[batch, channels, height, width]`.
    fn x_0(&self, indices: &[usize], device: &Device) -> Tensor<4>;

    /// The autoencoder whose latents the examples are; none where they are no latents.
    fn autoencoder(&self) -> Option<&AutoencoderKl> {
        None
    }
}

impl DataSet for ImageSet {
    fn count(&self) -> usize {
        self.count()
    }

    fn shape(&self) -> [usize; 3] {
        [self.channels, self.height, self.width].map(|n| n as usize)
    }

    fn classes(&self) -> u32 {
        self.classes
    }

    fn label(&self, index: usize) -> Option<u8> {
        self.labels.get(index).copied()
    }

    fn x_0(&self, indices: &[usize], device: &Device) -> Tensor<4> {
        self.images(indices, device)
    }
}
