//! Data sets: images read from their published files and packed for the page, points in the plane, both dealt out in
//! deterministic batches; and digits drawn by hand.
//!
//! [`idx`] and [`pack`] know nothing of tensors, so that the build tool packs data without building Burn.

pub mod batches;
pub mod drawing;
mod hold_out;
pub mod idx;
pub mod latents;
pub mod pack;
pub mod points;
mod set;

pub use batches::Batches;
pub use latents::{Encoding, LatentError, LatentSet};
pub use pack::{DataError, ImageSet};
pub use points::{PointSet, PointShape};
pub use set::{DataName, DataSet};
