//! A folder of PNG images as a data set: a folder in it for each class.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use diffusion_playground::data::ImageSet;
use png::{ColorType, Decoder, Transformations};

type Error = Box<dyn std::error::Error>;

/// More classes than any network here knows; labels are bytes.
const MAX_CLASSES: usize = 256;

/// All images in grey, the classes in the order of their folders' names.
pub fn read(folder: &Path) -> Result<ImageSet, Error> {
    let classes: Vec<PathBuf> = entries(folder)?
        .into_iter()
        .filter(|path| path.is_dir())
        .collect();
    if classes.is_empty() || classes.len() > MAX_CLASSES {
        let (found, folder) = (classes.len(), folder.display());
        return Err(format!(
            "{folder} holds {found} folders: a folder of PNG images for each class is expected, from 1 to {MAX_CLASSES}"
        )
        .into());
    }
    let (mut labels, mut pixels, mut size) = (Vec::new(), Vec::new(), None);
    for (class, folder) in classes.iter().enumerate() {
        let is_png = |path: &PathBuf| {
            path.extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("png"))
        };
        for path in entries(folder)?.into_iter().filter(is_png) {
            let (found, grey) =
                read_grey(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
            let [width, height] = *size.get_or_insert(found);
            if found != [width, height] {
                return Err(format!(
                    "{} is of {}x{} pixels, the images before it of {width}x{height}: one size is expected",
                    path.display(),
                    found[0],
                    found[1]
                )
                .into());
            }
            labels.push(class as u8);
            pixels.extend(grey);
        }
    }
    let [width, height] = size.ok_or_else(|| format!("there are no PNG images in {}", folder.display()))?;
    Ok(ImageSet::new(
        1,
        height,
        width,
        classes.len() as u32,
        labels,
        pixels,
    )?)
}

/// What a folder holds, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |error| format!("{} cannot be read: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        found.push(entry.map_err(unreadable)?.path());
    }
    found.sort();
    Ok(found)
}

/// Width and height, and a byte a pixel.
fn read_grey(path: &Path) -> Result<([u32; 2], Vec<u8>), Error> {
    let mut decoder = Decoder::new(BufReader::new(File::open(path)?));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let length = reader.output_buffer_size().ok_or("it is too large")?;
    let mut bytes = vec![0; length];
    let info = reader.next_frame(&mut bytes)?;
    bytes.truncate(info.buffer_size());
    let grey = match info.color_type {
        ColorType::Grayscale => bytes,
        ColorType::Rgb => bytes.chunks_exact(3).map(luma).collect(),
        _ => return Err("it is partly transparent: grey or colour is expected".into()),
    };
    Ok(([info.width, info.height], grey))
}

/// The brightness of red, green and blue (ITU-R BT.601).
fn luma(rgb: &[u8]) -> u8 {
    let weights = [0.299, 0.587, 0.114];
    let sum: f64 = rgb
        .iter()
        .zip(weights)
        .map(|(&byte, weight)| byte as f64 * weight)
        .sum();
    sum.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, width: u32, color: ColorType, bytes: &[u8]) {
        let mut encoder = png::Encoder::new(File::create(path).unwrap(), width, 1);
        encoder.set_color(color);
        encoder.write_header().unwrap().write_image_data(bytes).unwrap();
    }

    #[test]
    fn folders_are_classes_and_colours_are_grey() {
        let folder = std::env::temp_dir().join(format!("diffusion-images-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let message = || read(&folder).unwrap_err().to_string();
        fs::create_dir_all(&folder).unwrap();
        assert!(message().contains("a folder of PNG images for each class"));
        for class in ["b", "a"] {
            fs::create_dir(folder.join(class)).unwrap();
        }
        assert!(message().contains("there are no PNG images"));
        write(&folder.join("b/0.png"), 2, ColorType::Grayscale, &[7, 9]);
        write(
            &folder.join("a/0.PNG"),
            2,
            ColorType::Rgb,
            &[255, 255, 255, 255, 0, 0],
        );
        fs::write(folder.join("a/notes.txt"), "no image").unwrap();
        let set = read(&folder).unwrap();
        assert_eq!((set.classes, set.width, set.height), (2, 2, 1));
        assert_eq!((set.labels, set.pixels), (vec![0, 1], vec![255, 76, 7, 9]));

        write(&folder.join("b/1.png"), 2, ColorType::Rgba, &[0; 8]);
        assert!(message().contains("partly transparent"));
        write(&folder.join("b/1.png"), 3, ColorType::Grayscale, &[0; 3]);
        assert!(message().contains("3x1 pixels"), "{}", message());
        fs::write(folder.join("b/1.png"), "no image").unwrap();
        assert!(message().contains("1.png cannot be read"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
