//! Builds the page: the crate as a wasm module in `pkg`, and everything that is served in `www/dist`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::data::md5_hex;
use crate::project::{at, locked_version, target};
use crate::shell::say;
use crate::{node, shell, tools, wasm_target};

/// What is served.
pub const DIST: &str = "www/dist";
const PAGE: &str = "www";
const PACKAGE: &str = "pkg";
const MODULE: &str = "diffusion_playground";
/// What the browser asks for by name; esbuild follows the imports.
const ENTRIES: [&str; 4] = ["main.js", "worker.js", "bench.js", "page.css"];

pub fn run() -> Result<()> {
    module()?;
    page()
}

/// Compiles the crate and writes the module with its JavaScript and its types into `pkg`.
fn module() -> Result<()> {
    say("Compiling the crate to WebAssembly (some minutes the first time)");
    let arguments =
        "build --profile web --lib --package diffusion-playground --target wasm32-unknown-unknown";
    shell::run(wasm_target::command("cargo")?.args(arguments.split(' ')))?;

    let compiled = target()?.join(format!("wasm32-unknown-unknown/web/{MODULE}.wasm"));
    let content = fs::read(&compiled).with_context(|| format!("{} cannot be read", compiled.display()))?;
    let built_from = format!("{} {}", md5_hex(&content), locked_version("wasm-bindgen")?);
    let stamp = at(PACKAGE).join(".built-from");
    if fs::read_to_string(&stamp).is_ok_and(|last| last == built_from) {
        return Ok(());
    }
    say("Writing the module, its JavaScript and its types into pkg");
    let mut bindgen = tools::command("wasm-bindgen")?;
    shell::run(
        bindgen
            .args(["--target", "web", "--remove-name-section", "--out-dir", PACKAGE])
            .arg(&compiled),
    )?;
    Ok(fs::write(stamp, built_from)?)
}

fn module_file() -> PathBuf {
    at(PACKAGE).join(format!("{MODULE}_bg.wasm"))
}

/// Bundles the scripts and styles and puts everything that is served in place.
fn page() -> Result<()> {
    say("Bundling the page");
    clear(&at(DIST))?;
    let mut esbuild = node::command("esbuild")?;
    esbuild.args(ENTRIES.map(|entry| format!("{PAGE}/{entry}")));
    let options = "--bundle --format=esm --target=es2023 --minify --sourcemap --log-level=warning";
    shell::run(esbuild.args(options.split(' ')).arg(format!("--outdir={DIST}")))?;
    copy_into_dist(&module_file())?;
    for entry in fs::read_dir(at(PAGE))? {
        let file = entry?.path();
        if file.is_file() && !is_source(&file) {
            copy_into_dist(&file)?;
        }
    }
    Ok(())
}

/// Removes what an earlier build left, but not the data.
fn clear(dist: &Path) -> Result<()> {
    fs::create_dir_all(dist)?;
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        if path.is_file() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Whether a file is for esbuild or for the type checker, not for the browser.
fn is_source(file: &Path) -> bool {
    let extension = file.extension().and_then(OsStr::to_str);
    matches!(extension, Some("js" | "css" | "ts"))
}

fn copy_into_dist(file: &Path) -> Result<()> {
    let name = file.file_name().context("a file has a name")?;
    fs::copy(file, at(DIST).join(name)).with_context(|| format!("{} cannot be copied", file.display()))?;
    Ok(())
}
