//! The images at hand, and the one of them that a section looks at, or a picture of the reader's own in its place.

use std::sync::Arc;

use burn::tensor::{Device, Tensor};

use crate::data::{DataName, ImageSet};
use crate::rng::{Rng, Stream};

pub const TEST_MISSING: &str = "the test images are not loaded yet";
/// Pixels along the side of a picture of the reader's own: the networks' input.
pub const OWN_SIDE: u32 = 28;

/// A split, and the name of the data set that it is of.
pub struct Images {
    pub set: String,
    pub images: Arc<ImageSet>,
}

impl Images {
    /// Whether they are of the data set that a run names; one that names none takes any.
    pub fn are_of(&self, data: &Option<DataName>) -> bool {
        is_of(&self.set, data)
    }
}

fn is_of(set: &str, data: &Option<DataName>) -> bool {
    data.as_ref().is_none_or(|data| data.name == set)
}

/// What a section looks at.
pub struct Example {
    /// Its number, which its noise depends on.
    pub image: u32,
    seed: u64,
    /// The one image.
    pixels: ImageSet,
    /// Its class, and of which data set; a picture of one's own has none.
    class: Option<(u8, String)>,
}

impl Example {
    /// Image number `image` of the test split, or `own` in its place.
    pub fn find(test: Option<&Images>, image: u32, own: Option<Vec<u8>>, seed: f64) -> Result<Self, String> {
        let (class, side, pixels) = match own {
            Some(pixels) => {
                let expected = (OWN_SIDE * OWN_SIDE) as usize;
                if pixels.len() != expected {
                    return Err(format!("own must be {expected} bytes, not {}", pixels.len()));
                }
                (None, [OWN_SIDE; 2], pixels)
            }
            None => {
                let Images { set, images } = test.ok_or(TEST_MISSING)?;
                let index = image as usize;
                if index >= images.count() {
                    return Err(format!(
                        "image must be from 0 to {}, not {image}",
                        images.count() - 1
                    ));
                }
                let class = (images.labels[index], set.clone());
                (
                    Some(class),
                    [images.height, images.width],
                    images.image(index).to_vec(),
                )
            }
        };
        let pixels = ImageSet::new(1, side[0], side[1], 1, vec![0], pixels);
        Ok(Self {
            image,
            seed: seed as u64,
            pixels: pixels.map_err(|error| error.to_string())?,
            class,
        })
    }

    pub fn x_0(&self, device: &Device) -> Tensor<4> {
        self.pixels.images(&[0], device)
    }

    /// Its noise, a function of the seed and its number.
    pub fn eps(&self, device: &Device) -> Tensor<4> {
        let [height, width] = self.side();
        self.rng().normal_tensor([1, 1, height, width], device)
    }

    /// The fresh noise of a small step, the first of which is step 1.
    pub fn step_noise(&self, step: u32) -> Vec<f32> {
        let [height, width] = self.side();
        self.rng().lane(step).normals(height * width)
    }

    fn rng(&self) -> Rng {
        Rng::new(self.seed, Stream::Forward, self.image)
    }

    pub fn side(&self) -> [usize; 2] {
        [self.pixels.height as usize, self.pixels.width as usize]
    }

    pub fn label(&self) -> Option<u8> {
        self.class.as_ref().map(|(label, _)| *label)
    }

    /// Its class, where that is a class of the data set that a run learns from.
    pub fn label_for(&self, data: &Option<DataName>) -> Option<u8> {
        let (label, set) = self.class.as_ref()?;
        is_of(set, data).then_some(*label)
    }
}
