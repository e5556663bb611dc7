//! A small convolutional classifier: what reads the samples, and whose features they are compared by.

use burn::module::Module;
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::data::ImageSet;
use crate::error::{ConfigError, require};
use crate::interop::safetensors::{self, Dtype, SafetensorsError};
use crate::model::layers::{Conv2d, GroupNorm, Init, Linear};
use crate::model::parameters::{self, LoadError};
use crate::runtime::{ReadError, read};

const HEADER: &str = "diffusion_playground_classifier";
/// Images that are read together.
const BATCH: usize = 500;

/// The shape of a [`Classifier`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClassifierConfig {
    pub in_channels: usize,
    pub classes: usize,
    /// Channels of the first convolution; the last have four times as many, which are the features.
    pub base_channels: usize,
    /// Groups of the normalisations.
    pub groups: usize,
}

impl Default for ClassifierConfig {
    fn default() -> Self {
        Self {
            in_channels: 1,
            classes: 10,
            base_channels: 32,
            groups: 8,
        }
    }
}

impl ClassifierConfig {
    pub fn validate(&self) -> Result<(), ConfigError> {
        for (field, value, most) in [
            ("in_channels", self.in_channels, 16),
            ("classes", self.classes, 256),
            ("base_channels", self.base_channels, 256),
            ("groups", self.groups, 256),
        ] {
            require(
                (1..=most).contains(&value),
                field,
                value,
                format!("from 1 to {most}"),
            )?;
        }
        require(
            self.base_channels.is_multiple_of(self.groups),
            "base_channels",
            self.base_channels,
            format!("a multiple of the {} groups", self.groups),
        )
    }

    /// The number of features.
    pub fn features(&self) -> usize {
        4 * self.base_channels
    }

    /// With random weights, a function of `seed`.
    pub fn init(&self, seed: u64, device: &Device) -> Result<Classifier, ConfigError> {
        self.validate()?;
        let init = &mut Init::new(seed, device);
        let base = self.base_channels;
        let plan = [
            (self.in_channels, base, 1),
            (base, 2 * base, 2),
            (2 * base, 4 * base, 2),
            (4 * base, 4 * base, 1),
            (4 * base, 4 * base, 1),
        ];
        let block = |(input, output, stride)| Block {
            conv: Conv2d::init(input, output, 3, stride, 1, init),
            norm: GroupNorm::init(output, self.groups, 1e-5, init),
        };
        Ok(Classifier {
            blocks: plan.map(block).into(),
            linear: Linear::init(self.features(), self.classes, init),
            config: self.clone(),
        })
    }
}

/// A 3x3 convolution, group norm and SiLU.
#[derive(Module, Debug)]
struct Block {
    conv: Conv2d,
    norm: GroupNorm,
}

/// Five [`Block`]s, the mean over all pixels, and a linear map to the classes' logits.
#[derive(Module, Debug)]
pub struct Classifier {
    blocks: Vec<Block>,
    linear: Linear,
    #[module(skip)]
    config: ClassifierConfig,
}

/// What a classifier says of images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The most probable class of each image.
    pub classes: Vec<u8>,
    /// How probable that class is: the softmax of the logits.
    pub probabilities: Vec<f32>,
    /// `[count, features]`
    pub features: Vec<f32>,
}

impl Reading {
    /// The share of images that are read as their labels say.
    pub fn accuracy(&self, labels: &[u8]) -> f64 {
        let right = self.classes.iter().zip(labels).filter(|(a, b)| a == b).count();
        right as f64 / labels.len().max(1) as f64
    }
}

impl Classifier {
    pub fn config(&self) -> &ClassifierConfig {
        &self.config
    }

    /// Images `[batch, channels, height, width]` in [-1, 1] -> features `[batch, features]`: what the linear map to the
    /// classes sees.
    pub fn features(&self, x: Tensor<4>) -> Tensor<2> {
        let h = self
            .blocks
            .iter()
            .fold(x, |h, Block { conv, norm }| norm.forward_silu(conv.forward(h)));
        let [batch, channels, height, width] = h.dims();
        h.reshape([batch, channels, height * width])
            .mean_dim(2)
            .reshape([batch, channels])
    }

    /// Features -> logits `[batch, classes]`
    pub fn logits(&self, features: Tensor<2>) -> Tensor<2> {
        self.linear.forward(features)
    }

    /// The cross-entropy of images whose classes are `target`, `[batch, classes]`, a 1 in each row: its mean, `[1]`.
    pub fn loss(&self, x: Tensor<4>, target: Tensor<2>) -> Tensor<1> {
        let [batch, _] = target.dims();
        let log_probabilities = log_softmax(self.logits(self.features(x)), 1);
        (log_probabilities * target).sum() / -(batch as f64)
    }

    /// Whether the classifier can read images of a set.
    pub fn check(&self, images: &ImageSet) -> Result<(), ConfigError> {
        let channels = images.channels as usize;
        let expected = format!("{channels}, the channels of the images");
        require(
            self.config.in_channels == channels,
            "in_channels",
            self.config.in_channels,
            expected,
        )?;
        let expected = format!("{}, the classes of the images", images.classes);
        require(
            self.config.classes == images.classes as usize,
            "classes",
            self.config.classes,
            expected,
        )
    }

    /// Reads all images of a set, a batch at a time; `progress` is told how many are done.
    pub async fn read(&self, images: &ImageSet, device: &Device) -> Result<Reading, ReadError> {
        let mut reading = Reading::default();
        let indices: Vec<usize> = (0..images.count()).collect();
        for batch in indices.chunks(BATCH) {
            let features = self.features(images.images(batch, device));
            let logits = self.logits(features.clone());
            // One read-back for the two.
            let [_, size] = features.dims();
            let both = read(Tensor::cat(vec![features, logits], 1)).await?;
            for row in both.chunks_exact(size + self.config.classes) {
                let (features, logits) = row.split_at(size);
                reading.features.extend(features);
                let (best, probability) = most_probable(logits);
                reading.classes.push(best as u8);
                reading.probabilities.push(probability);
            }
        }
        Ok(reading)
    }

    /// The classifier as a safetensors file, in f16.
    pub async fn to_file(&self) -> Result<Vec<u8>, ClassifierError> {
        let flat = read(parameters::flatten(self)).await?;
        let weights = parameters::by_name(&parameters::names(self), &flat);
        let header = serde_json::to_string(&self.config)?;
        let tensors = weights.iter().map(|(name, data)| (name.clone(), data));
        let metadata = [(HEADER.to_string(), header)].into();
        Ok(safetensors::write_as(Dtype::F16, tensors, &metadata))
    }

    /// The classifier that [`to_file`](Self::to_file) wrote.
    pub fn parse(file: &[u8], device: &Device) -> Result<Self, ClassifierError> {
        let file = safetensors::read(file)?;
        let header = file.metadata.get(HEADER).ok_or(ClassifierError::NoHeader)?;
        let config: ClassifierConfig = serde_json::from_str(header)?;
        Ok(parameters::load(config.init(0, device)?, file.tensors)?)
    }
}

/// The class of the largest logit, and its softmax.
fn most_probable(logits: &[f32]) -> (usize, f32) {
    let best = (0..logits.len())
        .max_by(|&a, &b| logits[a].total_cmp(&logits[b]))
        .unwrap_or_default();
    let sum: f32 = logits.iter().map(|logit| (logit - logits[best]).exp()).sum();
    (best, 1.0 / sum)
}

/// Why a file is no classifier.
#[derive(Debug, Error)]
pub enum ClassifierError {
    #[error(transparent)]
    File(#[from] SafetensorsError),
    #[error("the file has no \"{HEADER}\" header: it is none that `diffusion train-classifier` wrote")]
    NoHeader,
    #[error("the file's header cannot be read: {0}")]
    Header(#[from] serde_json::Error),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Read(#[from] ReadError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;

    #[test]
    fn the_most_probable_class_and_how_probable_it_is() {
        let (best, probability) = most_probable(&[0.0, 3f32.ln(), 0.0]);
        assert_eq!(best, 1);
        assert!((probability - 0.6).abs() < 1e-6);
        // Logits beyond what exp can hold.
        assert_eq!(most_probable(&[-1e30, 500.0, 400.0]), (1, 1.0));
        assert_eq!(most_probable(&[7.0, 7.0, 7.0, 7.0]).1, 0.25);
    }

    /// What is read of images is what the layers say of them, one by one.
    #[test]
    fn probabilities_are_the_softmax_of_the_logits() {
        let device = Device::flex();
        let config = ClassifierConfig {
            base_channels: 4,
            groups: 2,
            ..ClassifierConfig::default()
        };
        let classifier = config.init(3, &device).unwrap();
        let pixels = (0..2 * 784).map(|i| (i * 37 % 256) as u8).collect();
        let images = ImageSet::new(1, 28, 28, 10, vec![0, 1], pixels).unwrap();
        let reading = block_on(classifier.read(&images, &device)).unwrap();
        for index in 0..2 {
            let logits = classifier.logits(classifier.features(images.images(&[index], &device)));
            let expected = block_on(read(log_softmax(logits, 1))).unwrap();
            let class = reading.classes[index] as usize;
            assert!(expected.iter().all(|&value| value <= expected[class]));
            assert!((reading.probabilities[index].ln() - expected[class]).abs() < 1e-5);
        }
    }
}
