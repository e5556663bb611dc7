//! A whole data set as an autoencoder's latents: encoded once, then learnt from as images are.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use thiserror::Error;

use super::DataSet;
use crate::error::{ConfigError, require};
use crate::model::AutoencoderKl;
use crate::runtime::{ReadError, read};

/// Why a data set has no latents.
#[derive(Debug, Error)]
pub enum LatentError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Labelled scaled latents, the means of their posteriors, with the autoencoder that turns them into images again.
#[derive(Clone, Debug)]
pub struct LatentSet {
    autoencoder: AutoencoderKl,
    classes: u32,
    labels: Vec<Option<u8>>,
    /// `[count, channels, height, width]`
    values: Vec<f32>,
}

impl LatentSet {
    /// What the encoder's latents were multiplied by.
    pub fn scale(&self) -> f64 {
        self.autoencoder.config().scaling_factor
    }

    /// All values, `[count, channels, height, width]`.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

impl DataSet for LatentSet {
    fn count(&self) -> usize {
        self.labels.len()
    }

    fn shape(&self) -> [usize; 3] {
        self.autoencoder.config().latent_shape()
    }

    fn classes(&self) -> u32 {
        self.classes
    }

    fn label(&self, index: usize) -> Option<u8> {
        self.labels.get(index).copied().flatten()
    }

    fn x_0(&self, indices: &[usize], device: &Device) -> Tensor<4> {
        let [channels, height, width] = self.shape();
        let size = channels * height * width;
        let latents = indices.iter().map(|i| &self.values[i * size..(i + 1) * size]);
        let values = latents.collect::<Vec<_>>().concat();
        Tensor::from_data(
            TensorData::new(values, [indices.len(), channels, height, width]),
            device,
        )
    }

    fn autoencoder(&self) -> Option<&AutoencoderKl> {
        Some(&self.autoencoder)
    }
}

/// A data set on its way through an encoder, pulled from outside: a page has other things to do meanwhile.
#[derive(Debug)]
pub struct Encoding {
    images: Arc<dyn DataSet>,
    autoencoder: AutoencoderKl,
    device: Device,
    /// Means of the posteriors, not scaled.
    values: Vec<f32>,
    encoded: usize,
}

impl Encoding {
    /// `autoencoder` is on `device`, without autodiff.
    pub fn new(
        images: Arc<dyn DataSet>,
        autoencoder: AutoencoderKl,
        device: &Device,
    ) -> Result<Self, ConfigError> {
        let [channels, height, width] = images.shape();
        let config = autoencoder.config();
        let expected = format!("{channels}, the channels of the images");
        require(
            config.in_channels == channels,
            "in_channels",
            config.in_channels,
            expected,
        )?;
        require(
            [height, width] == [config.sample_size; 2],
            "sample_size",
            config.sample_size,
            format!("that of the images, {height}x{width}"),
        )?;
        Ok(Self {
            images,
            autoencoder,
            device: device.clone(),
            values: Vec::new(),
            encoded: 0,
        })
    }

    /// Encodes up to `count` more images, but at least one, in one batch. `true` while there are more to come.
    pub async fn step(&mut self, count: usize) -> Result<bool, ReadError> {
        let end = (self.encoded + count.max(1)).min(self.images.count());
        let indices: Vec<usize> = (self.encoded..end).collect();
        if !indices.is_empty() {
            let x = self.images.x_0(&indices, &self.device);
            self.values.extend(read(self.autoencoder.encode(x).mean).await?);
            self.encoded = end;
        }
        Ok(self.encoded < self.images.count())
    }

    /// Images encoded so far.
    pub fn encoded(&self) -> usize {
        self.encoded
    }

    /// The latents of the images encoded so far, at the scale that the autoencoder is known to have: that of a run
    /// which is resumed.
    pub fn finish(mut self) -> LatentSet {
        let scale = self.autoencoder.config().scaling_factor as f32;
        for value in &mut self.values {
            *value *= scale;
        }
        LatentSet {
            autoencoder: self.autoencoder,
            classes: self.images.classes(),
            labels: (0..self.encoded).map(|i| self.images.label(i)).collect(),
            values: self.values,
        }
    }

    /// The latents of the images encoded so far, scaled to a variance of 1 over all components (Rombach et al., 2022,
    /// appendix G); the autoencoder keeps the factor.
    pub fn finish_with_unit_variance(mut self) -> Result<LatentSet, ConfigError> {
        let factor = standard_deviation(&self.values).recip();
        self.autoencoder = self.autoencoder.with_scaling_factor(factor)?;
        Ok(self.finish())
    }
}

fn standard_deviation(values: &[f32]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().map(|&value| value as f64).sum::<f64>() / count;
    let squares = values.iter().map(|&value| (value as f64 - mean).powi(2));
    (squares.sum::<f64>() / count).sqrt()
}
