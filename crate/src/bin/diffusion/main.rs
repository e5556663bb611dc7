//! The command line: trains and samples natively with the library that the page runs.

#[cfg(not(target_arch = "wasm32"))]
mod card;
#[cfg(not(target_arch = "wasm32"))]
mod config_args;
#[cfg(not(target_arch = "wasm32"))]
mod convert;
#[cfg(not(target_arch = "wasm32"))]
mod evaluate;
#[cfg(not(target_arch = "wasm32"))]
mod grid;
#[cfg(not(target_arch = "wasm32"))]
mod image_folder;
#[cfg(not(target_arch = "wasm32"))]
mod inspect;
#[cfg(not(target_arch = "wasm32"))]
mod latents;
#[cfg(not(target_arch = "wasm32"))]
mod pack;
#[cfg(not(target_arch = "wasm32"))]
mod picture;
#[cfg(not(target_arch = "wasm32"))]
mod profile;
#[cfg(not(target_arch = "wasm32"))]
mod report;
#[cfg(not(target_arch = "wasm32"))]
mod sample;
#[cfg(not(target_arch = "wasm32"))]
mod scatter;
#[cfg(not(target_arch = "wasm32"))]
mod source;
#[cfg(not(target_arch = "wasm32"))]
mod train;
#[cfg(not(target_arch = "wasm32"))]
mod train_classifier;
#[cfg(not(target_arch = "wasm32"))]
mod train_log;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    use clap::Command;
    use std::process::ExitCode;

    env_logger::init();
    let matches = Command::new("diffusion")
        .about("Trains diffusion models and samples from them")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(train::command())
        .subcommand(sample::command())
        .subcommand(profile::command())
        .subcommand(inspect::command())
        .subcommand(convert::command())
        .subcommand(pack::command())
        .subcommand(train_classifier::command())
        .subcommand(evaluate::command())
        .subcommand(card::command())
        .get_matches();
    let done = pollster::block_on(async {
        match matches.subcommand() {
            Some(("train", arguments)) => train::run(arguments).await,
            Some(("sample", arguments)) => sample::run(arguments).await,
            Some(("profile", arguments)) => profile::run(arguments).await,
            Some(("inspect", arguments)) => inspect::run(arguments),
            Some(("convert", arguments)) => convert::run(arguments).await,
            Some(("pack", arguments)) => pack::run(arguments),
            Some(("train-classifier", arguments)) => train_classifier::run(arguments).await,
            Some(("evaluate", arguments)) => evaluate::run(arguments).await,
            Some(("card", arguments)) => card::run(arguments).await,
            _ => Ok(()),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says before any work is done that a file could not be written after it.
#[cfg(not(target_arch = "wasm32"))]
fn check_folder_of(path: &std::path::Path) -> Result<(), String> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if !folder.is_dir() => Err(format!(
            "{} cannot be written: there is no folder {}",
            path.display(),
            folder.display()
        )),
        _ => Ok(()),
    }
}

/// Writes a file that is whole wherever it is there, even if the program is stopped midway.
#[cfg(not(target_arch = "wasm32"))]
fn write_whole(path: &std::path::Path, bytes: &[u8]) -> Result<(), String> {
    let unwritable = |error| format!("{} cannot be written: {error}", path.display());
    let part = path.with_extension("part");
    std::fs::write(&part, bytes).map_err(unwritable)?;
    std::fs::rename(&part, path).map_err(unwritable)
}

/// `wasm-pack test` builds every target; there is no command line in a browser.
#[cfg(target_arch = "wasm32")]
fn main() {}
