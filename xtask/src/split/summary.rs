//! The fewest lines that tell functions which ran from those that did not, where both are named by their paths.
//!
//! Paths make a tree, word by word. A rule at a place of it turns what is below; for both states that a place may inherit,
//! its cost is the lesser of leaving it as it is and of turning it, summed from the leaves up.

use std::collections::BTreeMap;

/// Bytes of code that a rule has to save.
const RULE: f64 = 1500.0;
/// What it costs to move a function that runs, beside thirty times its size: the visitor would download all of the rest.
const BREACH: f64 = 20_000.0;
/// Bytes that a function takes beside its code.
const OVERHEAD: usize = 6;
/// Functions of the project's own stay, whether a test ran them or not; so do not those that read checkpoints, and kernels
/// for the CPU.
const OURS: &str = "diffusion_playground::";
const RARE: [&str; 2] = ["::interop::", "flex::"];

pub struct Function<'a> {
    pub path: &'a str,
    pub size: usize,
    pub ran: bool,
}

/// The rules, by path.
pub fn summary(functions: &[Function]) -> Vec<String> {
    let mut root = Place::default();
    for function in functions {
        let path = function.path;
        let size = (function.size + OVERHEAD) as f64;
        let place = words(path).fold(&mut root, |place, word| place.below.entry(word).or_default());
        if function.ran {
            place.moved += BREACH + 30.0 * size;
        } else if !path.contains(OURS) || RARE.iter().any(|rare| path.contains(rare)) {
            place.kept += size;
        }
    }
    root.sum();
    let mut rules = Vec::new();
    root.turn("", false, &mut rules);
    rules.sort_by(|a, b| a[1..].cmp(&b[1..]));
    rules
}

/// Identifiers, and what is between them; the end of a path is a word, too.
fn words(path: &str) -> impl Iterator<Item = &str> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut left = path;
    std::iter::from_fn(move || {
        let first = left.chars().next()?;
        let end = left.find(|c| in_word(c) != in_word(first)).unwrap_or(left.len());
        // `>::f$` ends in three words.
        let end = if end == left.len() && end > 1 && left.ends_with('$') {
            end - 1
        } else {
            end
        };
        let (word, rest) = left.split_at(end);
        left = rest;
        Some(word)
    })
}

#[derive(Default)]
struct Place<'a> {
    below: BTreeMap<&'a str, Place<'a>>,
    /// What it costs if what is above stays, and if it moves.
    kept: f64,
    moved: f64,
}

impl Place<'_> {
    fn sum(&mut self) {
        for place in self.below.values_mut() {
            place.sum();
            self.kept += place.kept.min(place.moved + RULE);
            self.moved += place.moved.min(place.kept + RULE);
        }
    }

    fn turn(&self, path: &str, moves: bool, rules: &mut Vec<String>) {
        for (word, place) in &self.below {
            let path = format!("{path}{word}");
            let (same, other) = if moves {
                (place.moved, place.kept)
            } else {
                (place.kept, place.moved)
            };
            let turns = other + RULE < same;
            if turns {
                rules.push(format!("{}{path}", if moves { '+' } else { '-' }));
            }
            place.turn(&path, moves != turns, rules);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(path: &str, size: usize, ran: bool) -> Function<'_> {
        Function { path, size, ran }
    }

    #[test]
    fn words_alternate_and_the_end_is_one() {
        let words: Vec<_> = words("<a::b_c as d>::e$").collect();
        assert_eq!(
            words,
            ["<", "a", "::", "b_c", " ", "as", " ", "d", ">::", "e", "$"]
        );
    }

    #[test]
    fn what_did_not_run_moves_and_what_ran_beside_it_stays() {
        let functions = [
            function("gemm::a::f$", 3000, false),
            function("gemm::a::g$", 3000, false),
            function("gemm::b::h$", 3000, true),
            function("gemm::b::i$", 3000, false),
            function("gemm::c::j$", 3000, false),
            function("burn::run$", 9000, true),
            function("burn::little$", 100, false),
            function("diffusion_playground::rare$", 9000, false),
            function("twin$ > a$", 3000, true),
            function("twin$ > b$", 3000, false),
        ];
        assert_eq!(summary(&functions), ["-gemm::", "+gemm::b::h$", "-twin$ > b$"]);
    }
}
