//! What judges samples, the classifier and the search for the nearest training images, says the same on every device.

use burn::tensor::Device;
use diffusion_playground::data::ImageSet;
use diffusion_playground::evaluate::classifier::Reading;
use diffusion_playground::evaluate::neighbours::Neighbour;
use diffusion_playground::evaluate::{ClassifierConfig, NearestSearch};
use diffusion_playground::rng::{Rng, Stream};

use super::assert_within;

const SIZE: usize = 28 * 28;

pub async fn judging_follows_the_cpu(device: &Device) {
    let (read, nearest) = judge(device).await;
    let (expected_read, expected_nearest) = judge(&Device::flex()).await;
    assert_eq!(read.classes, expected_read.classes);
    assert_within(
        "probabilities",
        &read.probabilities,
        &expected_read.probabilities,
        1e-3,
    );
    for (found, expected) in nearest.iter().zip(&expected_nearest) {
        assert_eq!(found.index, expected.index);
        // A square is a difference of large numbers: near 0 its root is less exact than elsewhere.
        let apart = found.distance.powi(2) - expected.distance.powi(2);
        assert!(apart.abs() < 1e-2, "{found:?}, {expected:?}");
    }
    // The last of those that are looked for is among those that are searched.
    assert_eq!(nearest[3].index, 17);
    assert!(nearest[3].distance < 0.1, "{:?}", nearest[3]);
}

async fn judge(device: &Device) -> (Reading, Vec<Neighbour>) {
    let mut rng = Rng::new(1, Stream::Data, 0);
    let pixels: Vec<u8> = (0..4 * SIZE).map(|_| rng.bits() as u8).collect();
    let images = ImageSet::new(1, 28, 28, 10, vec![0; 4], pixels).unwrap();
    let config = ClassifierConfig {
        base_channels: 8,
        ..ClassifierConfig::default()
    };
    let classifier = config.init(2, device).unwrap();
    let reading = classifier.read(&images, device).await.unwrap();

    let value = |byte: &u8| *byte as f32 / 127.5 - 1.0;
    let queries: Vec<f32> = images.pixels.iter().map(value).collect();
    let mut points: Vec<f32> = (0..30 * SIZE).map(|_| value(&(rng.bits() as u8))).collect();
    points[17 * SIZE..18 * SIZE].copy_from_slice(&queries[3 * SIZE..]);
    let mut search = NearestSearch::new(&queries, SIZE, device);
    for block in points.chunks(13 * SIZE) {
        search.show(block).await.unwrap();
    }
    (reading, search.nearest().to_vec())
}
