//! What is measured of a set of images, against the images of a test set.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::classifier::{Classifier, ClassifierError};
use super::frechet::Gaussian;
use super::neighbours::Cloud;
use crate::data::ImageSet;
use crate::error::require;

/// Which nearest neighbour's distance is a manifold's radius (Kynkaanniemi et al. 2019, section 3.1).
const K: usize = 3;
/// The share of test images that lie nearer to a training image than [`Nearest::limit`].
const CHANCE: f64 = 0.01;

/// What is measured of images that a classifier has read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    pub count: usize,
    /// The share that is read as the class asked for.
    pub accuracy: f64,
    /// To the test images, of the classifier's features.
    pub frechet_distance: f64,
    /// The share within the manifold of the test images.
    pub precision: f64,
    /// The share of the test images within the manifold of these images.
    pub recall: f64,
}

/// How near images come to training images, in the Euclidean distance of pixels in [-1, 1]; beside it, how near test
/// images come, which no one has memorised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Nearest {
    pub median: f64,
    pub least: f64,
    pub test_median: f64,
    pub test_least: f64,
    /// One in a hundred test images lies nearer to a training image than this.
    pub limit: f64,
    /// The share of the images that do; 0.01 is what chance gives.
    pub share_below_limit: f64,
}

/// The test set as a classifier sees it, and the training set's pixels.
#[derive(Debug)]
pub struct Reference<'a> {
    classifier: &'a Classifier,
    device: Device,
    /// The classifier's accuracy on the test set.
    pub accuracy: f64,
    gaussian: Gaussian,
    features: Cloud,
    squared_radii: Vec<f32>,
    training_pixels: Cloud,
    /// Distances of the test images to their nearest training images, rising.
    test_distances: Vec<f64>,
}

impl<'a> Reference<'a> {
    pub async fn new(
        classifier: &'a Classifier,
        train: &ImageSet,
        test: &ImageSet,
        device: &Device,
    ) -> Result<Self, ClassifierError> {
        for images in [train, test] {
            classifier.check(images)?;
        }
        let (found, expected) = (train.image_len(), test.image_len());
        let needed = format!("{expected}, as an image of the test set has");
        require(found == expected, "pixels of a training image", found, needed)?;
        require(
            test.count() > K,
            "test images",
            test.count(),
            format!("more than {K}"),
        )?;
        let reading = classifier.read(test, device).await?;
        let size = classifier.config().features();
        let features = Cloud::new(&reading.features, size, device);
        let training_pixels = pixels(train, device);
        let test_distances = pixels(test, device).nearest(&training_pixels).await?;
        Ok(Self {
            classifier,
            device: device.clone(),
            accuracy: reading.accuracy(&test.labels),
            gaussian: Gaussian::of(&reading.features, size),
            squared_radii: features.squared_radii(K).await?,
            features,
            training_pixels,
            test_distances: rising(test_distances),
        })
    }

    /// What is measured of `images`, whose labels are the classes asked for.
    pub async fn figures(&self, images: &ImageSet) -> Result<Figures, ClassifierError> {
        self.classifier.check(images)?;
        let count = images.count();
        require(count > K, "count", count, format!("more than {K} images"))?;
        let reading = self.classifier.read(images, &self.device).await?;
        let size = self.classifier.config().features();
        let features = Cloud::new(&reading.features, size, &self.device);
        let squared_radii = features.squared_radii(K).await?;
        Ok(Figures {
            count,
            accuracy: reading.accuracy(&images.labels),
            frechet_distance: Gaussian::of(&reading.features, size).frechet_distance(&self.gaussian),
            precision: features.share_within(&self.features, &self.squared_radii).await?,
            recall: self.features.share_within(&features, &squared_radii).await?,
        })
    }

    /// How near `images`, none of them training images, come to training images.
    pub async fn nearest(&self, images: &ImageSet) -> Result<Nearest, ClassifierError> {
        let distances = pixels(images, &self.device)
            .nearest(&self.training_pixels)
            .await?;
        let distances = rising(distances);
        let limit = quantile(&self.test_distances, CHANCE);
        let below = distances.iter().filter(|&&distance| distance < limit).count();
        Ok(Nearest {
            median: quantile(&distances, 0.5),
            least: quantile(&distances, 0.0),
            test_median: quantile(&self.test_distances, 0.5),
            test_least: quantile(&self.test_distances, 0.0),
            limit,
            share_below_limit: below as f64 / distances.len().max(1) as f64,
        })
    }
}

/// Images as points, in [-1, 1].
fn pixels(images: &ImageSet, device: &Device) -> Cloud {
    let values: Vec<f32> = images
        .pixels
        .iter()
        .map(|&byte| byte as f32 / 127.5 - 1.0)
        .collect();
    Cloud::new(&values, images.image_len(), device)
}

fn rising(squared: Vec<f32>) -> Vec<f64> {
    let mut distances: Vec<f64> = squared.iter().map(|&square| (square as f64).sqrt()).collect();
    distances.sort_by(f64::total_cmp);
    distances
}

/// The value that a share of rising values lies below.
fn quantile(values: &[f64], share: f64) -> f64 {
    let index = (share * values.len() as f64) as usize;
    let last = values.len().saturating_sub(1);
    values.get(index.min(last)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{ClassifierConfig, Samples};
    use crate::model::Preset;
    use crate::prediction::Prediction;
    use crate::rng::{Rng, Stream};
    use crate::sampler::{SampleConfig, SamplerKind};
    use crate::schedule::Schedule;
    use pollster::block_on;

    /// Images of noise.
    fn images(count: usize, seed: u64) -> ImageSet {
        let mut rng = Rng::new(seed, Stream::Data, 0);
        let pixels = (0..count * 784).map(|_| rng.bits() as u8).collect();
        ImageSet::new(
            1,
            28,
            28,
            10,
            (0..count).map(|i| (i % 10) as u8).collect(),
            pixels,
        )
        .unwrap()
    }

    fn classifier(device: &Device) -> Classifier {
        let config = ClassifierConfig {
            base_channels: 4,
            groups: 2,
            ..ClassifierConfig::default()
        };
        config.init(0, device).unwrap()
    }

    #[test]
    fn the_test_set_itself_is_perfect_and_training_images_are_found_out() {
        let device = Device::flex();
        let classifier = classifier(&device);
        let (train, test) = (images(30, 1), images(20, 2));
        let reference = block_on(Reference::new(&classifier, &train, &test, &device)).unwrap();
        let same = block_on(reference.figures(&test)).unwrap();
        assert!(same.frechet_distance.abs() < 1e-9, "{same:?}");
        assert_eq!((same.precision, same.recall), (1.0, 1.0));
        assert_eq!(same.accuracy, reference.accuracy);
        let copied = block_on(reference.nearest(&train)).unwrap();
        assert!(
            copied.median < 0.05 && copied.share_below_limit == 1.0,
            "{copied:?}"
        );
        let fresh = block_on(reference.nearest(&test)).unwrap();
        assert_eq!((fresh.median, fresh.share_below_limit), (fresh.test_median, 0.0));
        // Images that are all alike lack what the test images have.
        let grey = ImageSet::new(1, 28, 28, 10, vec![0; 20], vec![128; 20 * 784]).unwrap();
        let grey = block_on(reference.figures(&grey)).unwrap();
        assert!(
            grey.frechet_distance > same.frechet_distance && grey.recall < 0.5,
            "{grey:?}"
        );
    }

    #[test]
    fn an_untrained_network_is_measured_from_end_to_end() {
        let device = Device::flex();
        let classifier = classifier(&device);
        let network = Preset::Tiny.init(0, &device).unwrap();
        let samples = Samples {
            network: &network,
            schedule: Schedule::new(&Default::default()).unwrap(),
            prediction: Prediction::V,
            shape: [1, 28, 28],
            null_class: Preset::Tiny.null_class(),
            latent_space: None,
            device: device.clone(),
        };
        let config = SampleConfig {
            sampler: SamplerKind::Ddim,
            steps: 2,
            count: 25,
            guidance_scale: 2.0,
            ..SampleConfig::default()
        };
        let mut told = Vec::new();
        let drawn = block_on(samples.draw(&config, 10, |count| told.push(count))).unwrap();
        assert_eq!(told, [10, 20, 25]);
        assert_eq!(drawn.labels[..11], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
        assert_ne!(drawn.image(0), drawn.image(10), "each batch has noise of its own");
        let again = block_on(samples.draw(&config, 10, |_| ())).unwrap();
        assert_eq!(drawn, again);

        let (train, test) = (images(30, 1), images(20, 2));
        let reference = block_on(Reference::new(&classifier, &train, &test, &device)).unwrap();
        let figures = block_on(reference.figures(&drawn)).unwrap();
        assert_eq!(figures.count, 25);
        assert!(figures.frechet_distance > 0.0 && figures.frechet_distance.is_finite());
        assert!((0.0..=1.0).contains(&figures.accuracy));

        let without_classes = Samples {
            null_class: None,
            ..samples
        };
        let error = block_on(without_classes.draw(&config, 10, |_| ())).unwrap_err();
        assert!(error.to_string().contains("without classes"), "{error}");
    }

    #[test]
    fn sets_that_do_not_belong_together_are_refused() {
        let device = Device::flex();
        let classifier = classifier(&device);
        let refusal = |train: &ImageSet, test: &ImageSet| {
            block_on(Reference::new(&classifier, train, test, &device))
                .unwrap_err()
                .to_string()
        };
        let (train, test) = (images(30, 1), images(20, 2));
        let two_classes = ImageSet::new(1, 28, 28, 2, vec![0, 1], vec![0; 2 * 784]).unwrap();
        assert!(refusal(&train, &two_classes).contains("classes"));
        let small = ImageSet::new(1, 2, 2, 10, vec![0; 4], vec![0; 16]).unwrap();
        assert!(refusal(&small, &test).contains("784"));
        assert!(refusal(&train, &images(3, 0)).contains("more than 3"));
    }
}
