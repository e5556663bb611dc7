//! `diffusion pack`

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use diffusion_playground::data::idx;
use flate2::read::GzDecoder;

use super::train::read_file;
use super::write_whole;

type Error = Box<dyn std::error::Error>;

/// What gzip's files begin with.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// No idx file is larger: a small gzip file must not unfold to all the memory there is.
const MAX_BYTES: u64 = 1 << 30;

pub fn command() -> Command {
    let path = |name, help| {
        Arg::new(name)
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help(help)
    };
    Command::new("pack")
        .about("Packs images and labels in MNIST's format as a data set to train on")
        .arg(path(
            "images",
            "An idx file of images, as it is or as gzip made it",
        ))
        .arg(path("labels", "The idx file of their labels"))
        .arg(path("out", "The pack to write"))
        .arg(
            Arg::new("classes")
                .long("classes")
                .default_value("10")
                .value_parser(value_parser!(u32).range(1..=256)),
        )
}

pub fn run(arguments: &ArgMatches) -> Result<(), Error> {
    let path = |name| {
        arguments
            .get_one::<PathBuf>(name)
            .ok_or(format!("{name} is needed"))
    };
    let (images, labels, out) = (path("images")?, path("labels")?, path("out")?);
    let classes = arguments.get_one::<u32>("classes").copied().unwrap_or(10);
    let set = idx::read(&unfolded(images)?, &unfolded(labels)?, classes)
        .map_err(|error| format!("{} with {}: {error}", images.display(), labels.display()))?;
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
