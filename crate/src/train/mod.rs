//! Training: the objectives, the loop's one step, and the file that a run is kept in.

pub mod bands;
pub mod checkpoint;
pub mod config;
pub mod objective;
mod pending;
mod profiled;
mod queue;
pub mod race;
pub mod reconstruction;
mod recorded;
pub mod trainer;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use config::{TrainConfig, TrainError};
pub use pending::Pending;
pub use queue::Queue;
pub use reconstruction::Reconstruction;
pub use trainer::{StepReport, Trainer};
