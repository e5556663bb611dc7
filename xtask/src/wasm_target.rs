//! Rust's standard library for wasm32, and the compiler that has it.
//!
//! rustup brings it in one command. Where rustup can't, Debian's compiler does, with the standard library built from
//! Debian's source package; that compiler then builds everything for wasm32.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::packages::{self, as_root};
use crate::project;
use crate::shell::{find, read, run, say};
use crate::tools;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// Installs the standard library where it is missing.
pub fn ensure() -> Result<()> {
    if Compiler::find()?.is_some() {
        return Ok(());
    }
    if find("rustup").is_some() {
        say(format!("Adding {TARGET} to the Rust toolchain"));
        match run(Command::new("rustup").args(["target", "add", TARGET])) {
            Ok(()) => return Ok(()),
            Err(error) => say(error),
        }
    }
    if packages::are_debian() {
        return install_debians();
    }
    bail!("Rust has no standard library for {TARGET}; with rustup, `rustup target add {TARGET}` installs it")
}

/// A program such as cargo, called so that it finds the compiler that knows wasm32.
pub fn command(program: &str) -> Result<Command> {
    let compiler = Compiler::find()?.with_context(|| {
        format!("Rust has no standard library for {TARGET}: `cargo xtask setup` installs it")
    })?;
    let mut command = tools::command(program)?;
    command.env("PATH", compiler.path);
    if let Some(linker) = compiler.linker {
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    Ok(command)
}

struct Compiler {
    /// The PATH on which it is the first.
    path: OsString,
    /// The linker, where the compiler comes without one.
    linker: Option<String>,
}

impl Compiler {
    /// The compiler that has the standard library: the user's own, else Debian's.
    fn find() -> Result<Option<Self>> {
        let users = Self {
            path: tools::search_path()?,
            linker: None,
        };
        if users.has_standard_library() {
            return Ok(Some(users));
        }
        if !packages::are_debian() {
            return Ok(None);
        }
        let debians = Self::debians()?;
        Ok(debians.has_standard_library().then_some(debians))
    }

    fn debians() -> Result<Self> {
        let path = tools::search_path()?;
        let folders = std::iter::once(PathBuf::from("/usr/bin")).chain(env::split_paths(&path));
        let mut compiler = Self {
            path: env::join_paths(folders).context("PATH cannot be extended")?,
            linker: None,
        };
        compiler.linker = Some(format!("wasm-ld-{}", compiler.llvm_version()?));
        Ok(compiler)
    }

    fn rustc(&self, arguments: &[&str]) -> Result<String> {
        read(Command::new("rustc").args(arguments).env("PATH", &self.path))
    }

    /// The first number of the version of LLVM that the compiler was built with.
    fn llvm_version(&self) -> Result<String> {
        let versions = self.rustc(&["--version", "--verbose"])?;
        let llvm = versions
            .lines()
            .find_map(|line| line.strip_prefix("LLVM version: ")?.split('.').next());
        Ok(llvm
            .context("rustc does not tell the version of its LLVM")?
            .to_owned())
    }

    fn library_folder(&self) -> Result<PathBuf> {
        Ok(PathBuf::from(self.rustc(&[
            "--print",
            "target-libdir",
            "--target",
            TARGET,
        ])?))
    }

    fn has_standard_library(&self) -> bool {
        self.library_folder()
            .is_ok_and(|folder| !libraries(&folder, "libstd-").is_empty())
    }
}

fn libraries(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    files
        .filter(|file| file.extension().is_some_and(|extension| extension == "rlib"))
        .filter(|file| {
            file.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(prefix))
        })
        .collect()
}

/// Builds an empty crate together with the standard library, and puts the library where Debian's compiler looks for it.
fn install_debians() -> Result<()> {
    packages::install(&["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"])?;
    let compiler = Compiler::debians()?;
    packages::install(&[&format!("lld-{}", compiler.llvm_version()?)])?;
    say(format!(
        "Building Rust's standard library for {TARGET} (some minutes, once)"
    ));
    let folder = project::cache()?.join("wasm32-std");
    // Libraries of an earlier attempt must not be taken for this one's.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--release", "--target", TARGET, "--target-dir", "target"]);
    cargo
        .arg("-Zbuild-std=std,panic_abort,test")
        .env("RUSTC_BOOTSTRAP", "1");
    // Link-time optimisation of what uses the library reads the library's bitcode.
    cargo.env("RUSTFLAGS", "-Cembed-bitcode=yes");
    run(cargo.current_dir(&folder).env("PATH", &compiler.path))?;

    let built = libraries(&folder.join("target").join(TARGET).join("release/deps"), "lib");
    let to = compiler.library_folder()?;
    let by_root =
        |program| as_root(program).with_context(|| format!("only root may write to {}", to.display()));
    run(by_root("mkdir")?.arg("-p").arg(&to))?;
    run(by_root("cp")?.args(built).arg(&to))
}
