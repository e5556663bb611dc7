//! What the frozen classifier reads in pictures that were drawn.

use std::error::Error;

use burn::tensor::Device;

use super::protocol::{Event, Pictures};
use crate::data::{DataError, ImageSet};
use crate::error::require;
use crate::evaluate::Classifier;

/// Most pictures that are read together.
const MOST: usize = 256;

/// The event `verdicts`.
pub async fn verdicts(
    classifier: &Classifier,
    row: u32,
    pictures: Pictures,
    device: &Device,
) -> Result<Event, Box<dyn Error>> {
    let count = pictures.labels.len();
    require(
        (1..=MOST).contains(&count),
        "pictures",
        count,
        format!("from 1 to {MOST}"),
    )?;
    let images = pictures.into_images(classifier.config().classes as u32)?;
    classifier.check(&images)?;
    let reading = classifier.read(&images, device).await?;
    Ok(Event::Verdicts {
        row,
        classes: reading.classes,
        probabilities: reading.probabilities,
    })
}

impl Pictures {
    /// As a data set, which checks that labels and pixels belong together.
    pub fn into_images(self, classes: u32) -> Result<ImageSet, DataError> {
        ImageSet::new(1, self.height, self.width, classes, self.labels, self.pixels)
    }
}
