//! The idx files in which MNIST and its relatives are published (<http://yann.lecun.com/exdb/mnist/>).
//!
//! A file is big-endian: a magic number `[0, 0, type, dimensions]`, one `u32` a dimension, then the bytes.

use md5::{Digest, Md5};

use super::pack::{DataError, ImageSet};

const UNSIGNED_BYTE: u8 = 8;

/// Reads a file of images, `[count, height, width]`, and its file of labels, `[count]`.
pub fn read(images: &[u8], labels: &[u8], classes: u32) -> Result<ImageSet, DataError> {
    let ([count, height, width], pixels) = parse::<3>(images, "image")?;
    let ([label_count], labels) = parse::<1>(labels, "label")?;
    if count != label_count {
        return Err(DataError::Counts {
            images: count,
            labels: label_count,
        });
    }
    ImageSet::new(1, height, width, classes, labels.to_vec(), pixels.to_vec())
}

/// The MD5 digest of a file in hexadecimal, as data sets publish it.
pub fn md5_hex(bytes: &[u8]) -> String {
    Md5::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn parse<'a, const D: usize>(bytes: &'a [u8], what: &'static str) -> Result<([u32; D], &'a [u8]), DataError> {
    let (magic, rest) = bytes.split_at(bytes.len().min(4));
    if magic != [0, 0, UNSIGNED_BYTE, D as u8] {
        return Err(DataError::NotIdx {
            what,
            dimensions: D,
            found: magic.to_vec(),
        });
    }
    let header = 4 + 4 * D;
    if bytes.len() < header {
        return Err(DataError::Truncated {
            what,
            expected: header as u64,
            found: bytes.len() as u64,
        });
    }
    let mut sizes = [0; D];
    for (size, word) in sizes.iter_mut().zip(rest.chunks_exact(4)) {
        *size = u32::from_be_bytes([word[0], word[1], word[2], word[3]]);
    }
    let body = &bytes[header..];
    let expected = sizes
        .iter()
        .try_fold(1u64, |n, &size| n.checked_mul(size as u64))
        .unwrap_or(u64::MAX);
    if body.len() as u64 != expected {
        return Err(DataError::Truncated {
            what,
            expected,
            found: body.len() as u64,
        });
    }
    Ok((sizes, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idx(sizes: &[u32], body: &[u8]) -> Vec<u8> {
        let mut file = vec![0, 0, UNSIGNED_BYTE, sizes.len() as u8];
        file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
        file.extend(body);
        file
    }

    #[test]
    fn reads_images_and_labels() {
        let set = read(&idx(&[2, 1, 2], &[0, 255, 7, 9]), &idx(&[2], &[3, 4]), 10).unwrap();
        assert_eq!((set.count(), set.height, set.width, set.classes), (2, 1, 2, 10));
        assert_eq!((set.image(1), set.labels[1]), (&[7u8, 9][..], 4));
    }

    #[test]
    fn says_what_is_wrong() {
        let images = idx(&[2, 1, 2], &[0, 255, 7, 9]);
        let message = |images: &[u8], labels: &[u8]| read(images, labels, 10).unwrap_err().to_string();
        assert!(message(&images[..10], &[]).contains("cut short"));
        assert!(message(&images[..19], &idx(&[2], &[3, 4])).contains("cut short"));
        assert!(message(&idx(&[2], &[3, 4]), &images).contains("not an idx file of 3 dimensions"));
        assert!(message(b"<!doctype html><html>", &images).contains("not an idx file"));
        assert!(message(&images, &idx(&[3], &[3, 4, 5])).contains("2 images but 3 labels"));
        assert!(message(&images, &idx(&[2], &[3, 10])).contains("label 10"));
        assert!(message(&idx(&[u32::MAX; 3], &[]), &idx(&[2], &[3, 4])).contains("cut short"));
    }

    #[test]
    fn md5_of_abc() {
        assert_eq!(md5_hex(b"abc"), "900150983cd24fb0d6963f7d28e17f72");
    }
}
