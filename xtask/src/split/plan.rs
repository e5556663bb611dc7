//! Which function of a module goes into which part.

use std::collections::HashSet;

use anyhow::{Context, Result};
use wasmparser::ExternalKind;

use super::rules::{moves, paths, rules};
use super::survey::Survey;

/// The function of the crate that has the rest loaded.
const LOADER: &str = "need_rest";

/// Which function goes where.
pub struct Plan {
    pub moved: Vec<bool>,
    /// Moved functions to which the first part refers, in the order of their slots.
    pub slots: Vec<u32>,
    /// Functions of the first part that the rest calls.
    pub shared: Vec<u32>,
    /// Each function's number in the first part, and in the rest.
    pub first: Vec<Option<u32>>,
    pub rest: Vec<Option<u32>>,
    pub loader: u32,
}

impl Plan {
    pub fn of(survey: &Survey) -> Result<Self> {
        let loader = survey
            .exported_function(LOADER)
            .with_context(|| format!("the module does not export {LOADER}"))?;
        let moved = moved(survey);
        let callers = |from_moved: bool| -> HashSet<u32> {
            let callers = survey.functions().filter(|&f| moved[f as usize] == from_moved);
            callers.flat_map(|f| &survey.calls[f as usize]).copied().collect()
        };
        let (of_first, of_rest) = (callers(false), callers(true));
        let is_moved = |&f: &u32| moved[f as usize];
        let slots: Vec<u32> = survey
            .functions()
            .filter(is_moved)
            .filter(|f| of_first.contains(f) || survey.in_table.contains(f))
            .collect();
        let shared: Vec<u32> = survey
            .functions()
            .filter(|f| !is_moved(f) && of_rest.contains(f))
            .collect();
        let stubs: HashSet<u32> = slots.iter().copied().collect();
        let stays = survey.functions().filter(|f| !is_moved(f) || stubs.contains(f));
        let in_rest = shared.iter().copied().chain(survey.functions().filter(is_moved));
        Ok(Self {
            first: numbered(survey, stays),
            rest: numbered(survey, in_rest),
            moved,
            slots,
            shared,
            loader,
        })
    }

    pub fn slot(&self, survey: &Survey, function: u32) -> Option<u64> {
        let place = self.slots.binary_search(&function).ok()?;
        Some(survey.first_slot() + place as u64)
    }
}

fn numbered(survey: &Survey, functions: impl Iterator<Item = u32>) -> Vec<Option<u32>> {
    let mut numbers = vec![None; survey.functions.len()];
    for (number, function) in functions.enumerate() {
        numbers[function as usize] = Some(number as u32);
    }
    numbers
}

/// The functions that [the rules](rules) move, and those that only such call.
fn moved(survey: &Survey) -> Vec<bool> {
    let mut fixed: HashSet<u32> = survey.in_table.clone();
    let exported = survey
        .exported
        .iter()
        .filter(|(_, kind, _)| *kind == ExternalKind::Func);
    let exported: HashSet<u32> = exported.map(|&(_, _, function)| function).collect();
    fixed.extend(&exported);
    let (rules, paths) = (rules(), paths(survey));
    let mut moved: Vec<bool> = survey
        .functions()
        .map(|f| {
            let may_move = f as usize >= survey.imported && !exported.contains(&f);
            may_move && moves(&rules, &paths[f as usize])
        })
        .collect();
    let mut callers = vec![Vec::new(); survey.functions.len()];
    for caller in survey.functions() {
        for &called in &survey.calls[caller as usize] {
            callers[called as usize].push(caller);
        }
    }
    loop {
        let follow: Vec<u32> = survey
            .functions()
            .skip(survey.imported)
            .filter(|f| !moved[*f as usize] && !fixed.contains(f))
            .filter(|&f| {
                let others: Vec<_> = callers[f as usize]
                    .iter()
                    .filter(|&&caller| caller != f)
                    .collect();
                !others.is_empty() && others.iter().all(|&&caller| moved[caller as usize])
            })
            .collect();
        if follow.is_empty() {
            return moved;
        }
        for function in follow {
            moved[function as usize] = true;
        }
    }
}
