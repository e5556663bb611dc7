//! Images to the latents of an autoencoder, with a progress bar.

use std::sync::Arc;

use burn::tensor::Device;
use diffusion_playground::data::{DataSet, Encoding};
use diffusion_playground::model::AutoencoderKl;
use indicatif::{ProgressBar, ProgressStyle};

type Error = Box<dyn std::error::Error>;

/// Images encoded together.
const BATCH: usize = 256;

/// All images through the encoder, not yet scaled.
pub async fn encode(
    images: Arc<dyn DataSet>,
    autoencoder: AutoencoderKl,
    device: &Device,
) -> Result<Encoding, Error> {
    let bar = ProgressBar::new(images.count() as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {pos}/{len} images encoded  {eta} left",
    )?);
    let mut encoding = Encoding::new(images, autoencoder, device)?;
    while encoding.step(BATCH).await? {
        bar.set_position(encoding.encoded() as u64);
    }
    bar.finish_and_clear();
    Ok(encoding)
}
