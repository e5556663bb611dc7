//! How good samples are: read by a classifier, compared with real images as distributions, and looked up among the
//! images that were trained on.
//!
//! Samples are an [`ImageSet`](crate::data::ImageSet) as real images are, rounded to bytes, so that whatever is measured
//! of the ones can be measured of the others: that is how the floor of every figure is known.

pub mod classifier;
pub mod denoising;
mod eigen;
pub mod figures;
pub mod frechet;
pub mod manifest;
pub mod neighbours;
pub mod samples;
pub mod training;

pub use classifier::{Classifier, ClassifierConfig, ClassifierError};
pub use figures::{Figures, Reference};
pub use manifest::{Manifest, ShippedClassifier, ShippedFigures, ShippedModel};
pub use neighbours::NearestSearch;
pub use samples::Samples;
pub use training::{ClassifierRun, ClassifierTraining};
