//! Splits the module in two: the first part is what a visit with WebGPU runs, the rest is loaded when a function of it is
//! first called. See `crate/src/web/rest.rs`.
//!
//! A function that moved to the rest leaves a stub where the first part refers to it: the stub has the rest loaded,
//! unless it is there, and calls the function through a new slot of the table. So a function in the wrong part costs
//! time, and is never an error. What is not in the module's exports, the rest imports from the first part by number.

mod first;
mod learn;
mod plan;
mod rest;
mod rules;
mod summary;
mod survey;
mod watched;

use anyhow::Result;
use wasm_encoder::Module;
use wasm_encoder::reencode::utils;
use wasmparser::Parser;

use self::first::First;
pub use self::learn::run as learn;
use self::plan::Plan;
use self::rules::{KEPT, RULES};
use self::survey::Survey;
use crate::data::md5_hex;

/// The name under which the rest imports everything.
const FIRST: &str = "first";

pub struct Parts {
    pub first: Vec<u8>,
    pub rest: Vec<u8>,
}

/// Another one splits otherwise.
pub fn version() -> String {
    md5_hex(
        [
            include_bytes!("split.rs").as_slice(),
            include_bytes!("split/survey.rs"),
            include_bytes!("split/plan.rs"),
            include_bytes!("split/rules.rs"),
            include_bytes!("split/first.rs"),
            include_bytes!("split/rest.rs"),
            RULES.as_bytes(),
            KEPT.as_bytes(),
        ]
        .concat()
        .as_slice(),
    )
}

pub fn split(module: &[u8]) -> Result<Parts> {
    let survey = Survey::of(module)?;
    let plan = Plan::of(&survey)?;
    let parser = Parser::new(0);
    let mut first = Module::new();
    utils::parse_core_module(
        &mut First {
            survey: &survey,
            plan: &plan,
        },
        &mut first,
        parser,
        module,
    )?;
    Ok(Parts {
        first: first.finish(),
        rest: rest::rest(&survey, &plan, module)?,
    })
}

fn table_name(number: u32) -> String {
    format!("table{number}")
}

fn global_name(number: u32) -> String {
    format!("global{number}")
}
