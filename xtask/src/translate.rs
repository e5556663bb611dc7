//! The article in Chinese, made from the English page: its texts are replaced, everything else stays. Formulas are written
//! once: in the texts `{1}` stands for the first of a paragraph, `{2}` for the second.

use std::collections::HashMap;
use std::fs;

use anyhow::{Context, Result, bail, ensure};

use crate::project::at;
use crate::shell::say;

const ENGLISH: &str = "www/index.html";
const CHINESE: &str = "www/strings/zh/article.txt";

/// What holds text, and never another of these.
const BLOCKS: [&str; 7] = ["title", "h1", "h2", "h3", "p", "summary", "li"];
const DESCRIPTION: &str = "name=\"description\"\n      content=\"";

/// What differs besides the texts.
const SWITCHED: [(&str, &str); 3] = [
    ("<html lang=\"en\">", "<html lang=\"zh-Hans\">"),
    (
        "<nav class=\"language\" aria-label=\"Language\"><a href=\"zh.html\" lang=\"zh-Hans\" hreflang=\"zh-Hans\">中文</a></nav>",
        "<nav class=\"language\" aria-label=\"语言\"><a href=\"index.html\" lang=\"en\" hreflang=\"en\">English</a></nav>",
    ),
    (
        "<script type=\"module\" src=\"main.js\"></script>",
        "<link rel=\"modulepreload\" href=\"strings/zh.js\" />\n    <script type=\"module\" src=\"main.js\"></script>",
    ),
];
/// Takes whoever reads Chinese from the English page to this one.
const REDIRECT: (&str, &str) = ("    <script>\n", "</script>\n");

/// The Chinese page. What has no translation stays English, and is told of.
pub fn chinese_page() -> Result<String> {
    let page = fs::read_to_string(at(ENGLISH)).with_context(|| format!("{ENGLISH} cannot be read"))?;
    let texts = fs::read_to_string(at(CHINESE)).with_context(|| format!("{CHINESE} cannot be read"))?;
    let (chinese, missing) = translate(&page, &translations(&texts)?)?;
    for text in missing {
        let beginning: String = text.chars().take(60).collect();
        say(format!(
            "Not in {CHINESE}, and therefore left in English: {beginning}"
        ));
    }
    Ok(chinese)
}

/// Pairs of lines: `> ` and the English text, then the Chinese one.
fn translations(texts: &str) -> Result<HashMap<&str, &str>> {
    let mut found = HashMap::new();
    let mut lines = texts
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    while let Some(line) = lines.next() {
        let english = line
            .strip_prefix("> ")
            .with_context(|| format!("{CHINESE}: this line should begin with `> `: {line}"))?;
        match lines.next() {
            Some(chinese) if !chinese.starts_with("> ") => found.insert(english, chinese),
            _ => bail!("{CHINESE}: no translation follows on: {english}"),
        };
    }
    Ok(found)
}

/// The page with all its texts replaced, and those for which there is nothing.
fn translate(page: &str, translations: &HashMap<&str, &str>) -> Result<(String, Vec<String>)> {
    let mut missing = Vec::new();
    let mut result = String::new();
    let mut rest = page;
    while let Some((start, end)) = next_text(rest) {
        result += &rest[..start];
        let (english, formulas) = shortened(&rest[start..end]);
        if let Some(chinese) = translations.get(english.as_str()) {
            let formulas = formulas.iter().enumerate();
            result += &formulas.fold((*chinese).to_owned(), |text, (index, formula)| {
                text.replace(&format!("{{{}}}", index + 1), formula)
            });
        } else {
            result += &rest[start..end];
            missing.push(english);
        }
        rest = &rest[end..];
    }
    result += rest;
    for (english, chinese) in SWITCHED {
        ensure!(result.contains(english), "{ENGLISH} should hold {english}");
        result = result.replacen(english, chinese, 1);
    }
    let start = result
        .find(REDIRECT.0)
        .with_context(|| format!("{ENGLISH} has no redirection"))?;
    let length = result[start..].find(REDIRECT.1).context("a script ends")? + REDIRECT.1.len();
    result.replace_range(start..start + length, "");
    Ok((result, missing))
}

/// Where the next text begins and ends.
fn next_text(html: &str) -> Option<(usize, usize)> {
    let blocks = BLOCKS.iter().filter_map(|tag| {
        let open = html
            .match_indices(&format!("<{tag}"))
            .map(|(at, matched)| at + matched.len())
            .find(|&after| html[after..].starts_with(['>', ' ', '\n']))?;
        let start = open + html[open..].find('>')? + 1;
        Some((start, start + html[start..].find(&format!("</{tag}>"))?))
    });
    let description = html.find(DESCRIPTION).and_then(|at| {
        let start = at + DESCRIPTION.len();
        Some((start, start + html[start..].find('"')?))
    });
    blocks.chain(description).min()
}

/// A text on one line, with numbers for its formulas, and these.
fn shortened(html: &str) -> (String, Vec<&str>) {
    let mut text = String::new();
    let mut formulas = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find("<tex") {
        let end = rest[start..]
            .find("</tex>")
            .map_or(rest.len(), |length| start + length + 6);
        formulas.push(&rest[start..end]);
        text += &format!("{}{{{}}}", &rest[..start], formulas.len());
        rest = &rest[end..];
    }
    text += rest;
    (text.split_whitespace().collect::<Vec<_>>().join(" "), formulas)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Formulas and markup, in no order: a translation has the same.
    fn marks(text: &str) -> Vec<&str> {
        let mut found: Vec<_> = text
            .split_inclusive(['>', '}'])
            .filter_map(|part| part.rfind(['<', '{']).map(|start| &part[start..]))
            .collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn every_text_of_the_article_has_its_translation() {
        let page = fs::read_to_string(at(ENGLISH)).unwrap();
        let texts = fs::read_to_string(at(CHINESE)).unwrap();
        let translations = translations(&texts).unwrap();
        let (chinese, missing) = translate(&page, &translations).unwrap();
        assert_eq!(missing, Vec::<String>::new(), "not translated");
        for (english, chinese) in &translations {
            assert_eq!(marks(english), marks(chinese), "{chinese}");
            assert!(chinese.chars().any(|letter| letter > '\u{4e00}'), "{chinese}");
        }
        let unused = translations.keys().filter(|english| {
            let mut rest = page.as_str();
            while let Some((start, end)) = next_text(rest) {
                if shortened(&rest[start..end]).0 == **english {
                    return false;
                }
                rest = &rest[end..];
            }
            true
        });
        assert_eq!(
            unused.collect::<Vec<_>>(),
            Vec::<&&str>::new(),
            "not in the article"
        );
        assert_eq!(page.matches("<tex").count(), chinese.matches("<tex").count());
    }

    #[test]
    fn texts_are_replaced_and_formulas_stay() {
        let page = format!(
            "{}\n<head>{}go();{}</head>{}<p class=\"x\">A\n  <tex>a</tex> and <tex>b</tex></p><path><p>C</p>",
            SWITCHED[0].0,
            REDIRECT.0,
            REDIRECT.1,
            SWITCHED.map(|(english, _)| english)[1..].concat()
        );
        let texts = translations("# words\n\n> A {1} and {2}\n先 {2} 后 {1}\n").unwrap();
        let (chinese, missing) = translate(&page, &texts).unwrap();
        assert!(chinese.contains("<p class=\"x\">先 <tex>b</tex> 后 <tex>a</tex></p><path><p>C</p>"));
        assert!(!chinese.contains("go()"));
        assert_eq!(missing, ["C"]);
    }

    #[test]
    fn a_text_without_translation_is_named() {
        assert!(
            translations("> A\n> B\n乙\n")
                .unwrap_err()
                .to_string()
                .contains(": A")
        );
        assert!(
            translations("A\n")
                .unwrap_err()
                .to_string()
                .contains("begin with")
        );
    }
}
