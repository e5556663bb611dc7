//! What a training run can be told, and why it cannot go on.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::data::DataName;
use crate::error::{ConfigError, require};
use crate::model::Preset;
use crate::prediction::Prediction;
use crate::runtime::ReadError;
use crate::sampler::SampleConfig;
use crate::sampler::ddpm::Variance;
use crate::schedule::ScheduleConfig;

/// A training run; with the data set it determines every number that is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct TrainConfig {
    pub preset: Preset,
    pub schedule: ScheduleConfig,
    /// What the network learns to predict. A flow has a path of its own: of the schedule it takes only the number of
    /// timesteps.
    pub prediction: Prediction,
    /// Images a step.
    pub batch_size: usize,
    /// Of AdamW, after warm-up.
    pub learning_rate: f64,
    /// Steps over which the learning rate rises from 0.
    pub warm_up_steps: u32,
    /// The step at which the learning rate has fallen to 0, from warm-up on along half a cosine; 0 for none: it stays.
    pub cosine_decay_steps: u32,
    pub weight_decay: f64,
    /// Largest norm of the gradient.
    pub grad_clip: f64,
    /// Of the exponential moving average of the weights, once the run is long.
    pub ema_decay: f64,
    /// An autoencoder's weight of its latents' divergence from standard normal ones, in nats an image, beside the mean
    /// squared error of a pixel. 1e-6 reckons with an error of 2.5 of 255 grey levels at 28x28: the latents are hardly
    /// blurred, but kept from drifting apart.
    pub kl_weight: f64,
    /// Probability that a label is replaced by the null class (classifier-free guidance).
    pub label_dropout: f64,
    pub seed: u64,
    /// Steps between grids of samples.
    pub grid_every: u32,
    /// What it learns from, where that is known by a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<DataName>,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            preset: Preset::default(),
            schedule: ScheduleConfig::default(),
            prediction: Prediction::default(),
            batch_size: 64,
            learning_rate: 1e-3,
            warm_up_steps: 100,
            cosine_decay_steps: 0,
            weight_decay: 1e-4,
            grad_clip: 1.0,
            ema_decay: 0.999,
            kl_weight: 1e-6,
            label_dropout: 0.1,
            seed: 0,
            grid_every: 100,
            data: None,
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
        require(
            self.cosine_decay_steps == 0 || self.cosine_decay_steps > self.warm_up_steps,
            "cosine_decay_steps",
            self.cosine_decay_steps,
            format!(
                "more than the {} steps of warm-up, or 0 for no decay",
                self.warm_up_steps
            ),
        )?;
        require(
            !(self.preset.learns_variance() && self.prediction == Prediction::Flow),
            "prediction",
            "flow",
            "epsilon, sample or v for a network that learns the variance of its steps: a flow's have none",
        )?;
        in_range("weight_decay", self.weight_decay, 0.0, 10.0)?;
        in_range("grad_clip", self.grad_clip, 1e-6, 1e6)?;
        in_range("ema_decay", self.ema_decay, 0.0, 1.0)?;
        in_range("kl_weight", self.kl_weight, 0.0, 1.0)?;
        in_range("label_dropout", self.label_dropout, 0.0, 1.0)?;
        in_range("grid_every", self.grid_every as f64, 1.0, 1e6)
    }

    /// How its samples are drawn where nothing else is asked for.
    pub fn sampling(&self) -> SampleConfig {
        let draws_pixels = self.preset.draws_pixels();
        SampleConfig {
            clip_sample: draws_pixels,
            // Where there is hardly any signal guidance pulls x0_hat far out of range: eps_hat has to follow.
            use_clipped_model_output: draws_pixels,
            variance: match self.preset.learns_variance() {
                true => Variance::LearnedRange,
                false => Variance::default(),
            },
            ..SampleConfig::default()
        }
    }

    /// The learning rate of update number `step`, from 1: see [`learning_rate`].
    pub fn learning_rate_at(&self, step: u32) -> f64 {
        learning_rate(
            self.learning_rate,
            self.warm_up_steps,
            self.cosine_decay_steps,
            step,
        )
    }

    /// The decay of the moving average at update number `step`, from 1: it forgets the random start quickly.
    pub fn ema_decay_at(&self, step: u32) -> f64 {
        self.ema_decay.min((1.0 + step as f64) / (10.0 + step as f64))
    }
}

/// The learning rate of update number `step`, from 1: a straight rise to `peak` over the warm-up, then half a cosine
/// down to 0 at `decay_steps` (Loshchilov and Hutter 2017, "SGDR", equation 5, without restarts), or constant where that
/// is 0.
pub fn learning_rate(peak: f64, warm_up_steps: u32, decay_steps: u32, step: u32) -> f64 {
    if step < warm_up_steps || decay_steps == 0 {
        return peak * (step as f64 / warm_up_steps.max(1) as f64).min(1.0);
    }
    let length = decay_steps.saturating_sub(warm_up_steps).max(1) as f64;
    let done = ((step - warm_up_steps) as f64 / length).min(1.0);
    peak * 0.5 * (1.0 + libm::cos(PI * done))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_learning_rate_rises_then_stays_or_falls_along_a_cosine() {
        let rate = |decay, step| learning_rate(2.0, 100, decay, step);
        assert_eq!(
            [1, 50, 100, 5000].map(|step| rate(0, step)),
            [0.02, 1.0, 2.0, 2.0]
        );
        assert_eq!([50, 100].map(|step| rate(1100, step)), [1.0, 2.0]);
        assert!((rate(1100, 600) - 1.0).abs() < 1e-12, "half way down");
        assert!(
            (rate(1100, 350) - (1.0 + 0.5f64.sqrt())).abs() < 1e-12,
            "a quarter of the way"
        );
        assert_eq!([1100, 9000].map(|step| rate(1100, step)), [0.0, 0.0]);
        assert_eq!(learning_rate(2.0, 0, 0, 1), 2.0);
    }

    #[test]
    fn a_decay_that_ends_within_the_warm_up_is_refused() {
        let config = |cosine_decay_steps| TrainConfig {
            cosine_decay_steps,
            ..TrainConfig::default()
        };
        assert!(config(0).validate().is_ok() && config(101).validate().is_ok());
        assert_eq!(config(100).validate().unwrap_err().field, "cosine_decay_steps");
    }

    #[test]
    fn a_flow_with_a_learned_variance_is_refused() {
        let config = |prediction| TrainConfig {
            preset: Preset::DitLearnedSigma,
            prediction,
            ..TrainConfig::default()
        };
        assert!(config(Prediction::V).validate().is_ok());
        let error = config(Prediction::Flow).validate().unwrap_err();
        assert_eq!(error.field, "prediction");
    }

    #[test]
    fn a_configuration_keeps_the_name_of_its_data_where_there_is_one() {
        let text = serde_json::to_string(&TrainConfig::default()).unwrap();
        assert!(!text.contains("\"data\""), "{text}");
        let config = TrainConfig {
            data: Some(DataName {
                name: "stripes".into(),
                classes: vec!["level".into(), "upright".into()],
            }),
            ..TrainConfig::default()
        };
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<TrainConfig>(&text).unwrap(), config);
    }

    #[test]
    fn a_configuration_from_before_there_was_a_choice_predicts_noise_at_a_constant_rate() {
        let config: TrainConfig = serde_json::from_str(r#"{"batchSize": 8}"#).unwrap();
        assert_eq!(
            (config.prediction, config.cosine_decay_steps),
            (Prediction::Epsilon, 0)
        );
    }
}
