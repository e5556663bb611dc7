//! A picture as the page takes it: the middle square, grey, as large as the networks' input.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use png::{ColorType, Decoder, Transformations};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};

type Error = Box<dyn std::error::Error>;

/// What the files begin with.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];
const PNG: &[u8] = b"\x89PNG";

/// A byte a pixel.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// The middle square of a PNG or JPEG file, `side` x `side`, a byte a pixel.
pub fn read_square(path: &Path, side: usize) -> Result<Vec<u8>, Error> {
    let bytes = fs::read(path)?;
    let picture = if bytes.starts_with(PNG) {
        decode_png(bytes)?
    } else if bytes.starts_with(JPEG) {
        decode_jpeg(bytes)?
    } else {
        return Err("it is neither PNG nor JPEG".into());
    };
    if picture.width.min(picture.height) == 0 {
        return Err("it is empty".into());
    }
    Ok(resize(&picture.middle_square(), side))
}

fn decode_png(bytes: Vec<u8>) -> Result<Grey, Error> {
    let mut decoder = Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or("it is too large")?];
    let info = reader.next_frame(&mut bytes)?;
    bytes.truncate(info.buffer_size());
    let pixels = match info.color_type {
        ColorType::Grayscale => bytes,
        ColorType::GrayscaleAlpha => bytes.as_chunks().0.iter().map(|&[v, a]| on_paper(v, a)).collect(),
        ColorType::Rgba => {
            let rgba = bytes.as_chunks().0.iter();
            rgba.map(|&[r, g, b, a]| on_paper(luma([r, g, b]), a)).collect()
        }
        _ => bytes.as_chunks().0.iter().map(|&rgb| luma(rgb)).collect(),
    };
    Ok(Grey {
        width: info.width as usize,
        height: info.height as usize,
        pixels,
    })
}

fn decode_jpeg(bytes: Vec<u8>) -> Result<Grey, Error> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let rgb = decoder.decode()?;
    let info = decoder.info().ok_or("its size is not known")?;
    Ok(Grey {
        width: info.width as usize,
        height: info.height as usize,
        pixels: rgb.as_chunks().0.iter().map(|&rgb| luma(rgb)).collect(),
    })
}

/// The brightness of red, green and blue (ITU-R BT.601).
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    (0.299 * red as f64 + 0.587 * green as f64 + 0.114 * blue as f64).round() as u8
}

/// What is transparent lies on white.
fn on_paper(value: u8, alpha: u8) -> u8 {
    let alpha = alpha as f64 / 255.0;
    (alpha * value as f64 + (1.0 - alpha) * 255.0).round() as u8
}

impl Grey {
    fn middle_square(&self) -> Self {
        let side = self.width.min(self.height);
        let [left, top] = [self.width, self.height].map(|length| (length - side) / 2);
        let rows = self.pixels.chunks_exact(self.width).skip(top).take(side);
        Self {
            width: side,
            height: side,
            pixels: rows.flat_map(|row| &row[left..left + side]).copied().collect(),
        }
    }
}

/// Each pixel is the mean of what it covers of the square.
fn resize(square: &Grey, side: usize) -> Vec<u8> {
    let covered: Vec<Vec<(usize, f64)>> = (0..side).map(|i| cover(i, side, square.width)).collect();
    let mut resized = Vec::with_capacity(side * side);
    for rows in &covered {
        for columns in &covered {
            let mut mean = 0.0;
            for &(y, height) in rows {
                for &(x, width) in columns {
                    mean += height * width * square.pixels[y * square.width + x] as f64;
                }
            }
            resized.push(mean.round() as u8);
        }
    }
    resized
}

/// Which of `from` pixels in a row pixel `i` of `to` covers, and what share of it each is.
fn cover(i: usize, to: usize, from: usize) -> Vec<(usize, f64)> {
    // In parts of which a pixel of the source has `to`, and one of the result `from`.
    let (start, end) = (i * from, (i + 1) * from);
    (start / to..end.div_ceil(to))
        .map(|pixel| {
            let part = end.min((pixel + 1) * to) - start.max(pixel * to);
            (pixel, part as f64 / from as f64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_is_the_mean_of_what_it_covers() {
        let square = |side, pixels: &[u8]| Grey {
            width: side,
            height: side,
            pixels: pixels.into(),
        };
        let three = square(3, &[0, 90, 30, 60, 120, 0, 30, 60, 90]);
        assert_eq!(resize(&three, 3), three.pixels);
        assert_eq!(resize(&three, 1), [53]);
        // A quarter of each corner's neighbours: (0 + 90 / 2 + 60 / 2 + 120 / 4) / 2.25 and so on.
        assert_eq!(resize(&three, 2), [47, 47, 53, 67]);
        assert_eq!(resize(&square(1, &[7]), 2), [7; 4]);
    }

    #[test]
    fn the_middle_square_is_cut_out() {
        let wide = Grey {
            width: 4,
            height: 2,
            pixels: (0..8).collect(),
        };
        assert_eq!(wide.middle_square().pixels, [1, 2, 5, 6]);
    }
}
