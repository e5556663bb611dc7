//! Sampling: from noise to images, one pure step function for each method.
//!
//! A method says how its step weighs the present state, the estimates of image and noise, and fresh noise, from the levels
//! it goes between. [`Step`] applies that, after what the network predicts, guidance and clipping; [`Trajectory`] puts the
//! parts together.

mod clipping;
mod config;
mod figures;
mod interpolation;
mod lockstep;
mod noise;
mod plan;
mod step;
mod trajectory;

pub mod ddim;
pub mod ddpm;
pub mod dpm_solver;
pub mod euler;
pub mod heun;
pub mod unipc;

pub use clipping::Clipping;
pub use config::{SampleConfig, SamplerKind};
pub use figures::{NoiseFigures, lengths, spread};
pub use interpolation::{lerp, slerp, way};
pub use lockstep::Lockstep;
pub use noise::start_noise;
pub use plan::{Transition, plan, resampled};
pub use step::{Addends, Step, StepWeights};
pub use trajectory::{Frame, Trajectory};

#[cfg(test)]
mod tests;
