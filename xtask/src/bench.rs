//! Speed: the page's benchmark in a browser without a window, beside other libraries, and the times of all kernels.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::project::at;
use crate::shell::{run as execute, say};
use crate::{browser, build, node, server, setup, tools};

const FOLDER: &str = "bench";
const PEERS: &str = "www/dist/peers";
/// The modules that ONNX Runtime Web loads: on WebGPU, and on the CPU.
const ONNX_RUNTIME: [&str; 2] = [
    "ort-wasm-simd-threaded.asyncify.wasm",
    "ort-wasm-simd-threaded.wasm",
];

#[derive(Debug, PartialEq)]
pub struct Options {
    /// What bench.html reads from its address.
    query: Vec<String>,
    software: bool,
}

impl Options {
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            query: Vec::new(),
            software: false,
        };
        for argument in arguments {
            match argument.as_str() {
                "--software" => options.software = true,
                setting if !setting.starts_with('-') => options.query.push(setting.to_owned()),
                _ => bail!("`{argument}` is not known; there are --software and settings such as preset=dit"),
            }
        }
        Ok(options)
    }
}

/// Times training, sampling, and forward passes beside other libraries.
pub fn run(mut options: Options) -> Result<()> {
    prepare()?;
    peers()?;
    options.query.push("peers".to_owned());
    open(&options)
}

/// Times every kernel of one training step and one forward pass, in the browser and natively.
pub fn profile(mut options: Options) -> Result<()> {
    prepare()?;
    let mut native = tools::command("cargo")?;
    native.args(["run", "--release", "--bin", "diffusion", "--", "profile"]);
    if options.software {
        // By itself it would not take an adapter that is a program.
        native.args(["--device", "gpu"]);
    }
    for setting in &options.query {
        match setting.split_once('=') {
            Some(("preset", preset)) => native.args(["--preset", preset]),
            Some(("batch", batch)) => native.args(["--batch-size", batch]),
            _ => continue,
        };
    }
    // The shaders are compiled by then.
    options.query.push("steps=5".to_owned());
    options.query.push("trajectories=0".to_owned());
    options.query.push("profile".to_owned());
    let in_browser = open(&options);
    say("The same natively");
    execute(&mut native)?;
    in_browser
}

/// What is built, without a graphics card.
pub fn run_in_software(settings: &[&str]) -> Result<()> {
    open(&Options {
        query: settings.iter().map(|&setting| setting.to_owned()).collect(),
        software: true,
    })
}

fn prepare() -> Result<()> {
    setup::for_page()?;
    browser::ensure()?;
    build::run()
}

/// Installs the other libraries and bundles them with what calls them.
fn peers() -> Result<()> {
    node::ensure_in(FOLDER)?;
    say("Bundling the other libraries");
    let mut esbuild = node::command("esbuild")?;
    let options = "--bundle --format=esm --target=es2023 --minify --log-level=warning";
    execute(
        esbuild
            .arg(format!("{FOLDER}/peers.js"))
            .args(options.split(' '))
            .arg(format!("--outdir={PEERS}")),
    )?;
    for name in ONNX_RUNTIME {
        let file = at(FOLDER).join("node_modules/onnxruntime-web/dist").join(name);
        fs::copy(&file, at(PEERS).join(name))
            .with_context(|| format!("{} cannot be copied", file.display()))?;
    }
    // Ours looks for its second part beside itself.
    fs::copy(at(build::DIST).join(build::REST), at(PEERS).join(build::REST))?;
    Ok(())
}

fn open(options: &Options) -> Result<()> {
    let address = server::start(at(build::DIST), [0])?;
    let mut script: Command = tools::command("node")?;
    script.arg(format!("{FOLDER}/run.js"));
    script.arg(format!("http://{address}/bench.html?{}", options.query.join("&")));
    if options.software {
        script.arg("software");
    }
    script.env("CHROME", browser::chrome().context("no browser is installed")?);
    execute(&mut script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_go_to_the_page_and_wrong_flags_are_explained() {
        let parse = |line: &str| Options::parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        let expected = Options {
            query: vec!["preset=dit".into(), "batch=16".into()],
            software: true,
        };
        assert_eq!(parse("preset=dit --software batch=16").unwrap(), expected);
        assert!(parse("--hard").unwrap_err().to_string().contains("--software"));
    }
}
