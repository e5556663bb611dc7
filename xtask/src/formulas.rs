//! The article's formulas, which are written in TeX: KaTeX draws them when the page is built.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{shell, tools};

/// Puts MathML in the place of each `<tex>` of some pages.
pub fn draw(pages: &[PathBuf]) -> Result<()> {
    let mut node = tools::command("node")?;
    shell::read(node.arg("xtask/tex.js").args(pages))
        .map(drop)
        .context("a formula cannot be drawn")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::project::target;

    fn drawn(name: &str, page: &str) -> Result<String> {
        let file = target()?.join(name);
        fs::write(&file, page)?;
        let result = draw(std::slice::from_ref(&file));
        let page = fs::read_to_string(&file)?;
        fs::remove_file(&file)?;
        result.map(|()| page)
    }

    #[test]
    fn tex_becomes_mathml_with_the_page_s_colours() {
        let page = drawn(
            "good-formulas.html",
            r"<p><tex>\mix{x_t}</tex>, <tex display>|a|</tex></p>",
        )
        .unwrap();
        assert!(
            page.starts_with("<p><math><mrow><mstyle class=\"mix\"><msub>"),
            "{page}"
        );
        assert!(page.contains("</math>, <math display=\"block\"><mrow>"), "{page}");
        assert!(!page.contains("tex"), "{page}");
    }

    #[test]
    fn bad_tex_is_named_with_its_page() {
        for (tex, problem) in [(r"\frac{1", "expected '}'"), (r"\mathbb{E}", "the letter itself")] {
            let page = format!("<tex>{tex}</tex>");
            let error = format!("{:#}", drawn("bad-formulas.html", &page).unwrap_err());
            for part in ["bad-formulas.html: ", &page, problem] {
                assert!(error.contains(part), "{error}");
            }
        }
    }
}
