//! diffusers' `scheduler_config.json`: the noise schedule, what the network predicts, and how to sample.
//!
//! What concerns the schedule and the network must be followed, or samples are noise: what cannot be is an error. What
//! concerns only the sampler may be replaced, and is listed as a warning.

mod class;
mod read;
mod write;

use crate::prediction::Prediction;
use crate::sampler::SampleConfig;
use crate::schedule::{ScheduleConfig, ScheduleKind, Spacing};

pub use read::read;
pub use write::write;

/// What a scheduler's configuration says. Of `sample` it says nothing on what diffusers' pipelines are told with each
/// call: steps, class, guidance, seed, count, eta.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scheduler {
    pub schedule: ScheduleConfig,
    pub prediction: Prediction,
    pub sample: SampleConfig,
}

const SCHEDULES: [(&str, ScheduleKind); 4] = [
    ("linear", ScheduleKind::Linear),
    ("scaled_linear", ScheduleKind::ScaledLinear),
    ("squaredcos_cap_v2", ScheduleKind::Cosine),
    ("sigmoid", ScheduleKind::Sigmoid),
];

const PREDICTIONS: [(&str, Prediction); 4] = [
    ("epsilon", Prediction::Epsilon),
    ("sample", Prediction::Sample),
    ("v_prediction", Prediction::V),
    ("flow_prediction", Prediction::Flow),
];

const SPACINGS: [(&str, Spacing); 3] = [
    ("leading", Spacing::Leading),
    ("trailing", Spacing::Trailing),
    ("linspace", Spacing::Linspace),
];

/// A `sample_max_value` from here on limits no image's dynamic threshold.
const UNLIMITED: f64 = 1e6;

/// diffusers' name for a value.
fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names
        .iter()
        .find(|(_, named)| *named == value)
        .map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests;
