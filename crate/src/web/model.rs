//! The network that pictures are drawn with, and all that drawing takes: that of the run, or one that was opened.

use burn::tensor::Device;

use super::protocol::DrawnWeights;
use crate::data::ImageSet;
use crate::error::{ConfigError, require};
use crate::interop::Scheduler;
use crate::model::preset::NULL_CLASS;
use crate::model::{Network, Preset};
use crate::prediction::Prediction;
use crate::sampler::{SampleConfig, Trajectory};
use crate::schedule::{Schedule, ScheduleConfig};
use crate::train::Trainer;

#[derive(Clone)]
pub struct Model {
    pub network: Network,
    pub scheduler: Scheduler,
    /// That of `scheduler`.
    pub schedule: Schedule,
    /// Channels, height and width of what it draws.
    pub image: [usize; 3],
    pub null_class: Option<u8>,
}

impl Model {
    /// That of a run as it is now.
    pub fn of_run(trainer: &Trainer, weights: DrawnWeights) -> Result<Self, ConfigError> {
        let config = trainer.config();
        let network = match weights {
            DrawnWeights::Ema => trainer.ema_network()?,
            DrawnWeights::Raw => trainer.network()?,
        };
        Self::of_preset(config.preset, &config.schedule, config.prediction, network)
    }

    /// One of our own networks, with what it was trained to predict.
    pub fn of_preset(
        preset: Preset,
        schedule: &ScheduleConfig,
        prediction: Prediction,
        network: Network,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            network,
            schedule: Schedule::new(schedule)?,
            scheduler: Scheduler {
                schedule: schedule.clone(),
                prediction,
                sample: SampleConfig {
                    clip_sample: preset.draws_pixels(),
                    ..SampleConfig::default()
                },
            },
            image: preset.input_shape(),
            null_class: preset.null_class(),
        })
    }

    /// The shape of `count` of its images.
    pub fn shape(&self, count: usize) -> [usize; 4] {
        let [channels, height, width] = self.image;
        [count, channels, height, width]
    }

    /// The start of a trajectory.
    pub fn trajectory(&self, config: &SampleConfig, device: &Device) -> Result<Trajectory, ConfigError> {
        Trajectory::new(
            config,
            &self.schedule,
            self.scheduler.prediction,
            self.shape(config.count),
            self.null_class,
            device,
        )
    }

    /// Whether the page's test images are such as the network takes, and their classes such as it knows.
    pub fn require_test_images(&self, test: &ImageSet) -> Result<(), ConfigError> {
        let expected = [1, test.height as usize, test.width as usize];
        require(
            self.image == expected,
            "network",
            format!("one for images of {:?}", self.image),
            format!("one for the test images, {expected:?}"),
        )?;
        require(
            self.null_class.is_none_or(|null_class| null_class >= NULL_CLASS),
            "network",
            format!("one for {} classes", self.null_class.unwrap_or_default()),
            format!("one for {NULL_CLASS} or more, or for none"),
        )
    }

    /// Why its pictures cannot be shown, where they cannot.
    pub fn obstacle(&self) -> Option<String> {
        let [channels, height, width] = self.image;
        (!matches!(channels, 1 | 3)).then(|| {
            format!(
                "it draws {channels} channels of {height}x{width}, latents perhaps, which nothing here decodes: \
                 shown are pictures of 1 channel, grey, or 3, coloured"
            )
        })
    }
}
