//! Programs from crates.io that the build and the tests call.
//!
//! What is missing is installed into the project's cache folder, not among the user's own programs.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project;
use crate::shell::{find_in, read, run, say};

pub struct Tool {
    package: &'static str,
    program: &'static str,
    version: String,
    /// Whether another version than `version` won't do.
    exact: bool,
    /// Whether the package insists on the dependencies of its own lock file.
    locked: bool,
}

/// Speaks with the module's glue code: must be of the very version that the crate is built with.
pub fn wasm_bindgen() -> Result<Tool> {
    let version = project::locked_version("wasm-bindgen")?;
    Ok(Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version,
        exact: true,
        locked: false,
    })
}

pub fn wasm_pack() -> Tool {
    let version = "0.15.1".to_owned();
    Tool {
        package: "wasm-pack",
        program: "wasm-pack",
        version,
        exact: true,
        locked: false,
    }
}

pub fn nextest() -> Tool {
    let version = "0.9.143".to_owned();
    Tool {
        package: "cargo-nextest",
        program: "cargo-nextest",
        version,
        exact: false,
        locked: true,
    }
}

impl Tool {
    /// Installs the tool where it is missing.
    pub fn ensure(&self) -> Result<()> {
        if self.is_there()? {
            return Ok(());
        }
        let Tool { package, version, .. } = self;
        say(format!(
            "Installing {package} {version} from crates.io (some minutes, once)"
        ));
        let mut cargo = Command::new("cargo");
        cargo
            .args(["install", package, "--version", &format!("={version}"), "--root"])
            .arg(self.folder()?);
        if self.locked {
            cargo.arg("--locked");
        }
        // Its own temporary target folder: nothing of it is of use to the project's builds.
        run(cargo.env_remove("CARGO_TARGET_DIR"))
    }

    fn is_there(&self) -> Result<bool> {
        let Some(program) = find_in(&search_path()?, self.program) else {
            return Ok(false);
        };
        if !self.exact {
            return Ok(true);
        }
        let version = read(Command::new(program).arg("--version"))?;
        Ok(version.split_whitespace().any(|word| word == self.version))
    }

    fn folder(&self) -> Result<PathBuf> {
        Ok(project::cache()?
            .join("tools")
            .join(format!("{}-{}", self.package, self.version)))
    }
}

/// PATH, with the project's own tools in front.
pub fn search_path() -> Result<OsString> {
    let mut folders = Vec::new();
    for tool in [wasm_bindgen()?, wasm_pack(), nextest()] {
        folders.push(tool.folder()?.join("bin"));
    }
    folders.retain(|folder| folder.is_dir());
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    env::join_paths(folders).context("PATH cannot be extended: a folder in it has a name with a separator")
}

/// A program as the project calls it: in the repository, with its tools on PATH and its folder for built files.
pub fn command(program: impl AsRef<OsStr>) -> Result<Command> {
    let mut command = Command::new(program);
    command
        .current_dir(project::root())
        .env("PATH", search_path()?)
        .env("CARGO_TARGET_DIR", project::target()?);
    Ok(command)
}
