//! The one seam between native and web: which device computes, what time it is, and how values come back from it.

pub mod clock;
mod compute;
mod laps;
mod memory;
mod profile;
mod replay;
pub(crate) mod work;

pub use compute::{Backend, Compute, ComputeError, Wanted};
pub use laps::Laps;
pub use memory::{GpuMemory, give_back};
pub use profile::{KernelTime, Profile};
pub use replay::{Recording, Unreplayed, may_replay};

use burn::tensor::Tensor;
use thiserror::Error;

/// Values could not be brought back from the device.
#[derive(Debug, Error)]
#[error("the device did not give its result back: {0}")]
pub struct ReadError(String);

/// All values of a tensor, row by row. This waits for the device: call it once in several steps, never in each.
pub async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, ReadError> {
    let data = tensor
        .into_data_async()
        .await
        .map_err(|error| ReadError(error.to_string()))?;
    data.convert::<f32>()
        .try_into_vec()
        .map_err(|error| ReadError(format!("{error:?}")))
}
