//! Builds the page: the crate as a wasm module in `pkg`, everything that is served in `www/dist`, and the npm package.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::data::md5_hex;
use crate::project::{at, locked_version, target};
use crate::shell::say;
use crate::{formulas, node, npm, shell, split, tools, translate, wasm_target};

/// What is served.
pub const DIST: &str = "www/dist";
const PAGE: &str = "www";
pub const PACKAGE: &str = "pkg";
const MODULE: &str = "diffusion_playground";
/// What the browser asks for by name; esbuild follows the imports.
const ENTRIES: [&str; 9] = [
    "main.js",
    "worker.js",
    "bench.js",
    "page.css",
    "embed.js",
    "embed.css",
    "embed-frame.js",
    "examples/examples.css",
    "views.js",
];
/// Pages of others that embed views, and what to write in them.
const EXAMPLES: &str = "examples";
/// The trained models, with their cards.
const MODELS: &str = "models";
/// Tables of other languages than English.
const STRINGS: &str = "strings";
/// The module's parts, as `crate/src/web/rest.js` knows them.
const FIRST: &str = "diffusion_playground_bg.wasm";
pub const REST: &str = "diffusion_playground_rest.wasm";
/// What the page needs before it downloads data, where there is WebGPU. Without it comes the module's rest.
pub const FIRST_VISIT: [&str; 5] = ["index.html", "page.css", "main.js", "worker.js", FIRST];
/// What the opening shows while no network can draw.
const RECORDING: &str = "recording.webp";
/// Encodes animations: the page loads it when a reader asks for the first.
const GIF: &str = "gif.js";
/// What the page says in Chinese: those who read it load it, with the article in that language.
pub const CHINESE: &str = "strings/zh.js";
const CHINESE_PAGE: &str = "zh.html";
/// What registers the embedded element: it loads the views itself, when a reader starts them.
pub const REGISTRATION: &str = "playground.js";
/// Keeps the Chinese table out of a bundle that may load it.
pub const LATER: &str = "--external:./strings/zh.js";
const BUNDLING: &str = "--bundle --format=esm --target=es2023 --minify --charset=utf8 --log-level=warning";

pub fn run() -> Result<()> {
    module()?;
    page()?;
    npm::assemble()
}

/// Builds the page with the whole module as `change` makes it, until the next build; gives the module as it was.
pub fn watched(change: fn(&[u8]) -> Result<Vec<u8>>) -> Result<Vec<u8>> {
    let compiled = compile()?;
    let stamp = stamp();
    if stamp.is_file() {
        fs::remove_file(stamp)?;
    }
    bind(&compiled)?;
    let file = module_file(FIRST);
    let whole = fs::read(&file)?;
    fs::write(&file, change(&whole)?)?;
    fs::write(module_file(REST), [])?;
    page()?;
    Ok(whole)
}

/// Compiles the crate and writes the module with its JavaScript and its types into `pkg`.
fn module() -> Result<()> {
    let compiled = compile()?;
    let content = fs::read(&compiled).with_context(|| format!("{} cannot be read", compiled.display()))?;
    // What splits it is as much a source as what it is made of.
    let built_from = [
        md5_hex(&content),
        locked_version("wasm-bindgen")?,
        split::version(),
    ]
    .join(" ");
    if fs::read_to_string(stamp()).is_ok_and(|last| last == built_from) {
        return Ok(());
    }
    bind(&compiled)?;
    let whole = module_file(FIRST);
    let parts = split::split(&fs::read(&whole)?).context("the module cannot be split")?;
    fs::write(&whole, parts.first)?;
    fs::write(module_file(REST), parts.rest)?;
    Ok(fs::write(stamp(), built_from)?)
}

/// Where it stands what `pkg` was built from.
fn stamp() -> PathBuf {
    at(PACKAGE).join(".built-from")
}

fn compile() -> Result<PathBuf> {
    say("Compiling the crate to WebAssembly (some minutes the first time)");
    let arguments = "build --release --lib --package diffusion-playground --target wasm32-unknown-unknown";
    shell::run(wasm_target::command("cargo")?.args(arguments.split(' ')))?;

    Ok(target()?.join(format!("wasm32-unknown-unknown/release/{MODULE}.wasm")))
}

fn bind(compiled: &Path) -> Result<()> {
    say("Writing the module, its JavaScript and its types into pkg");
    let mut bindgen = tools::command("wasm-bindgen")?;
    let arguments = ["--target", "web", "--out-dir", PACKAGE];
    shell::run(bindgen.args(arguments).arg(compiled))
}

fn module_file(name: &str) -> PathBuf {
    at(PACKAGE).join(name)
}

/// Bundles the scripts and styles and puts everything that is served in place.
fn page() -> Result<()> {
    say("Bundling the page");
    clear(&at(DIST))?;
    let external = [
        "--sourcemap",
        "--external:./playground.js",
        "--external:./gif.js",
        LATER,
    ];
    bundle(DIST, &ENTRIES, &external)?;
    bundle(
        DIST,
        &[REGISTRATION, GIF, CHINESE],
        &["--sourcemap", "--external:./views.js", LATER],
    )?;
    for part in [FIRST, REST] {
        copy_into(&module_file(part), &at(DIST))?;
    }
    for folder in ["", EXAMPLES, MODELS] {
        for entry in fs::read_dir(at(PAGE).join(folder))? {
            let file = entry?.path();
            if file.is_file() && !is_source(&file) {
                copy_into(&file, &at(DIST).join(folder))?;
            }
        }
    }
    fs::write(at(DIST).join(CHINESE_PAGE), translate::chinese_page()?)?;
    formulas::draw(&["index.html", CHINESE_PAGE].map(|page| at(DIST).join(page)))?;
    offline()
}

/// What keeps the page for offline reading must know the files of this build, and that they are others than the last's.
fn offline() -> Result<()> {
    let mut contents = Vec::new();
    let kept = [&FIRST_VISIT[..], &[REST, GIF, CHINESE, CHINESE_PAGE, RECORDING]].concat();
    for file in &kept {
        contents.extend(fs::read(at(DIST).join(file)).with_context(|| format!("{file} is not in {DIST}"))?);
    }
    let files = format!("--define:PAGE_FILES={kept:?}");
    let version = format!("--define:PAGE_VERSION=\"{}\"", md5_hex(&contents));
    bundle(DIST, &["service-worker.js"], &[&files, &version])
}

/// Bundles scripts and styles of the page into a folder.
pub fn bundle(folder: &str, entries: &[&str], options: &[&str]) -> Result<()> {
    let mut esbuild = node::command("esbuild")?;
    esbuild.args(entries.iter().map(|entry| format!("{PAGE}/{entry}")));
    esbuild.args(BUNDLING.split(' ')).args(options);
    esbuild.arg(format!("--define:VERSION=\"{}\"", env!("CARGO_PKG_VERSION")));
    shell::run(esbuild.args([&format!("--outbase={PAGE}"), &format!("--outdir={folder}")]))
}

/// Removes what an earlier build left, but not the data.
fn clear(dist: &Path) -> Result<()> {
    fs::create_dir_all(dist)?;
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        if path.is_file() {
            fs::remove_file(path)?;
        } else if [EXAMPLES, MODELS, STRINGS]
            .iter()
            .any(|folder| path.ends_with(folder))
        {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// Whether a file is for esbuild or for the type checker, not for the browser.
fn is_source(file: &Path) -> bool {
    let extension = file.extension().and_then(OsStr::to_str);
    matches!(extension, Some("js" | "css" | "ts"))
}

fn copy_into(file: &Path, folder: &Path) -> Result<()> {
    let name = file.file_name().context("a file has a name")?;
    fs::create_dir_all(folder)?;
    fs::copy(file, folder.join(name)).with_context(|| format!("{} cannot be copied", file.display()))?;
    Ok(())
}
