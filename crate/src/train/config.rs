//! What a training run can be told, and why it cannot go on.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::error::{ConfigError, require};
use crate::model::Preset;
use crate::runtime::ReadError;
use crate::schedule::ScheduleConfig;

/// A training run; with the data set it determines every number that is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TrainConfig {
    pub preset: Preset,
    pub schedule: ScheduleConfig,
    /// Images a step.
    pub batch_size: usize,
    /// Of AdamW, after warm-up.
    pub learning_rate: f64,
    /// Steps over which the learning rate rises from 0.
    pub warm_up_steps: u32,
    pub weight_decay: f64,
    /// Largest norm of the gradient.
    pub grad_clip: f64,
    /// Of the exponential moving average of the weights, once the run is long.
    pub ema_decay: f64,
    /// Probability that a label is replaced by the null class (classifier-free guidance).
    pub label_dropout: f64,
    pub seed: u64,
    /// Steps between grids of samples.
    pub grid_every: u32,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            preset: Preset::default(),
            schedule: ScheduleConfig::default(),
            batch_size: 64,
            learning_rate: 1e-3,
            warm_up_steps: 100,
            weight_decay: 1e-4,
            grad_clip: 1.0,
            ema_decay: 0.999,
            label_dropout: 0.1,
            seed: 0,
            grid_every: 100,
        }
    }
}

impl TrainConfig {
    pub fn validate(&self) -> Result<(), ConfigError> {
        let in_range = |field, value: f64, min: f64, max: f64| {
            require(
                (min..=max).contains(&value),
                field,
                value,
                format!("from {min} to {max}"),
            )
        };
        in_range("batch_size", self.batch_size as f64, 1.0, 4096.0)?;
        in_range("learning_rate", self.learning_rate, 0.0, 1.0)?;
        in_range("weight_decay", self.weight_decay, 0.0, 10.0)?;
        in_range("grad_clip", self.grad_clip, 1e-6, 1e6)?;
        in_range("ema_decay", self.ema_decay, 0.0, 1.0)?;
        in_range("label_dropout", self.label_dropout, 0.0, 1.0)?;
        in_range("grid_every", self.grid_every as f64, 1.0, 1e6)
    }

    /// The learning rate of update number `step`, from 1: a straight rise, then constant.
    pub fn learning_rate_at(&self, step: u32) -> f64 {
        self.learning_rate * (step as f64 / self.warm_up_steps.max(1) as f64).min(1.0)
    }

    /// The decay of the moving average at update number `step`, from 1: it forgets the random start quickly.
    pub fn ema_decay_at(&self, step: u32) -> f64 {
        self.ema_decay.min((1.0 + step as f64) / (10.0 + step as f64))
    }
}

/// Why a run cannot begin or go on.
#[derive(Debug, Error)]
pub enum TrainError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the data are {found}, the network needs {expected} and at most {classes} classes")]
    Data {
        expected: String,
        found: String,
        classes: u8,
    },
    #[error("the loss is no longer a number at step {0}: restart with a lower learning rate")]
    Diverged(u32),
    #[error(transparent)]
    Read(#[from] ReadError),
}
