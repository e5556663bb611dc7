//! The npm package: what it needs beside the module's own files is put into `pkg`, from where `npm pack` takes it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::project::{at, root};
use crate::{build, node, shell};

/// The hand-kept part: the manifest, without a version, and what npm's page says.
const TEMPLATE: &str = "www/package";
/// What declares the types: the compiler writes them from the scripts' comments.
const TYPES: &str = "--declaration --emitDeclarationOnly --noEmit false --stripInternal --rootDir . --outDir pkg/types \
                     --target es2023 --module esnext --moduleResolution bundler --lib es2023,dom,dom.iterable \
                     --allowJs --checkJs --strict --skipLibCheck --types node www/library.js www/playground.js \
                     www/worker.js www/css.d.ts www/build.d.ts --ignoreConfig";
/// Types that are written by hand or by the build, where the declarations look for them.
const DECLARATIONS: [&str; 3] = [
    "www/messages.d.ts",
    "www/css.d.ts",
    "pkg/diffusion_playground.d.ts",
];
const COPIES: [&str; 8] = [
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "www/package/README.md",
    "www/dist/data/mnist-train.pack",
    "www/dist/data/mnist-test.pack",
    "www/models/classifier.safetensors",
    // What the opening draws with.
    "www/models/mnist-dit.safetensors",
    "www/recording.webp",
];

/// Puts the package together; the module must be in `pkg`.
pub fn assemble() -> Result<()> {
    let package = build::PACKAGE;
    build::bundle(
        package,
        &["library.js", "views.js", "worker.js", build::CHINESE],
        &[build::LATER],
    )?;
    build::bundle(
        package,
        &[build::REGISTRATION],
        &["--external:./views.js", build::LATER],
    )?;
    let types = at(package).join("types");
    if types.exists() {
        fs::remove_dir_all(&types)?;
    }
    shell::run(node::command("tsc")?.args(TYPES.split_whitespace()))?;
    for file in DECLARATIONS {
        copy(file, &types.join(file))?;
    }
    for file in COPIES {
        let path = Path::new(file);
        let name = path.file_name().context("a file has a name")?;
        let folder = match path.extension().and_then(|extension| extension.to_str()) {
            Some("pack") => "data",
            Some("safetensors") => "models",
            _ => "",
        };
        copy(file, &at(package).join(folder).join(name))?;
    }
    let manifest = fs::read_to_string(at(TEMPLATE).join("package.json"))?;
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let manifest = manifest.replacen("\"version\": \"0.0.0\"", &version, 1);
    fs::write(at(package).join("package.json"), manifest)?;
    Ok(())
}

fn copy(from: &str, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    fs::copy(root().join(from), to)
        .with_context(|| format!("{from} cannot be copied to {}", to.display()))?;
    Ok(())
}
