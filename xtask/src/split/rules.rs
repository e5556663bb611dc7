//! Which functions a visit with WebGPU does not run.

use std::collections::HashMap;

use super::survey::Survey;

/// What a visit with WebGPU does not run: `+` stays, `-` moves; the longest line that a function's [path](paths) begins
/// with, at the end of a word, counts. Remarks begin with #. `cargo xtask split` writes it.
pub const RULES: &str = include_str!("rules.txt");

/// What stays, in the same form, though no test of a visit runs it. Written by hand.
pub const KEPT: &str = include_str!("kept.txt");

/// What they begin with.
pub const REMARKS: &str = "\
# Which functions a visit with WebGPU does not run: see ../split.rs. `cargo xtask split` wrote it, from what ran in a
# watched module while tests of the page went through on WebGPU. What is missing here, or wrong, costs a visitor the
# download of the rest, or of too much, and nothing else.
";

/// The beginnings of paths, the longest first, each with whether it moves.
pub fn rules() -> Vec<(bool, &'static str)> {
    let mut rules: Vec<_> = rules_of(KEPT).chain(rules_of(RULES)).collect();
    rules.sort_by_key(|(_, path)| std::cmp::Reverse(path.len()));
    rules
}

/// What [`KEPT`] names.
pub fn kept() -> Vec<(bool, &'static str)> {
    rules_of(KEPT).collect()
}

fn rules_of(text: &'static str) -> impl Iterator<Item = (bool, &'static str)> {
    let rule = |line: &'static str| match line.split_at_checked(1)? {
        ("+", path) => Some((false, path)),
        ("-", path) => Some((true, path)),
        _ => None,
    };
    text.lines().filter_map(rule)
}

/// Whether the first of the rules that is one for it moves a function with this path.
pub fn moves(rules: &[(bool, &str)], path: &str) -> bool {
    rule_for(rules, path).is_some_and(|(moves, _)| *moves)
}

/// Whether any rule is one for it.
pub fn is_named(rules: &[(bool, &str)], path: &str) -> bool {
    rule_for(rules, path).is_some()
}

fn rule_for<'a>(rules: &'a [(bool, &'a str)], path: &str) -> Option<&'a (bool, &'a str)> {
    rules.iter().find(|(_, start)| begins_with(path, start))
}

/// What rules tell functions apart by: the [path] of a name, and $ at its end. Twins, whose paths are the same, are told
/// apart by what they call: ` > ` and the path of each.
pub fn paths(survey: &Survey) -> Vec<String> {
    let plain: Vec<_> = survey.names.iter().map(|name| path(name)).collect();
    let mut twins = HashMap::<&str, u32>::new();
    for path in &plain {
        *twins.entry(path).or_default() += 1;
    }
    survey
        .functions()
        .map(|f| {
            let mut path = format!("{}$", plain[f as usize]);
            if twins[plain[f as usize].as_str()] > 1 {
                let mut called: Vec<&str> = survey.calls[f as usize]
                    .iter()
                    .map(|&called| plain[called as usize].as_str())
                    .collect();
                called.sort_unstable();
                called.dedup();
                for called in called {
                    path.extend([" > ", called, "$"]);
                }
            }
            path
        })
        .collect()
}

fn begins_with(path: &str, start: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let goes_on = |rest: &str| start.ends_with(in_word) && rest.starts_with(in_word);
    path.strip_prefix(start).is_some_and(|rest| !goes_on(rest))
}

/// A function's name without the numbers that the compiler, its version included, and wasm-bindgen, which has demangled it,
/// tell twins apart by.
pub fn path(name: &str) -> String {
    let (mut path, mut left) = (String::new(), name);
    while let Some((before, after)) = left.split_once('[') {
        let Some((number, rest)) = after.split_once(']') else {
            break;
        };
        path.push_str(before);
        if is_hash(number) {
            path.push_str("[]");
        } else if !(rest.is_empty() && number.bytes().all(|c| c.is_ascii_digit())) {
            path.extend(["[", number, "]"]);
        }
        left = rest;
    }
    path.push_str(left);
    let end = path.rsplit_once("::h").filter(|(_, hash)| is_hash(hash));
    let length = end.map_or(path.len(), |(before, _)| before.len());
    path.truncate(length);
    path
}

fn is_hash(hash: &str) -> bool {
    hash.len() == 16 && hash.bytes().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_no_numbers_of_twins() {
        assert_eq!(path("a::b::h0123456789abcdef"), "a::b");
        assert_eq!(path("a::b::h0123456789abcdef[2]"), "a::b");
        assert_eq!(path("core[c5930c85a12de822]::fmt"), "core[]::fmt");
        assert_eq!(
            path("<[f32; 2] as a::B>::c::h0123456789abcdef"),
            "<[f32; 2] as a::B>::c"
        );
    }

    #[test]
    fn the_longest_beginning_counts() {
        let rules = [(false, "a::b$"), (true, "a::"), (false, "a")];
        let moved = |path| moves(&rules, path);
        assert!(moved("a::c$") && moved("a::b::c$"));
        assert!(!moved("a::b$") && !moved("a::b$ > a::c$") && !moved("ab$") && !moved("b$"));
        assert!(moves(&[(true, "a")], "a::b$") && !moves(&[(true, "a")], "ab::b$"));
    }

    #[test]
    fn every_line_of_the_rules_is_a_rule_or_a_remark() {
        let lines = || RULES.lines().chain(KEPT.lines());
        let remarks = lines().filter(|line| line.starts_with('#')).count();
        assert_eq!(rules().len() + remarks, lines().count());
    }
}
