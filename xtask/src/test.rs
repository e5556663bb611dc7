//! Every check and test, cheapest first; the first that fails ends the run.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::project::at;
use crate::shell::{run as execute, say};
use crate::{build, node, server, setup, size, tools, wasm_target};

struct Phase {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

impl Phase {
    const fn new(name: &'static str, what: &'static str, run: fn() -> Result<()>) -> Self {
        Self { name, what, run }
    }
}

const PHASES: [Phase; 8] = [
    Phase::new("format", "rustfmt and biome", format),
    Phase::new("clippy", "clippy, natively and for wasm32", clippy),
    Phase::new("native", "unit, property and reference tests, natively", native),
    Phase::new("build", "the page", build::run),
    Phase::new("size", "what a first visit downloads", size::check),
    Phase::new("types", "the page's types, against the module's", types),
    Phase::new("wasm", "the crate's tests in the browser", wasm),
    Phase::new("page", "the served page in the browser", page),
];

/// Runs the phases that are named, or all.
pub fn run(names: &[String]) -> Result<()> {
    let known = PHASES.map(|phase| phase.name);
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!(
            "there is no phase `{unknown}`; the phases are {}",
            known.join(", ")
        );
    }
    setup::everything()?;
    let wanted = |phase: &&Phase| names.is_empty() || names.iter().any(|name| name == phase.name);
    let mut passed = Vec::new();
    for phase in PHASES.iter().filter(wanted) {
        say(format!("Phase {}: {}", phase.name, phase.what));
        let start = Instant::now();
        (phase.run)().with_context(|| format!("phase {} failed", phase.name))?;
        passed.push((phase.name, start.elapsed()));
    }
    for (name, time) in &passed {
        println!("{name:<10}{:>8.1} s", time.as_secs_f64());
    }
    println!("phases: {} passed, 0 failed", passed.len());
    Ok(())
}

fn format() -> Result<()> {
    execute(tools::command("cargo")?.args(["fmt", "--all", "--check"]))?;
    execute(node::command("biome")?.args(["check", "--error-on-warnings"]))
}

/// clippy in the place of rustc for our own crates: the dependencies are those that the tests and the page link, where
/// `cargo clippy` would check all of Burn once more, natively and for wasm32.
fn clippy() -> Result<()> {
    let wasm = [
        "--release",
        "--lib",
        "--package",
        "diffusion-playground",
        "--target",
        wasm_target::TARGET,
    ];
    linted(tools::command("cargo")?.args(["build", "--workspace", "--all-targets"]))?;
    linted(wasm_target::command("cargo")?.arg("build").args(wasm))
}

fn linted(cargo: &mut Command) -> Result<()> {
    execute(cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env(
        "CLIPPY_ARGS",
        "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
    ))
}

fn native() -> Result<()> {
    execute(tools::command("cargo")?.args(["nextest", "run", "--workspace"]))
}

fn types() -> Result<()> {
    execute(&mut node::command("tsc")?)
}

fn wasm() -> Result<()> {
    // With the release profile the tests link the dependencies that the page's module was built from.
    let arguments = "test --headless --chrome --mode no-install --release crate --test browser";
    execute(wasm_target::command("wasm-pack")?.args(arguments.split(' ')))
}

fn page() -> Result<()> {
    execute(&mut playwright()?)
}

/// Some of the page's tests, on one of the devices that their configuration names.
pub fn page_on(device: &str, tests: &[&str]) -> Result<()> {
    let files = tests.iter().map(|test| format!("/{test}.spec.js"));
    execute(playwright()?.arg(format!("--project={device}")).args(files))
}

/// Playwright, with the page served to it.
fn playwright() -> Result<Command> {
    let address = server::start(at(build::DIST), [0])?;
    let mut playwright = node::command("playwright")?;
    playwright.args(["test", "--config", "tests/browser"]);
    playwright.env("PAGE", format!("http://{address}/"));
    playwright.env("CHROME", browser::chrome().context("no browser is installed")?);
    Ok(playwright)
}
