//! What a first visit downloads, as a static host would send it.

use std::fmt::Display;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::project::at;
use crate::shell::read;
use crate::{build, setup, tools};

/// Bytes, compressed, that a first visit with WebGPU may take before it downloads data.
const LIMIT: u64 = 1_800_000;

pub fn run() -> Result<()> {
    setup::for_page()?;
    build::run()?;
    check()
}

/// Measures what is built.
pub fn check() -> Result<()> {
    let mut total = (0, 0);
    row("file", "bytes", "brotli");
    for name in build::FIRST_VISIT {
        let (bytes, brotli) = measured(name)?;
        total = (total.0 + bytes, total.1 + brotli);
    }
    row("total", total.0, total.1);
    println!("and without WebGPU");
    measured(build::REST)?;
    ensure!(
        total.1 <= LIMIT,
        "a first visit takes {} bytes, compressed; it may take {LIMIT}",
        total.1
    );
    Ok(())
}

/// Bytes of a file, as it is and compressed.
fn measured(name: &str) -> Result<(u64, u64)> {
    let file = at(build::DIST).join(name);
    let bytes = fs::metadata(&file)
        .with_context(|| format!("{name} is not in {}", build::DIST))?
        .len();
    let brotli = compressed(&file)?;
    row(name, bytes, brotli);
    Ok((bytes, brotli))
}

fn row(name: &str, bytes: impl Display, brotli: impl Display) {
    println!("{name:<32}{bytes:>10}{brotli:>10}");
}

/// The size under the best compression of brotli, which Node.js brings along.
fn compressed(file: &Path) -> Result<u64> {
    const SCRIPT: &str = "console.log(require('zlib').brotliCompressSync(require('fs').readFileSync(process.argv[1]), \
                          { params: { [require('zlib').constants.BROTLI_PARAM_LGWIN]: 24 } }).length)";
    let length = read(tools::command("node")?.args(["--eval", SCRIPT]).arg(file))?;
    length
        .parse()
        .with_context(|| format!("{} cannot be compressed: {length}", file.display()))
}
