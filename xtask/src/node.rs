//! Node.js and the npm packages.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::project::at;
use crate::shell::{read, run, say};
use crate::tools;

const OLDEST: u32 = 20;
/// The lock file that a folder's node_modules was installed from.
const INSTALLED: &str = "node_modules/.installed-lock.json";

/// Installs the npm packages where the installed ones are not those of the lock file.
pub fn ensure() -> Result<()> {
    ensure_in(".")
}

/// The same for the package in a folder of the repository.
pub fn ensure_in(folder: &str) -> Result<()> {
    let folder = at(folder);
    let lock = fs::read(folder.join("package-lock.json")).context("package-lock.json cannot be read")?;
    if fs::read(folder.join(INSTALLED)).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    check_version()?;
    say("Installing the npm packages");
    run(tools::command("npm")?.arg("ci").current_dir(&folder))?;
    Ok(fs::write(folder.join(INSTALLED), lock)?)
}

/// A program of an npm package.
pub fn command(program: &str) -> Result<Command> {
    tools::command(at("node_modules/.bin").join(program))
}

fn check_version() -> Result<()> {
    let need = format!("Node.js {OLDEST} or newer, with npm, must be on PATH");
    let version = read(Command::new("node").arg("--version")).with_context(|| need.clone())?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    ensure!(
        major.is_some_and(|major| major >= OLDEST),
        "{need}; this is {version}"
    );
    Ok(())
}
