//! What a fresh machine lacks. Each step looks first, and says in a line what it installs.

use anyhow::Result;

use crate::shell::{read, run, say};
use crate::{browser, data, node, tools, wasm_target};

/// What packing the data needs.
pub fn for_data() -> Result<()> {
    node::ensure()?;
    data::ensure()
}

/// What building and serving the page needs.
pub fn for_page() -> Result<()> {
    node::ensure()?;
    wasm_target::ensure()?;
    tools::wasm_bindgen()?.ensure()?;
    data::ensure()
}

/// What the tests need beyond the page.
pub fn for_tests() -> Result<()> {
    browser::ensure()?;
    components()?;
    tools::wasm_pack().ensure()?;
    tools::nextest().ensure()
}

pub fn everything() -> Result<()> {
    for_page()?;
    for_tests()?;
    say("Everything is installed");
    Ok(())
}

/// rustfmt and clippy, which a minimal toolchain lacks.
fn components() -> Result<()> {
    for component in ["fmt", "clippy"] {
        if read(tools::command("cargo")?.args([component, "--version"])).is_err() {
            let name = if component == "fmt" { "rustfmt" } else { component };
            say(format!("Adding {name} to the Rust toolchain"));
            run(tools::command("rustup")?.args(["component", "add", name]))?;
        }
    }
    Ok(())
}
