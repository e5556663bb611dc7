//! What commands and events are made of.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::model::{Architecture, Inspection, Preset};
use crate::sampler::ddpm::Variance;
use crate::train::TrainConfig;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Split {
    Train,
    Test,
}

/// A network whose layers are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(untagged)]
pub enum DrawnNetwork {
    Known(Architecture),
    Opened(OpenedNetwork),
}

/// The model that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum OpenedNetwork {
    Opened,
}

/// What a run on latents trains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum LatentPart {
    Autoencoder,
    Network,
}

/// Networks whose costs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub struct LatentNetworks {
    pub pixels: Preset,
    pub latents: Preset,
    pub autoencoder: Preset,
}

/// What a network takes, for one image.
#[derive(Clone, Copy, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct NetworkCost {
    pub parameters: usize,
    pub multiply_adds: u64,
}

impl From<&Inspection> for NetworkCost {
    fn from(inspection: &Inspection) -> Self {
        Self {
            parameters: inspection.parameters(),
            multiply_adds: inspection.multiply_adds(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum SaveFormat {
    /// The whole run: weights, their average, the optimizer's moments.
    Checkpoint,
    /// The folder that diffusers opens, with the average of the weights.
    Diffusers,
}

/// Weights of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum DrawnWeights {
    /// Their exponential moving average over the steps.
    #[default]
    Ema,
    /// As the last step left them.
    Raw,
}

/// A file that was asked for.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct SavedFile {
    /// With `/` between folders.
    pub path: String,
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub bytes: Vec<u8>,
}

/// The run that a checkpoint is of.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct OpenedRun {
    pub config: TrainConfig,
    pub step: u32,
}

/// On what the variational bound is evaluated.
#[derive(Clone, Debug, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ObjectiveConfig {
    /// The first so many of the `test` split.
    pub images: u32,
    /// About so many timesteps, first and last among them.
    pub timesteps: u32,
    /// Of the reverse steps: the network learns none.
    pub variance: Variance,
    pub seed: u64,
}

/// What decides over the pictures, besides the seed. Pictures of the page's are bytes as in [`Frames`].
#[derive(Clone, Debug, Deserialize, Tsify)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Steer {
    /// `pictures` starting noises from that of the seed to that of `otherSeed` along the arc, then as many along the chord.
    Interpolate { other_seed: u64, pictures: u32 },
    /// `image`, told `label`, to noise and back: with each of these numbers of steps, two legs each. Then the last noise is
    /// told every class, in a leg of its own; without classes there is none.
    Invert {
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        image: Vec<u8>,
        label: Option<u8>,
        steps: Vec<usize>,
    },
    /// Begins at `image` with the noise of timestep `t`, from 1.
    Edit {
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        image: Vec<u8>,
        t: u32,
    },
    /// Keeps `image` where `hole` is black, and fills in where it is white.
    Inpaint {
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        image: Vec<u8>,
        #[serde(with = "serde_bytes")]
        #[tsify(type = "Uint8Array")]
        hole: Vec<u8>,
        jump_length: u32,
        jump_n_sample: u32,
    },
    /// One starting noise for all pictures, with each of these shares of fresh noise, a leg each.
    Variance { etas: Vec<f64> },
}

/// How pictures differ from each other, pixel by pixel: their mean, and the standard deviation, black where it is 0 and
/// white where it is 1. `overall` is the mean of the latter.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Spread {
    pub mean: Frames,
    pub deviation: Frames,
    pub overall: f64,
}

/// `count` images row by row, a byte for each of a pixel's channels; -1 is 0, +1 is 255, what lies outside is clipped.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Frames {
    pub width: u32,
    pub height: u32,
    /// 1 is grey, 3 is red, green and blue.
    pub channels: u32,
    pub count: u32,
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub pixels: Vec<u8>,
}

/// Grey pictures from the page, row by row, with the classes that were asked for.
#[derive(Clone, Debug, Deserialize, Tsify)]
pub struct Pictures {
    pub width: u32,
    pub height: u32,
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub labels: Vec<u8>,
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub pixels: Vec<u8>,
}

/// Points in the plane: the bytes of `x` and `y`, 32-bit floats, point by point.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Points {
    #[serde(with = "serde_bytes")]
    #[tsify(type = "Uint8Array")]
    pub coordinates: Vec<u8>,
}

/// Where one layer of attention looked.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct AttentionView {
    /// Its path in the block.
    pub layer: String,
    pub heads: u32,
    pub queries: u32,
    pub keys: u32,
    /// Head by head and query by query the weights of all keys, which add up to 1. Empty where they are too many to show.
    pub weights: Vec<f32>,
}

/// How long a block of a network takes.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct BlockTime {
    pub name: String,
    pub seconds: f64,
}
