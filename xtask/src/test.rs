//! Every check and test, cheapest first; the first that fails ends the run.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::project::at;
use crate::shell::{run as execute, say};
use crate::{build, node, server, setup, tools, wasm_target};

struct Phase {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<()>,
}

const PHASES: [Phase; 7] = [
    Phase {
        name: "format",
        what: "rustfmt and biome",
        run: format,
    },
    Phase {
        name: "clippy",
        what: "clippy, natively and for wasm32",
        run: clippy,
    },
    Phase {
        name: "native",
        what: "unit, property and reference tests, natively",
        run: native,
    },
    Phase {
        name: "build",
        what: "the page",
        run: build::run,
    },
    Phase {
        name: "types",
        what: "the page's types, against the module's",
        run: types,
    },
    Phase {
        name: "wasm",
        what: "the crate's tests in the browser",
        run: wasm,
    },
    Phase {
        name: "page",
        what: "the served page in the browser",
        run: page,
    },
];

/// Runs the phases that are named, or all.
pub fn run(names: &[String]) -> Result<()> {
    if let Some(unknown) = names
        .iter()
        .find(|name| PHASES.iter().all(|phase| phase.name != **name))
    {
        bail!(
            "there is no phase `{unknown}`; the phases are {}",
            PHASES.map(|phase| phase.name).join(", ")
        );
    }
    setup::everything()?;
    let mut passed: Vec<(&str, Duration)> = Vec::new();
    for phase in PHASES
        .iter()
        .filter(|phase| names.is_empty() || names.iter().any(|name| name == phase.name))
    {
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
    execute(node::command("biome")?.args(["ci", "--error-on-warnings"]))
}

fn clippy() -> Result<()> {
    let warnings = ["--", "--deny", "warnings"];
    execute(
        tools::command("cargo")?
            .args(["clippy", "--workspace", "--all-targets"])
            .args(warnings),
    )?;
    let wasm = [
        "clippy",
        "--package",
        "diffusion-playground",
        "--lib",
        "--target",
        wasm_target::TARGET,
    ];
    execute(wasm_target::command("cargo")?.args(wasm).args(warnings))
}

fn native() -> Result<()> {
    execute(tools::command("cargo")?.args(["nextest", "run", "--workspace"]))
}

fn types() -> Result<()> {
    execute(&mut node::command("tsc")?)
}

fn wasm() -> Result<()> {
    // With the release profile the tests link the dependencies that the page's module was built from.
    let arguments = [
        "test",
        "--headless",
        "--chrome",
        "--mode",
        "no-install",
        "--release",
        "crate",
        "--test",
        "browser",
    ];
    execute(wasm_target::command("wasm-pack")?.args(arguments))
}

fn page() -> Result<()> {
    let address = server::start(at(build::DIST), [0])?;
    let mut playwright = node::command("playwright")?;
    playwright
        .args(["test", "--config", "tests/browser"])
        .env("PAGE", format!("http://{address}/"));
    execute(playwright.env("CHROME", browser::chrome().context("no browser is installed")?))
}
