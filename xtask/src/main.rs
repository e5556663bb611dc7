//! `cargo xtask`: everything that is done with the project, from an empty machine on.

use std::process::ExitCode;

use anyhow::{Result, bail};

mod bench;
mod browser;
mod build;
mod data;
mod formulas;
mod node;
mod npm;
mod packages;
mod project;
mod serve;
mod server;
mod setup;
mod shell;
mod site;
mod size;
mod split;
mod test;
mod tools;
mod translate;
mod wasm_target;

const HELP: &str = "\
cargo xtask <command>

  serve [--port N] [--no-open]   install what is missing, build the page, show it in the browser
  test [phase...]                install what is missing, run every check and test (or only some phases:
                                 format, clippy, native, build, size, types, wasm, page)
  setup                          install what is missing for both, and nothing else
  build                          build the page into www/dist, and the npm package in pkg
  data                           pack the data sets for the page
  site [--out FOLDER]            build everything that a static host serves, into target/site
  size                           what a first visit downloads, compressed; fails above 1.8 MB
  split                          find out from the page's tests which functions a visit with WebGPU runs, and write the
                                 rules by which the module is split in two
  bench [name=value...]          time training and sampling in the browser, and forward passes beside TensorFlow.js and
                                 ONNX Runtime Web; the settings are those of bench.html: preset, batch, steps, device
  profile [name=value...]        time every kernel of one training step and one forward pass, in the browser and
                                 natively: launches, ms, share, and GFLOP/s or GB/s of those of ours

bench and profile take --software, for Chromium's own WebGPU on the CPU; CHROME_FLAGS adds to the browser's flags.

Built files are kept in the user's cache folder, or in CARGO_TARGET_DIR where that is set.
CHROME names the browser that tests run in, where it is not on PATH.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        bail!("a command is missing\n\n{HELP}")
    };
    if arguments
        .iter()
        .any(|argument| matches!(argument.as_str(), "help" | "--help" | "-h"))
    {
        println!("{HELP}");
        return Ok(());
    }
    match command.as_str() {
        "serve" => return serve::run(&serve::Options::parse(rest)?),
        "test" => return test::run(rest),
        "site" => return site::run(&site::folder(rest)?),
        "bench" => return bench::run(bench::Options::parse(rest)?),
        "profile" => return bench::profile(bench::Options::parse(rest)?),
        _ => {}
    }
    if let Some(argument) = rest.first() {
        bail!("`{command}` takes no arguments, but got `{argument}`");
    }
    match command.as_str() {
        "setup" => setup::everything(),
        "build" => setup::for_page().and_then(|()| build::run()),
        "data" => setup::for_data(),
        "size" => size::run(),
        "split" => split::learn(),
        _ => bail!("there is no command `{command}`\n\n{HELP}"),
    }
}
