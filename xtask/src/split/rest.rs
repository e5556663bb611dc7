//! The rest: what moved, with all else imported from the first part.

use std::convert::Infallible;

use anyhow::{Context, Result, ensure};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, FunctionSection, ImportSection, Module,
    TableType, TypeSection,
};
use wasmparser::{ExternalKind, Parser, Payload};

use super::plan::Plan;
use super::survey::Survey;
use super::{FIRST, global_name, table_name};

struct Rest<'a> {
    plan: &'a Plan,
}

impl Reencode for Rest<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.plan.rest[function as usize].expect("what the rest refers to is in it"))
    }
}

pub fn rest(survey: &Survey, plan: &Plan, module: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = Rest { plan };
    let (mut types, mut imports, mut functions, mut elements, mut code) = (
        TypeSection::new(),
        ImportSection::new(),
        FunctionSection::new(),
        ElementSection::new(),
        CodeSection::new(),
    );
    let mut number = survey.imported;
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::TypeSection(section) => encoder.parse_type_section(&mut types, section)?,
            Payload::MemorySection(section) => {
                let memory = section.into_iter().next().context("the module has no memory")??;
                let (name, ..) = survey
                    .exported
                    .iter()
                    .find(|(_, kind, _)| *kind == ExternalKind::Memory)
                    .context("the module does not export its memory")?;
                imports.import(FIRST, name, EntityType::Memory(encoder.memory_type(memory)?));
            }
            Payload::CodeSectionEntry(body) => {
                if plan.moved[number] {
                    functions.function(survey.functions[number]);
                    encoder.parse_function_body(&mut code, body)?;
                }
                number += 1;
            }
            _ => {}
        }
    }
    for (number, &table) in survey.tables.iter().enumerate() {
        // The first part's is larger.
        let kind = TableType {
            maximum: None,
            ..encoder.table_type(table)?
        };
        imports.import(FIRST, &table_name(number as u32), EntityType::Table(kind));
    }
    for (number, &global) in survey.globals.iter().enumerate() {
        imports.import(
            FIRST,
            &global_name(number as u32),
            EntityType::Global(encoder.global_type(global)?),
        );
    }
    for (place, &function) in plan.shared.iter().enumerate() {
        imports.import(
            FIRST,
            &place.to_string(),
            EntityType::Function(survey.functions[function as usize]),
        );
    }
    let in_slots: Result<Vec<u32>, _> = plan.slots.iter().map(|&f| encoder.function_index(f)).collect();
    let offset = ConstExpr::i32_const(survey.first_slot() as i32);
    elements.active(Some(survey.table), &offset, Elements::Functions(in_slots?.into()));

    ensure!(
        number == survey.functions.len(),
        "the module lacks functions' bodies"
    );
    let mut rest = Module::new();
    rest.section(&types)
        .section(&imports)
        .section(&functions)
        .section(&elements)
        .section(&code);
    Ok(rest.finish())
}
