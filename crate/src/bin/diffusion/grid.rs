//! Samples as one picture.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use diffusion_playground::data::ImageSet;
use png::ColorType;

type Error = Box<dyn std::error::Error>;

/// Writes images in [-1, 1], `[count, channels, height, width]`, as a PNG of `columns` columns: grey where there is one
/// channel, in colour where there are three.
pub fn write_png(
    path: &Path,
    values: &[f32],
    [channels, height, width]: [usize; 3],
    columns: usize,
) -> Result<(), Error> {
    let color = match channels {
        1 => ColorType::Grayscale,
        3 => ColorType::Rgb,
        _ => return Err(format!("images of {channels} channels cannot be shown: it takes 1 or 3").into()),
    };
    let count = values.len() / (channels * height * width);
    let rows = count.div_ceil(columns);
    let stride = columns * width * channels;
    let mut picture = vec![0u8; rows * height * stride];
    for (i, image) in values.chunks_exact(channels * height * width).enumerate() {
        let corner = i / columns * height * stride + i % columns * width * channels;
        for (channel, plane) in image.chunks_exact(height * width).enumerate() {
            for (y, row) in plane.chunks_exact(width).enumerate() {
                for (x, value) in row.iter().enumerate() {
                    // A cast saturates.
                    let byte = ((value + 1.0) * 127.5).round() as u8;
                    picture[corner + y * stride + x * channels + channel] = byte;
                }
            }
        }
    }
    write_bytes(path, &picture, [columns * width, rows * height], color)
}

/// Writes the images of a set as a PNG of `columns` columns.
pub fn write_images(path: &Path, images: &ImageSet, columns: usize) -> Result<(), Error> {
    let values: Vec<f32> = images
        .pixels
        .iter()
        .map(|&byte| byte as f32 / 127.5 - 1.0)
        .collect();
    let shape = [images.channels, images.height, images.width].map(|n| n as usize);
    write_png(path, &values, shape, columns.min(images.count()))
}

/// Writes a picture of one byte a pixel as a PNG.
pub fn write_grey(path: &Path, picture: &[u8], width: usize, height: usize) -> Result<(), Error> {
    write_bytes(path, picture, [width, height], ColorType::Grayscale)
}

fn write_bytes(
    path: &Path,
    picture: &[u8],
    [width, height]: [usize; 2],
    color: ColorType,
) -> Result<(), Error> {
    let file =
        File::create(path).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), width as u32, height as u32);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(picture)?;
    Ok(())
}
