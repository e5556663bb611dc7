//! A labelled image set in memory, and the compact file in which the page downloads it.
//!
//! The file: `b"dp-pack1"`; five little-endian `u32`: count, channels, height, width, classes; then one zlib stream of
//! all labels followed by all pixels. zlib's checksum covers the content.

use std::io::{Read, Write};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use thiserror::Error;

const MAGIC: &[u8; 8] = b"dp-pack1";
const HEADER: usize = 8 + 5 * 4;
/// No set is larger: a damaged header must not ask for all the memory there is.
const MAX_BYTES: u64 = 1 << 30;

/// Why a file is not a data set.
#[derive(Debug, Error, PartialEq)]
pub enum DataError {
    #[error(
        "the {what} file is cut short or damaged: its header promises {expected} bytes, it holds {found}"
    )]
    Truncated {
        what: &'static str,
        expected: u64,
        found: u64,
    },
    #[error(
        "the {what} file is not an idx file of {dimensions} dimensions: it begins with {found:02x?} instead of \
         [00, 00, 08, {dimensions:02x}]"
    )]
    NotIdx {
        what: &'static str,
        dimensions: usize,
        found: Vec<u8>,
    },
    #[error("the files do not belong together: {images} images but {labels} labels")]
    Counts { images: u32, labels: u32 },
    #[error("this is not a packed data set: it does not begin with \"dp-pack1\"")]
    NotAPack,
    #[error("the data set is damaged: {0}; download it again")]
    Damaged(String),
    #[error("label {label} of image {index} is out of range: the data set has {classes} classes")]
    Label { index: usize, label: u8, classes: u32 },
    #[error("a data set needs at least one image of at least one pixel, and at most 1 GiB; this one has {0}")]
    Size(String),
    #[error(
        "every class has one image only: at least two of a class are needed, one to learn from and one to test with"
    )]
    NothingToHoldOut,
}

/// Labelled images of one size, a byte a channel and pixel.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSet {
    pub channels: u32,
    pub height: u32,
    pub width: u32,
    pub classes: u32,
    /// `[count]`, each below `classes`
    pub labels: Vec<u8>,
    /// `[count, channels, height, width]`
    pub pixels: Vec<u8>,
}

impl ImageSet {
    pub fn new(
        channels: u32,
        height: u32,
        width: u32,
        classes: u32,
        labels: Vec<u8>,
        pixels: Vec<u8>,
    ) -> Result<Self, DataError> {
        let size = [channels, height, width]
            .iter()
            .map(|&n| n as u64)
            .product::<u64>()
            * labels.len() as u64;
        if size == 0 || size > MAX_BYTES {
            return Err(DataError::Size(format!(
                "{} images of {channels}x{height}x{width}",
                labels.len()
            )));
        }
        if size != pixels.len() as u64 {
            return Err(DataError::Truncated {
                what: "image",
                expected: size,
                found: pixels.len() as u64,
            });
        }
        if let Some(index) = labels.iter().position(|&label| label as u32 >= classes) {
            return Err(DataError::Label {
                index,
                label: labels[index],
                classes,
            });
        }
        Ok(Self {
            channels,
            height,
            width,
            classes,
            labels,
            pixels,
        })
    }

    /// The number of images.
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// Bytes of one image.
    pub fn image_len(&self) -> usize {
        (self.channels * self.height * self.width) as usize
    }

    /// The pixels of image `index`, `[channels, height, width]`.
    ///
    /// # Panics
    /// Where `index` is not below [`count`](Self::count).
    pub fn image(&self, index: usize) -> &[u8] {
        &self.pixels[index * self.image_len()..(index + 1) * self.image_len()]
    }

    /// Writes the packed file.
    pub fn pack(&self) -> std::io::Result<Vec<u8>> {
        let mut file = MAGIC.to_vec();
        for size in [
            self.count() as u32,
            self.channels,
            self.height,
            self.width,
            self.classes,
        ] {
            file.extend(size.to_le_bytes());
        }
        let mut zlib = ZlibEncoder::new(file, Compression::best());
        zlib.write_all(&self.labels)?;
        zlib.write_all(&self.pixels)?;
        zlib.finish()
    }

    /// Reads a packed file.
    pub fn unpack(file: &[u8]) -> Result<Self, DataError> {
        if !file.starts_with(MAGIC) {
            return Err(DataError::NotAPack);
        }
        if file.len() < HEADER {
            return Err(DataError::Truncated {
                what: "packed",
                expected: HEADER as u64,
                found: file.len() as u64,
            });
        }
        let word = |i: usize| u32::from_le_bytes(std::array::from_fn(|byte| file[8 + 4 * i + byte]));
        let [count, channels, height, width, classes] = std::array::from_fn(word);
        let image = [channels, height, width]
            .iter()
            .try_fold(1u64, |n, &size| n.checked_mul(size as u64));
        let size = image
            .and_then(|image| (image + 1).checked_mul(count as u64))
            .unwrap_or(u64::MAX);
        if size > MAX_BYTES {
            return Err(DataError::Size(format!(
                "{count} images of {channels}x{height}x{width}"
            )));
        }
        let mut labels = Vec::with_capacity(size as usize);
        // One byte more than promised, so that a longer stream is noticed and not followed to its end.
        let mut zlib = ZlibDecoder::new(&file[HEADER..]).take(size + 1);
        zlib.read_to_end(&mut labels)
            .map_err(|error| DataError::Damaged(error.to_string()))?;
        if labels.len() as u64 != size {
            return Err(DataError::Truncated {
                what: "packed",
                expected: size,
                found: labels.len() as u64,
            });
        }
        let pixels = labels.split_off(count as usize);
        Self::new(channels, height, width, classes, labels, pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> ImageSet {
        ImageSet::new(1, 4, 5, 3, vec![0, 2, 1], (0..60).collect()).unwrap()
    }

    #[test]
    fn packing_and_unpacking_gives_the_same_set() {
        assert_eq!(ImageSet::unpack(&set().pack().unwrap()), Ok(set()));
    }

    #[test]
    fn every_truncation_and_every_changed_byte_is_an_error_or_harmless() {
        let file = set().pack().unwrap();
        for end in 0..file.len() {
            assert!(ImageSet::unpack(&file[..end]).is_err(), "cut at {end}");
        }
        for i in 0..file.len() {
            let mut changed = file.clone();
            changed[i] ^= 0x40;
            // Sizes that multiply to the same product, and a larger number of classes, cannot be told apart.
            if let Ok(read) = ImageSet::unpack(&changed) {
                assert_eq!(read.pixels, set().pixels, "byte {i}");
            }
        }
    }

    #[test]
    fn a_foreign_file_gets_a_sentence() {
        let message = ImageSet::unpack(b"<!doctype html>").unwrap_err().to_string();
        assert!(message.contains("does not begin with"), "{message}");
    }

    #[test]
    fn a_header_that_asks_for_too_much_is_refused_before_memory_is_taken() {
        let mut file = MAGIC.to_vec();
        file.extend([0xff; 20]);
        assert!(matches!(ImageSet::unpack(&file), Err(DataError::Size(_))));
    }
}
