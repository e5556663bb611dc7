//! `diffusion pack`

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use diffusion_playground::data::idx;
use flate2::read::GzDecoder;

use super::train::read_file;
use super::{image_folder, write_whole};

type Error = Box<dyn std::error::Error>;

/// What gzip's files begin with.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// No idx file is larger: a small gzip file must not unfold to all the memory there is.
const MAX_BYTES: u64 = 1 << 30;

pub fn command() -> Command {
    Command::new("pack")
        .about("Packs images as a data set to train on")
        .override_usage("diffusion pack IMAGES LABELS OUT\n       diffusion pack FOLDER OUT")
        .arg(
            Arg::new("files")
                .required(true)
                .num_args(2..=3)
                .value_parser(value_parser!(PathBuf))
                .help(
                    "Two files in MNIST's format, as they are or as gzip made them, or a folder with a folder of pictures for each \
                     class, which become grey and 28x28; then the pack to write",
                ),
        )
        .arg(
            Arg::new("classes")
                .long("classes")
                .default_value("10")
                .value_parser(value_parser!(u32).range(1..=256))
                .help("Classes that MNIST's format does not tell"),
        )
}

pub fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let classes = arguments.get_one::<u32>("classes").copied().unwrap_or(10);
    let files: Vec<&PathBuf> = arguments.get_many("files").unwrap_or_default().collect();
    let (set, out) = match files.as_slice() {
        [images, labels, out] => {
            let set = idx::read(&unfolded(images)?, &unfolded(labels)?, classes)
                .map_err(|error| format!("{} with {}: {error}", images.display(), labels.display()))?;
            (set, out)
        }
        [folder, out] if folder.is_dir() => (image_folder::read(folder)?.0, out),
        _ => {
            return Err("two files and a pack to write are expected, or a folder and a pack to write".into());
        }
    };
    write_whole(out, &set.pack()?)?;
    println!(
        "{} images of {}x{} in {} classes: {}",
        set.count(),
        set.height,
        set.width,
        set.classes,
        out.display()
    );
    Ok(())
}

fn unfolded(path: &Path) -> Result<Vec<u8>, Error> {
    let bytes = read_file(path)?;
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let mut unfolded = Vec::new();
    GzDecoder::new(bytes.as_slice())
        .take(MAX_BYTES)
        .read_to_end(&mut unfolded)
        .map_err(|error| format!("{} cannot be unpacked: {error}", path.display()))?;
    Ok(unfolded)
}
