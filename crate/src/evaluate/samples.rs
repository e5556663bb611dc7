//! Many samples, as many of each class, in batches.

use burn::tensor::Device;
use thiserror::Error;

use crate::data::{DataError, ImageSet};
use crate::error::{ConfigError, require};
use crate::model::{AutoencoderKl, Network, Replayed};
use crate::prediction::Prediction;
use crate::runtime::{ReadError, read};
use crate::sampler::{SampleConfig, Trajectory};
use crate::schedule::Schedule;

/// Steps between two waits for the device: no more work than this is ever queued on it.
const STEPS_A_WAIT: usize = 20;

/// What samples are drawn with.
#[derive(Debug)]
pub struct Samples<'a> {
    pub network: &'a Network,
    pub schedule: Schedule,
    pub prediction: Prediction,
    /// Channels, height and width of what the network draws.
    pub shape: [usize; 3],
    /// Classes 0 up to this one are asked for.
    pub null_class: Option<u8>,
    /// What makes images of latents.
    pub latent_space: Option<&'a AutoencoderKl>,
    pub device: Device,
}

/// Why no samples can be drawn.
#[derive(Debug, Error)]
pub enum SamplesError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Data(#[from] DataError),
}

impl Samples<'_> {
    /// `config.count` images, rounded to bytes as real ones are, with the classes that they were asked for as labels:
    /// one class after the other. Drawn `batch` at a time, each batch with a seed of its own, counting from the
    /// configuration's. `progress` is told how many are done.
    pub async fn draw(
        &self,
        config: &SampleConfig,
        batch: usize,
        mut progress: impl FnMut(usize),
    ) -> Result<ImageSet, SamplesError> {
        require((1..=4096).contains(&batch), "batch", batch, "from 1 to 4096")?;
        let Some(classes) = self.null_class else {
            let expected = "a network that knows classes, which samples are asked for by";
            return Err(ConfigError::new("model", "a network without classes", expected).into());
        };
        let labels: Vec<u8> = (0..config.count)
            .map(|i| (i % classes.max(1) as usize) as u8)
            .collect();
        let network = Replayed::new(self.network.clone());
        let mut pixels = Vec::new();
        let mut shape = self.shape;
        for (number, labels) in labels.chunks(batch).enumerate() {
            let config = SampleConfig {
                count: labels.len(),
                seed: config.seed.wrapping_add(number as u64),
                class: None,
                ..config.clone()
            };
            let (values, found) = self.batch(&network, &config, labels).await?;
            shape = found;
            // A cast saturates.
            pixels.extend(values.iter().map(|value| ((value + 1.0) * 127.5).round() as u8));
            progress(number * batch + labels.len());
        }
        let [channels, height, width] = shape.map(|n| n as u32);
        Ok(ImageSet::new(
            channels,
            height,
            width,
            classes.into(),
            labels,
            pixels,
        )?)
    }

    /// Images in [-1, 1], and the shape of one.
    async fn batch(
        &self,
        network: &Replayed,
        config: &SampleConfig,
        labels: &[u8],
    ) -> Result<(Vec<f32>, [usize; 3]), SamplesError> {
        let [channels, height, width] = self.shape;
        let mut trajectory = Trajectory::new(
            config,
            &self.schedule,
            self.prediction,
            [config.count, channels, height, width],
            self.null_class,
            &self.device,
        )?
        .with_labels(labels)?;
        while trajectory.step(network).is_some() {
            if trajectory.taken().is_multiple_of(STEPS_A_WAIT) {
                read(trajectory.x_t().slice([0..1, 0..1, 0..1, 0..1])).await?;
            }
        }
        let images = match self.latent_space {
            Some(autoencoder) => autoencoder.to_images(trajectory.x_t()),
            None => trajectory.x_t(),
        };
        let [_, channels, height, width] = images.dims();
        Ok((read(images).await?, [channels, height, width]))
    }
}
