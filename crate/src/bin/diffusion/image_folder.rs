//! A folder of pictures as a data set: a folder in it for each class, or pictures of one class. Each becomes what the page
//! makes of it: the middle square, grey, as large as the networks take.

use std::fs;
use std::path::{Path, PathBuf};

use diffusion_playground::data::{DataName, ImageSet};

use super::picture;

type Error = Box<dyn std::error::Error>;

/// Height and width of what the networks take.
const SIDE: usize = 28;
/// Labels are bytes.
const MAX_CLASSES: usize = 256;
/// What the class is called where there are no folders.
const ONLY_CLASS: &str = "picture";

/// All pictures, and what the set and its classes are called: as the folders are, in the order of their names. What
/// cannot be read as a picture is left out, and said.
pub fn read(folder: &Path) -> Result<(ImageSet, DataName), Error> {
    let within = entries(folder)?;
    let mut classes: Vec<(String, Vec<PathBuf>)> = Vec::new();
    for path in within.iter().filter(|path| path.is_dir()) {
        classes.push((file_name(path), entries(path)?));
    }
    if classes.is_empty() {
        classes.push((ONLY_CLASS.into(), within));
    }
    let (mut names, mut labels, mut pixels) = (Vec::new(), Vec::new(), Vec::new());
    for (name, files) in classes {
        let before = labels.len();
        for path in files.iter().filter(|path| path.is_file()) {
            match picture::read_square(path, SIDE) {
                Ok(square) => {
                    labels.push(names.len() as u8);
                    pixels.extend(square);
                }
                Err(reason) => eprintln!("left out: {}: {reason}", path.display()),
            }
        }
        if labels.len() > before {
            names.push(name);
        }
        if names.len() > MAX_CLASSES {
            let folder = folder.display();
            return Err(format!(
                "{folder} has more than {MAX_CLASSES} folders of pictures, and each is a class"
            )
            .into());
        }
    }
    if labels.is_empty() {
        return Err(format!(
            "{} holds no picture that can be read, and no folder of such: PNG or JPEG is expected",
            folder.display()
        )
        .into());
    }
    let set = ImageSet::new(1, SIDE as u32, SIDE as u32, names.len() as u32, labels, pixels)?;
    let name = file_name(&folder.canonicalize().unwrap_or_else(|_| folder.into()));
    Ok((set, DataName { name, classes: names }))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// What a folder holds by name, without what is hidden.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |error| format!("{} cannot be read: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        found.push(entry.map_err(unreadable)?.path());
    }
    found.retain(|path| !file_name(path).starts_with('.'));
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use png::ColorType;

    const ORANGE_JPEG: &[u8] = include_bytes!("../../../../tests/fixtures/orange.jpg");

    fn write(path: &Path, width: usize, height: usize, color: ColorType, bytes: &[u8]) {
        let file = fs::File::create(path).unwrap();
        let mut encoder = png::Encoder::new(file, width as u32, height as u32);
        encoder.set_color(color);
        encoder.write_header().unwrap().write_image_data(bytes).unwrap();
    }

    #[test]
    fn folders_are_classes_and_pictures_become_grey_squares() {
        let folder = std::env::temp_dir().join(format!("diffusion-images-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let message = || read(&folder).unwrap_err().to_string();
        for class in ["b", "a", "nothing"] {
            fs::create_dir_all(folder.join(class)).unwrap();
        }
        fs::write(folder.join("a/notes.txt"), "no image").unwrap();
        fs::write(folder.join("a/0.png"), "no image either").unwrap();
        assert!(message().contains("no picture that can be read"), "{}", message());

        // Twice as wide as high: the middle is red, and what is cut off is white.
        let wide: Vec<u8> = (0..80 * 40)
            .flat_map(|i| match i % 80 {
                20..60 => [255, 0, 0],
                _ => [255; 3],
            })
            .collect();
        write(&folder.join("a/1.png"), 80, 40, ColorType::Rgb, &wide);
        let own_size: Vec<u8> = (0..SIDE * SIDE).map(|i| (i * 37 % 256) as u8).collect();
        write(
            &folder.join("b/0.png"),
            SIDE,
            SIDE,
            ColorType::Grayscale,
            &own_size,
        );
        let clear = [0, 0, 0, 51].repeat(50 * 50);
        write(&folder.join("b/1.PNG"), 50, 50, ColorType::Rgba, &clear);
        fs::write(folder.join("b/2.jpeg"), ORANGE_JPEG).unwrap();

        let (set, name) = read(&folder).unwrap();
        assert_eq!((set.classes, set.width, set.height), (2, 28, 28));
        assert_eq!(name.classes, ["a", "b"]);
        assert_eq!(set.labels, [0, 1, 1, 1]);
        let images: Vec<&[u8]> = set.pixels.chunks(SIDE * SIDE).collect();
        assert!(images[0].iter().all(|&byte| byte == 76));
        assert_eq!(images[1], own_size);
        assert!(images[2].iter().all(|&byte| byte == 204));
        // Red 200, green 100, blue 50; JPEG is not exact.
        assert!(
            images[3].iter().all(|&byte| byte.abs_diff(124) <= 2),
            "{:?}",
            images[3]
        );

        // Without folders there is one class.
        let (set, name) = read(&folder.join("b")).unwrap();
        assert_eq!((set.labels, name.name.as_str()), (vec![0, 0, 0], "b"));
        assert_eq!(name.classes, [ONLY_CLASS]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
