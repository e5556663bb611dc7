//! A search through all training images for those that come nearest to pictures that were drawn, a slice at a time.

use std::error::Error;
use std::sync::Arc;

use burn::tensor::Device;

use super::emitter::Emitter;
use super::protocol::{Event, Frames, Pictures, Place};
use crate::data::ImageSet;
use crate::error::require;
use crate::evaluate::NearestSearch;
use crate::runtime::ReadError;

/// Training images that are looked through in one slice.
const SLICE: usize = 2000;
/// Most pictures, and most test images, that are looked for.
const MOST: usize = 256;

pub struct Neighbours {
    search: NearestSearch,
    /// How many of the queries are pictures; test images follow.
    pictures: usize,
    train: Arc<ImageSet>,
}

impl Neighbours {
    pub fn new(
        pictures: &Pictures,
        train: Arc<ImageSet>,
        test: &ImageSet,
        test_images: u32,
        device: &Device,
    ) -> Result<Self, Box<dyn Error>> {
        let count = pictures.labels.len();
        let range = format!("from 1 to {MOST}");
        require((1..=MOST).contains(&count), "pictures", count, &range)?;
        let most = MOST.min(test.count());
        require(
            (1..=most).contains(&(test_images as usize)),
            "test_images",
            test_images,
            format!("from 1 to {most}"),
        )?;
        let images = pictures.clone().into_images(train.classes)?;
        let size = train.image_len();
        for (of, found) in [
            ("a picture", images.image_len()),
            ("a test image", test.image_len()),
        ] {
            require(
                found == size,
                "pixels",
                format!("{found} in {of}"),
                format!("{size}, as a training image has"),
            )?;
        }
        let queries: Vec<f32> = images
            .pixels
            .iter()
            .chain(&test.pixels[..test_images as usize * size])
            .map(to_value)
            .collect();
        Ok(Self {
            search: NearestSearch::new(&queries, size, device),
            pictures: count,
            train,
        })
    }

    /// Looks through the next training images. `false` once all have been seen.
    pub async fn advance(&mut self, emitter: &Emitter) -> bool {
        match self.look().await {
            Ok(()) if self.search.seen() < self.train.count() => {
                emitter.emit(Event::NeighboursStep {
                    searched: self.search.seen() as u32,
                    of: self.train.count() as u32,
                });
                true
            }
            Ok(()) => {
                emitter.emit(self.found());
                false
            }
            Err(error) => {
                emitter.error(Place::Neighbours, error);
                false
            }
        }
    }

    async fn look(&mut self) -> Result<(), ReadError> {
        let size = self.train.image_len();
        let from = self.search.seen();
        let to = self.train.count().min(from + SLICE);
        let pixels = &self.train.pixels[from * size..to * size];
        let values: Vec<f32> = pixels.iter().map(to_value).collect();
        self.search.show(&values).await
    }

    /// The event `neighbours`.
    fn found(&self) -> Event {
        let (pictures, test) = self.search.nearest().split_at(self.pictures);
        let mut test_distances: Vec<f64> = test.iter().map(|neighbour| neighbour.distance).collect();
        test_distances.sort_by(f64::total_cmp);
        let share = |distance: f64| {
            let less = test_distances.partition_point(|&other| other < distance);
            less as f64 / test_distances.len().max(1) as f64
        };
        let train = &self.train;
        Event::Neighbours {
            frames: Frames {
                width: train.width,
                height: train.height,
                channels: 1,
                count: pictures.len() as u32,
                pixels: pictures
                    .iter()
                    .flat_map(|neighbour| train.image(neighbour.index))
                    .copied()
                    .collect(),
            },
            labels: pictures
                .iter()
                .map(|neighbour| train.labels[neighbour.index])
                .collect(),
            distances: pictures.iter().map(|neighbour| neighbour.distance).collect(),
            shares: pictures
                .iter()
                .map(|neighbour| share(neighbour.distance))
                .collect(),
            test_distances,
        }
    }
}

/// A byte as a pixel in [-1, 1].
fn to_value(byte: &u8) -> f32 {
    *byte as f32 / 127.5 - 1.0
}
