//! Samples as one picture.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

type Error = Box<dyn std::error::Error>;

/// Writes `count` grey images in [-1, 1], `[count, height, width]`, as a PNG of `columns` columns.
pub fn write_png(
    path: &Path,
    values: &[f32],
    height: usize,
    width: usize,
    columns: usize,
) -> Result<(), Error> {
    let count = values.len() / (height * width);
    let rows = count.div_ceil(columns);
    let stride = columns * width;
    let mut picture = vec![0u8; rows * height * stride];
    for (i, image) in values.chunks_exact(height * width).enumerate() {
        let corner = i / columns * height * stride + i % columns * width;
        for (y, row) in image.chunks_exact(width).enumerate() {
            for (x, value) in row.iter().enumerate() {
                // A cast saturates.
                picture[corner + y * stride + x] = ((value + 1.0) * 127.5).round() as u8;
            }
        }
    }
    write_grey(path, &picture, stride, rows * height)
}

/// Writes a picture of one byte a pixel as a PNG.
pub fn write_grey(path: &Path, picture: &[u8], width: usize, height: usize) -> Result<(), Error> {
    let file =
        File::create(path).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(picture)?;
    Ok(())
}
