//! What an autoencoder makes of images, and latents as pictures.

use burn::tensor::Tensor;

use super::latent::LatentRun;
use super::protocol::{Event, Frames, LatentNetworks};
use crate::data::ImageSet;
use crate::error::{ConfigError, require};
use crate::model::AutoencoderKl;
use crate::runtime::{Compute, ReadError, read};

/// Scaled latents from minus this, black, to this, white: three standard deviations.
pub const RANGE: f32 = 3.0;
/// So many of the test images are shown beside their reconstructions.
const SHOWN: usize = 6;
/// Mixes of two images, both ends included.
const MIXES: usize = 11;

/// The event `latentReconstruction`, with the autoencoder after `step` training steps.
pub async fn reconstruction(
    autoencoder: &AutoencoderKl,
    test: &ImageSet,
    step: u32,
    compute: &Compute,
) -> Result<Event, ReadError> {
    let indices: Vec<usize> = (0..SHOWN.min(test.count())).collect();
    let x = test.images(&indices, &compute.device);
    let z = autoencoder.encode(x.clone()).mean;
    let decoded = autoencoder.decode(z.clone());
    let [[_, channels, rows, columns], image] = [z.dims(), decoded.dims()];
    let size = z.shape().num_elements();
    let values = read(Tensor::cat(vec![z.reshape([-1]), decoded.reshape([-1])], 0)).await?;
    let (latents, decoded) = values.split_at(size);
    let range = latents
        .iter()
        .fold(f32::MIN_POSITIVE, |most, z| most.max(z.abs()));
    let [images] = Frames::read([x]).await?;
    Ok(Event::LatentReconstruction {
        step,
        channels: channels as u32,
        range,
        images,
        latents: frames([rows, columns], latents, range),
        reconstructions: Frames::new([image[2], image[3]], decoded),
    })
}

/// The event `latentMix`: two test images mixed pixel by pixel, and as latents that are decoded then.
pub async fn mixed(
    run: &LatentRun,
    test: &ImageSet,
    [first, second]: [u32; 2],
    compute: &Compute,
) -> Result<Event, Box<dyn std::error::Error>> {
    let last = test.count() as u32 - 1;
    for image in [first, second] {
        require(image <= last, "image", image, format!("from 0 to {last}"))?;
    }
    let [x, y] = [first, second].map(|image| test.images(&[image as usize], &compute.device));
    let autoencoder = run.autoencoder()?;
    let [z, w] = [&x, &y].map(|image| autoencoder.encode(image.clone()).mean);
    let mixes = |from: Tensor<4>, to: Tensor<4>| {
        let share = |i: usize| i as f64 / (MIXES - 1) as f64;
        let mix = |i| from.clone() * (1.0 - share(i)) + to.clone() * share(i);
        Tensor::cat((0..MIXES).map(mix).collect(), 0)
    };
    let decoded = autoencoder.decode(mixes(z, w));
    let [pixels, latents] = Frames::read([mixes(x, y), decoded]).await?;
    Ok(Event::LatentMix {
        images: [first, second],
        pixels,
        latents,
    })
}

/// Pictures of `values`, from `-range`, black, to `range`, white.
pub fn frames(size: [usize; 2], values: &[f32], range: f32) -> Frames {
    let values: Vec<f32> = values.iter().map(|value| value / range).collect();
    Frames::new(size, &values)
}

/// The four channels of scaled latents side by side, two above two, as grey pictures; others in a row.
pub fn channel_sheet(x: Tensor<4>) -> Tensor<4> {
    let [count, channels, height, width] = x.dims();
    let columns = if channels == 4 { 2 } else { channels };
    let rows = channels / columns;
    (x / RANGE)
        .reshape([count, rows, columns, height, width])
        .swap_dims(2, 3)
        .reshape([count, 1, rows * height, columns * width])
}

/// The event `latentCosts`.
pub fn costs(command: LatentNetworks) -> Result<Event, ConfigError> {
    let autoencoder = command.autoencoder.inspect(1)?;
    Ok(Event::LatentCosts {
        pixels: (&command.pixels.inspect(1)?).into(),
        latents: (&command.latents.inspect(1)?).into(),
        decoder: (&autoencoder.decoder()).into(),
        autoencoder: (&autoencoder).into(),
        networks: command,
    })
}
