//! The whole static site in one folder: article, bench, the embedded element and its page, examples of hosts. All its
//! addresses are relative, so that it can lie anywhere below any site, and it needs no special headers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::project::{at, root};
use crate::shell::say;
use crate::{build, setup};

const DEFAULT: &str = "target/site";
/// Without it GitHub Pages takes the folder for the source of a site, and leaves files out.
const NO_JEKYLL: &str = ".nojekyll";

/// The folder that the arguments name.
pub fn folder(arguments: &[String]) -> Result<PathBuf> {
    match arguments {
        [] => Ok(at(DEFAULT)),
        [flag, folder] if flag == "--out" => Ok(std::env::current_dir()?.join(folder)),
        _ => bail!("`site` takes --out FOLDER, but got `{}`", arguments.join(" ")),
    }
}

pub fn run(folder: &Path) -> Result<()> {
    check(folder)?;
    setup::for_page()?;
    build::run()?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    copy(&at(build::DIST), folder)?;
    fs::write(folder.join(NO_JEKYLL), "")?;
    for page in pages(folder)? {
        check_addresses(&page)?;
    }
    say(format!("The site is in {}", folder.display()));
    Ok(())
}

/// A folder is only emptied if an earlier site is what it holds.
fn check(folder: &Path) -> Result<()> {
    let free = !folder.exists() || folder.join(NO_JEKYLL).exists() || fs::read_dir(folder)?.next().is_none();
    ensure!(
        free && !root().starts_with(folder),
        "{} holds something else than a site: name a new folder, or an empty one",
        folder.display()
    );
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)
                .with_context(|| format!("{} cannot be written", target.display()))?;
        }
    }
    Ok(())
}

fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "html") {
            found.push(path);
        }
    }
    Ok(found)
}

/// What a page loads or links to within the site must be there, under an address that does not begin with `/`.
fn check_addresses(page: &Path) -> Result<()> {
    let html = fs::read_to_string(page)?;
    for address in addresses(&html) {
        if address.contains(':') || address.starts_with('#') {
            continue;
        }
        ensure!(
            !address.starts_with('/'),
            "{} names {address}, which works only at the root of a site",
            page.display()
        );
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let file = page.parent().context("a page lies in a folder")?.join(path);
        ensure!(
            file.exists(),
            "{} names {address}, which is not there",
            page.display()
        );
    }
    Ok(())
}

/// What the attributes `src` and `href` say.
fn addresses(html: &str) -> impl Iterator<Item = &str> {
    ["src=\"", "href=\""].into_iter().flat_map(|attribute| {
        html.split(attribute)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_and_checked() {
        let html = r##"<a href="b.html?x#y">b</a><script src="/main.js"></script><a href="#c">c</a>"##;
        let found: Vec<_> = addresses(html).collect();
        assert_eq!(found, ["/main.js", "b.html?x#y", "#c"]);
        let page = std::env::temp_dir().join(format!("site-{}.html", std::process::id()));
        let wrong = |html: &str| {
            fs::write(&page, html).unwrap();
            check_addresses(&page).map_err(|error| error.to_string())
        };
        assert!(
            wrong(html)
                .unwrap_err()
                .contains("/main.js, which works only at the root")
        );
        assert!(
            wrong(r#"<img src="nowhere.png">"#)
                .unwrap_err()
                .contains("nowhere.png, which is not there")
        );
        assert!(wrong(r##"<a href="https://example.org/">x</a><a href="#c">c</a>"##).is_ok());
        fs::remove_file(page).unwrap();
    }

    #[test]
    fn only_a_site_is_replaced() {
        assert!(check(root()).is_err());
        assert!(check(&at("crate")).is_err());
        assert!(check(&at("target/no-such-folder")).is_ok());
        assert!(folder(&["--to".into(), "x".into()]).is_err());
    }
}
