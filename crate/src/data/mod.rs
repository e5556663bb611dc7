//! Data sets: read from their published files, packed for the page, dealt out in deterministic batches.
//!
//! [`idx`] and [`pack`] know nothing of tensors, so that the build tool packs data without building Burn.

pub mod batches;
pub mod idx;
pub mod pack;

pub use batches::Batches;
pub use pack::{DataError, ImageSet};
