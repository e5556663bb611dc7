//! Training the classifier: cross-entropy, AdamW, images moved about a little.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::classifier::{Classifier, ClassifierConfig};
use crate::data::{Batches, ImageSet};
use crate::error::{ConfigError, require};
use crate::kernels::{self, AdamW, Moments, Rates, Weights};
use crate::model::parameters;
use crate::rng::{Rng, Stream};
use crate::runtime::{ReadError, read};
use crate::train::config::learning_rate;

/// How a classifier is trained; with the images it determines every number that is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ClassifierTraining {
    pub steps: u32,
    pub batch_size: usize,
    /// Of AdamW at the end of warm-up; from there it falls to 0 along half a cosine.
    pub learning_rate: f64,
    pub warm_up_steps: u32,
    pub weight_decay: f64,
    /// Of the moving average of the weights, which is what is kept.
    pub ema_decay: f64,
    /// Most pixels that an image is moved by, in each direction.
    pub shift: u32,
    pub seed: u64,
}

impl Default for ClassifierTraining {
    fn default() -> Self {
        Self {
            steps: 8000,
            batch_size: 128,
            learning_rate: 2e-3,
            warm_up_steps: 200,
            weight_decay: 0.01,
            ema_decay: 0.999,
            shift: 2,
            seed: 0,
        }
    }
}

impl ClassifierTraining {
    fn validate(&self) -> Result<(), ConfigError> {
        let size = self.batch_size;
        require((1..=4096).contains(&size), "batch_size", size, "from 1 to 4096")?;
        let rate = self.learning_rate;
        require((0.0..=1.0).contains(&rate), "learning_rate", rate, "from 0 to 1")?;
        let decay = self.ema_decay;
        require((0.0..=1.0).contains(&decay), "ema_decay", decay, "from 0 to 1")?;
        require(self.shift <= 8, "shift", self.shift, "from 0 to 8")
    }
}

/// Why a classifier cannot be trained.
#[derive(Debug, Error)]
pub enum ClassifierTrainingError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the loss is no longer a number at step {0}: restart with a lower learning rate")]
    Diverged(u32),
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// A classifier in training, pulled from outside.
#[derive(Debug)]
pub struct ClassifierRun<'a> {
    options: ClassifierTraining,
    images: &'a ImageSet,
    batches: Batches,
    device: Device,
    model: Classifier,
    weights: Weights,
    step: u32,
}

impl<'a> ClassifierRun<'a> {
    /// A run at step 0, on `device` without autodiff.
    pub fn new(
        config: &ClassifierConfig,
        options: &ClassifierTraining,
        images: &'a ImageSet,
        device: &Device,
    ) -> Result<Self, ConfigError> {
        options.validate()?;
        let model = config.init(options.seed, &device.clone().autodiff())?;
        model.check(images)?;
        let theta = parameters::flatten(&model);
        let moments = Moments {
            m: theta.zeros_like(),
            v: theta.zeros_like(),
        };
        // Not the same buffer: a kernel that reads both would be given it twice.
        let ema = parameters::flatten(&model);
        Ok(Self {
            options: options.clone(),
            images,
            batches: Batches::new(options.seed, images.count()),
            device: device.clone(),
            model,
            weights: Weights { theta, ema, moments },
            step: 0,
        })
    }

    /// Steps taken so far.
    pub fn steps_taken(&self) -> u32 {
        self.step
    }

    /// Takes up to `count` steps, as many as are left, and reads the last one's loss back; none where none are left.
    pub async fn step(&mut self, count: u32) -> Result<Option<f32>, ClassifierTrainingError> {
        let mut loss = None;
        for _ in 0..count.min(self.options.steps - self.step) {
            loss = Some(self.enqueue());
        }
        let Some(loss) = loss else { return Ok(None) };
        let loss = read(loss).await?[0];
        match loss.is_finite() {
            true => Ok(Some(loss)),
            false => Err(ClassifierTrainingError::Diverged(self.step)),
        }
    }

    /// The classifier with the moving average of its weights.
    pub fn classifier(&self) -> Classifier {
        parameters::unflatten(self.model.valid(), self.weights.ema.clone())
    }

    fn enqueue(&mut self) -> Tensor<1> {
        let options = &self.options;
        let indices = self.batches.indices(self.step, options.batch_size);
        let mut rng = Rng::new(options.seed, Stream::Data, self.step);
        let x = shifted(self.images, &indices, options.shift, &mut rng, &self.device);
        let target = one_hot(self.images, &indices, &self.device);
        let loss = self.model.loss(x.autodiff(), target.autodiff());
        let grad = parameters::flatten_grads(&self.model, loss.backward());

        self.step += 1;
        let step = self.step as f64;
        let warm_up = options.warm_up_steps.min(options.steps / 2);
        let rates = Rates {
            learning_rate: learning_rate(options.learning_rate, warm_up, options.steps, self.step),
            max_norm: 1.0,
            ema_decay: options.ema_decay.min((1.0 + step) / (10.0 + step)),
        };
        let adamw = AdamW {
            beta1: 0.9,
            beta2: 0.999,
            eps: 1e-8,
            weight_decay: options.weight_decay,
        };
        kernels::update(&mut self.weights, grad, self.step, rates, adamw);
        self.model = parameters::unflatten(self.model.clone(), self.weights.theta.clone());
        loss.inner()
    }
}

/// Images in [-1, 1], each moved by up to `most` pixels in both directions; what comes in is background, -1.
fn shifted(images: &ImageSet, indices: &[usize], most: u32, rng: &mut Rng, device: &Device) -> Tensor<4> {
    let [channels, height, width] = [images.channels, images.height, images.width].map(|n| n as usize);
    let mut values = vec![-1.0f32; indices.len() * images.image_len()];
    for (&index, out) in indices.iter().zip(values.chunks_exact_mut(images.image_len())) {
        let mut offset = || rng.below(2 * most + 1) as i32 - most as i32;
        let (down, right) = (offset(), offset());
        let source = images.image(index);
        for (plane, out) in source
            .chunks_exact(height * width)
            .zip(out.chunks_exact_mut(height * width))
        {
            for (y, out) in out.chunks_exact_mut(width).enumerate() {
                let from = y as i32 - down;
                if !(0..height as i32).contains(&from) {
                    continue;
                }
                let row = &plane[from as usize * width..][..width];
                for (x, out) in out.iter_mut().enumerate() {
                    let byte = usize::try_from(x as i32 - right).ok().and_then(|x| row.get(x));
                    *out = byte.map_or(-1.0, |&byte| byte as f32 / 127.5 - 1.0);
                }
            }
        }
    }
    Tensor::from_data(
        TensorData::new(values, [indices.len(), channels, height, width]),
        device,
    )
}

/// The classes of images, `[batch, classes]`, a 1 in each row.
fn one_hot(images: &ImageSet, indices: &[usize], device: &Device) -> Tensor<2> {
    let classes = images.classes as usize;
    let mut values = vec![0.0f32; indices.len() * classes];
    for (&index, row) in indices.iter().zip(values.chunks_exact_mut(classes)) {
        row[images.labels[index] as usize] = 1.0;
    }
    Tensor::from_data(TensorData::new(values, [indices.len(), classes]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four kinds of images, of 8x8 pixels: one bright quarter each, and noise.
    pub fn quarters(count: usize, seed: u64) -> ImageSet {
        let mut rng = Rng::new(seed, Stream::Data, 0);
        let labels: Vec<u8> = (0..count).map(|i| (i % 4) as u8).collect();
        let pixels = labels.iter().flat_map(|&label| {
            let pixel = |i: usize| ((i / 8 / 4) * 2 + i % 8 / 4) as u8 == label;
            (0..64)
                .map(|i| rng.below(120) as u8 + 100 * pixel(i) as u8)
                .collect::<Vec<_>>()
        });
        let pixels = pixels.collect();
        ImageSet::new(1, 8, 8, 4, labels, pixels).unwrap()
    }

    #[test]
    fn a_classifier_learns_what_can_be_seen_and_its_file_reads_the_same() {
        let device = Device::flex();
        let config = ClassifierConfig {
            classes: 4,
            base_channels: 4,
            groups: 2,
            ..ClassifierConfig::default()
        };
        let options = ClassifierTraining {
            steps: 60,
            batch_size: 16,
            learning_rate: 0.01,
            warm_up_steps: 5,
            ema_decay: 0.9,
            shift: 1,
            ..ClassifierTraining::default()
        };
        let images = quarters(64, 0);
        let mut run = ClassifierRun::new(&config, &options, &images, &device).unwrap();
        let first = pollster::block_on(run.step(1)).unwrap().unwrap();
        while pollster::block_on(run.step(20)).unwrap().is_some() {}
        assert_eq!(run.steps_taken(), 60);
        let others = quarters(40, 1);
        let classifier = run.classifier();
        let reading = pollster::block_on(classifier.read(&others, &device)).unwrap();
        assert!(
            reading.accuracy(&others.labels) > 0.9,
            "{}",
            reading.accuracy(&others.labels)
        );
        assert!(first > 1.0, "four classes at first sight: {first}");

        let file = pollster::block_on(classifier.to_file()).unwrap();
        let parsed = Classifier::parse(&file, &device).unwrap();
        let again = pollster::block_on(parsed.read(&others, &device)).unwrap();
        assert_eq!(again.classes, reading.classes);
        for (a, b) in again.features.iter().zip(&reading.features) {
            assert!((a - b).abs() < 0.01, "{a} {b}");
        }
        let error = Classifier::parse(b"no such file", &device)
            .unwrap_err()
            .to_string();
        assert!(!error.is_empty());
        assert!(classifier.check(&ImageSet { classes: 3, ..others }).is_err());
    }

    #[test]
    fn a_shift_moves_every_pixel_and_leaves_background_behind() {
        let image = ImageSet::new(1, 3, 3, 1, vec![0], (1..=9).map(|i| i * 20).collect()).unwrap();
        let rows = |most, seed| {
            let mut rng = Rng::new(seed, Stream::Data, 0);
            let tensor = shifted(&image, &[0], most, &mut rng, &Device::flex());
            tensor.into_data().try_to_vec::<f32>().unwrap()
        };
        let still = rows(0, 0);
        let moved: Vec<Vec<f32>> = (0..40).map(|seed| rows(1, seed)).collect();
        assert!(moved.contains(&still));
        let down_right = [
            -1.0, -1.0, -1.0, -1.0, still[0], still[1], -1.0, still[3], still[4],
        ];
        assert!(moved.iter().any(|values| values == &down_right));
    }
}
