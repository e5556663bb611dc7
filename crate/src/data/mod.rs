//! Data sets: read from their published files, packed for the page, dealt out in deterministic batches.
//!
//! [`idx`] and [`pack`] know nothing of tensors, so that the build tool packs data without building Burn.

pub mod batches;
pub mod idx;
pub mod latents;
pub mod pack;
mod set;

pub use batches::Batches;
pub use latents::{Encoding, LatentError, LatentSet};
pub use pack::{DataError, ImageSet};
pub use set::DataSet;
