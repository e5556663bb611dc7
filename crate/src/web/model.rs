//! The network that pictures are drawn with, and all that drawing takes: that of the run, or one that was opened.

use burn::tensor::{Device, Tensor};

use super::protocol::DrawnWeights;
use crate::data::{DataName, ImageSet};
use crate::error::{ConfigError, require};
use crate::interop::Scheduler;
use crate::model::preset::NULL_CLASS;
use crate::model::{AutoencoderKl, Network, Replayed};
use crate::sampler::{SampleConfig, Trajectory};
use crate::schedule::Schedule;
use crate::train::{TrainConfig, Trainer};

#[derive(Clone)]
pub struct Model {
    pub network: Network,
    /// `network` as samplers ask it, step after step.
    pub replayed: Replayed,
    pub scheduler: Scheduler,
    /// That of `scheduler`.
    pub schedule: Schedule,
    /// Channels, height and width of what it takes: of pictures, or of latents.
    pub image: [usize; 3],
    /// What makes pictures of its latents, where it draws such.
    pub latent_space: Option<AutoencoderKl>,
    pub null_class: Option<u8>,
    /// What it was trained on, where that is known by a name.
    pub data: Option<DataName>,
}

impl Model {
    /// That of a run as it is now.
    pub fn of_run(trainer: &Trainer, weights: DrawnWeights) -> Result<Self, ConfigError> {
        let config = trainer.config();
        let network = match weights {
            DrawnWeights::Ema => trainer.ema_network()?,
            DrawnWeights::Raw => trainer.network()?,
        };
        Self::of_config(config, network, trainer.latent_space().cloned())
    }

    /// One of our own networks, as it was trained, with what makes pictures of its latents if it learned from such.
    pub fn of_config(
        config: &TrainConfig,
        network: Network,
        latent_space: Option<AutoencoderKl>,
    ) -> Result<Self, ConfigError> {
        let preset = config.preset;
        Ok(Self {
            replayed: Replayed::new(network.clone()),
            network,
            schedule: Schedule::new(&config.schedule)?,
            scheduler: Scheduler {
                schedule: config.schedule.clone(),
                prediction: config.prediction,
                sample: config.sampling(),
            },
            image: preset.input_shape(),
            latent_space,
            null_class: preset.null_class(),
            data: config.data.clone(),
        })
    }

    /// The shape of `count` of its images.
    pub fn shape(&self, count: usize) -> [usize; 4] {
        let [channels, height, width] = self.image;
        [count, channels, height, width]
    }

    /// What it draws as pictures: decoded, where it draws latents.
    pub fn pictures(&self, x: Tensor<4>) -> Tensor<4> {
        match &self.latent_space {
            Some(autoencoder) => autoencoder.to_images(x),
            None => x,
        }
    }

    /// Channels, height and width of its pictures.
    pub fn picture_shape(&self) -> [usize; 3] {
        match &self.latent_space {
            Some(autoencoder) => autoencoder.config().image_shape(),
            None => self.image,
        }
    }

    /// `config` with what is the network's to decide: latents are no pixels, and stay unclipped; the variance of its steps
    /// may be its own.
    pub fn settled(&self, config: &SampleConfig) -> SampleConfig {
        SampleConfig {
            clip_sample: config.clip_sample && self.latent_space.is_none(),
            variance: self.scheduler.sample.variance,
            ..config.clone()
        }
    }

    /// The start of a trajectory.
    pub fn trajectory(&self, config: &SampleConfig, device: &Device) -> Result<Trajectory, ConfigError> {
        Trajectory::new(
            &self.settled(config),
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
        let [channels, height, width] = self.picture_shape();
        (!matches!(channels, 1 | 3)).then(|| {
            format!(
                "it draws {channels} channels of {height}x{width}, latents perhaps, without the autoencoder that decodes them: \
                 shown are pictures of 1 channel, grey, or 3, coloured"
            )
        })
    }
}
