//! Splits the module in two: the first part is what a visit with WebGPU runs, the rest is loaded when a function of it is
//! first called. See `crate/src/web/rest.rs`.
//!
//! A function that moved to the rest leaves a stub where the first part refers to it: the stub has the rest loaded,
//! unless it is there, and calls the function through a new slot of the table. So a function in the wrong part costs
//! time, and is never an error. What is not in the module's exports, the rest imports from the first part by number.

use std::collections::HashSet;
use std::convert::Infallible;

use anyhow::{Context, Result, bail, ensure};
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, ImportSection, Instruction, Module, TableType, TypeSection,
};
use wasmparser::{ElementItems, ExternalKind, FuncType, GlobalType, Operator, Parser, Payload, TypeRef};

use crate::data::md5_hex;

/// What a visit with WebGPU does not run: `+` stays, `-` moves; the longest line that a function's path begins with counts.
/// A line that ends in $ is a whole path. Remarks begin with #.
const RULES: &str = include_str!("split.txt");
/// The function of the crate that has the rest loaded.
const LOADER: &str = "need_rest";
/// The name under which the rest imports everything.
const FIRST: &str = "first";

pub struct Parts {
    pub first: Vec<u8>,
    pub rest: Vec<u8>,
}

/// Another one splits otherwise.
pub fn version() -> String {
    md5_hex(
        [include_bytes!("split.rs").as_slice(), RULES.as_bytes()]
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
        rest: rest(&survey, &plan, module)?,
    })
}

/// What the module is made of. Functions are numbered as in the module, imported ones first.
#[derive(Default)]
struct Survey<'a> {
    types: Vec<FuncType>,
    /// The type of each function.
    functions: Vec<u32>,
    imported: usize,
    names: Vec<&'a str>,
    /// Which functions each calls.
    calls: Vec<HashSet<u32>>,
    /// Which functions stand in the table.
    in_table: HashSet<u32>,
    exported: Vec<(&'a str, ExternalKind, u32)>,
    globals: Vec<GlobalType>,
    tables: Vec<wasmparser::TableType>,
    /// The number of the table of functions.
    table: u32,
}

impl<'a> Survey<'a> {
    fn of(module: &'a [u8]) -> Result<Self> {
        let mut survey = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            survey.see(payload?)?;
        }
        survey.names.resize(survey.functions.len(), "");
        Ok(survey)
    }

    fn see(&mut self, payload: Payload<'a>) -> Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                for kind in section.into_iter_err_on_gc_types() {
                    self.types.push(kind?);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let TypeRef::Func(kind) = import?.ty else {
                        bail!("the module imports something else than functions")
                    };
                    self.functions.push(kind);
                }
                self.imported = self.functions.len();
                self.calls.resize_with(self.imported, HashSet::new);
            }
            Payload::FunctionSection(section) => {
                for kind in section {
                    self.functions.push(kind?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(table?.ty);
                }
                let of_functions = self
                    .tables
                    .iter()
                    .position(|table| table.element_type.is_func_ref());
                self.table = of_functions.context("the module has no table of functions")? as u32;
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(global?.ty);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    self.exported.push((export.name, export.kind, export.index));
                }
            }
            Payload::ElementSection(section) => {
                for element in section {
                    if let ElementItems::Functions(functions) = element?.items {
                        for function in functions {
                            self.in_table.insert(function?);
                        }
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let mut calls = HashSet::new();
                for operator in body.get_operators_reader()? {
                    if let Operator::Call { function_index } | Operator::RefFunc { function_index } =
                        operator?
                    {
                        calls.insert(function_index);
                    }
                }
                self.calls.push(calls);
            }
            Payload::CustomSection(section) => {
                if let wasmparser::KnownCustom::Name(names) = section.as_known() {
                    self.read_names(names)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn read_names(&mut self, names: wasmparser::NameSectionReader<'a>) -> Result<()> {
        for part in names {
            if let wasmparser::Name::Function(names) = part? {
                for name in names {
                    let name = name?;
                    let needed = self.names.len().max(name.index as usize + 1);
                    self.names.resize(needed, "");
                    self.names[name.index as usize] = name.name;
                }
            }
        }
        Ok(())
    }

    fn exported_function(&self, name: &str) -> Option<u32> {
        let is_it = |&&(exported, kind, _): &&(&str, ExternalKind, u32)| {
            exported == name && kind == ExternalKind::Func
        };
        self.exported.iter().find(is_it).map(|&(_, _, function)| function)
    }

    fn function_type(&self, function: u32) -> &FuncType {
        &self.types[self.functions[function as usize] as usize]
    }

    /// Where the slots begin that the table does not have yet.
    fn first_slot(&self) -> u64 {
        self.tables[self.table as usize].initial
    }

    fn functions(&self) -> std::ops::Range<u32> {
        0..self.functions.len() as u32
    }
}

/// Which function goes where.
struct Plan {
    moved: Vec<bool>,
    /// Moved functions to which the first part refers, in the order of their slots.
    slots: Vec<u32>,
    /// Functions of the first part that the rest calls.
    shared: Vec<u32>,
    /// Each function's number in the first part, and in the rest.
    first: Vec<Option<u32>>,
    rest: Vec<Option<u32>>,
    loader: u32,
}

impl Plan {
    fn of(survey: &Survey) -> Result<Self> {
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

    fn slot(&self, survey: &Survey, function: u32) -> Option<u64> {
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

/// The functions that [`RULES`] move, and those that only such call.
fn moved(survey: &Survey) -> Vec<bool> {
    let mut fixed: HashSet<u32> = survey.in_table.clone();
    let exported = survey
        .exported
        .iter()
        .filter(|(_, kind, _)| *kind == ExternalKind::Func);
    let exported: HashSet<u32> = exported.map(|&(_, _, function)| function).collect();
    fixed.extend(&exported);
    let rules = rules();
    let mut moved: Vec<bool> = survey
        .functions()
        .map(|f| {
            let may_move = f as usize >= survey.imported && !exported.contains(&f);
            may_move && moves(&rules, survey.names[f as usize])
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

/// The beginnings of paths, the longest first, each with whether it moves.
fn rules() -> Vec<(bool, &'static str)> {
    let rule = |line: &'static str| match line.split_at_checked(1)? {
        ("+", path) => Some((false, path)),
        ("-", path) => Some((true, path)),
        _ => None,
    };
    let mut rules: Vec<_> = RULES.lines().filter_map(rule).collect();
    rules.sort_by_key(|(_, path)| std::cmp::Reverse(path.len()));
    rules
}

fn moves(rules: &[(bool, &str)], name: &str) -> bool {
    let path = format!("{}$", path(name));
    let rule = rules.iter().find(|(_, start)| path.starts_with(start));
    rule.is_some_and(|(moves, _)| *moves)
}

/// A function's name without the numbers that the compiler and wasm-bindgen, which has demangled it, tell twins apart by.
fn path(name: &str) -> &str {
    let is_twin = |number: &str| {
        number
            .strip_suffix(']')
            .is_some_and(|n| n.bytes().all(|c| c.is_ascii_digit()))
    };
    let is_hash = |hash: &str| hash.len() == 16 && hash.bytes().all(|c| c.is_ascii_hexdigit());
    let name = name
        .rsplit_once('[')
        .filter(|(_, number)| is_twin(number))
        .map_or(name, |(name, _)| name);
    name.rsplit_once("::h")
        .filter(|(_, hash)| is_hash(hash))
        .map_or(name, |(name, _)| name)
}

type Encoded<T = ()> = Result<T, reencode::Error<Infallible>>;

struct First<'a> {
    survey: &'a Survey<'a>,
    plan: &'a Plan,
}

impl First<'_> {
    fn number(&self, function: u32) -> u32 {
        self.plan.first[function as usize].expect("what the first part refers to is in it")
    }

    /// Has the rest loaded, and calls the function through its slot.
    fn stub(&self, function: u32, slot: u64) -> Function {
        let mut stub = Function::new([]);
        stub.instruction(&Instruction::Call(self.number(self.plan.loader)));
        for parameter in 0..self.survey.function_type(function).params().len() {
            stub.instruction(&Instruction::LocalGet(parameter as u32));
        }
        stub.instruction(&Instruction::I32Const(slot as i32));
        stub.instruction(&Instruction::CallIndirect {
            type_index: self.survey.functions[function as usize],
            table_index: self.survey.table,
        });
        stub.instruction(&Instruction::End);
        stub
    }

    fn defined(&self) -> impl Iterator<Item = u32> {
        self.survey.functions().skip(self.survey.imported)
    }
}

impl Reencode for First<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Encoded<u32> {
        Ok(self.number(function))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: wasmparser::FunctionSectionReader<'_>,
    ) -> Encoded {
        for function in self.defined() {
            if self.plan.first[function as usize].is_some() {
                functions.function(self.survey.functions[function as usize]);
            }
        }
        Ok(())
    }

    fn table_type(&mut self, table: wasmparser::TableType) -> Encoded<TableType> {
        let mut kind = utils::table_type(self, table)?;
        if table.element_type.is_func_ref() {
            kind.minimum += self.plan.slots.len() as u64;
            kind.maximum = kind.maximum.map(|maximum| maximum.max(kind.minimum));
        }
        Ok(kind)
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Encoded {
        utils::parse_export_section(self, exports, section)?;
        for number in 0..self.survey.tables.len() as u32 {
            exports.export(&table_name(number), ExportKind::Table, number);
        }
        for number in 0..self.survey.globals.len() as u32 {
            exports.export(&global_name(number), ExportKind::Global, number);
        }
        for (place, &function) in self.plan.shared.iter().enumerate() {
            exports.export(&place.to_string(), ExportKind::Func, self.number(function));
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Encoded {
        for (function, body) in self.defined().collect::<Vec<_>>().into_iter().zip(section) {
            let body = body?;
            if !self.plan.moved[function as usize] {
                self.parse_function_body(code, body)?;
            } else if let Some(slot) = self.plan.slot(self.survey, function) {
                code.function(&self.stub(function, slot));
            }
        }
        Ok(())
    }

    /// The names have done their work.
    fn parse_custom_section(&mut self, _: &mut Module, _: wasmparser::CustomSectionReader<'_>) -> Encoded {
        Ok(())
    }
}

fn table_name(number: u32) -> String {
    format!("table{number}")
}

fn global_name(number: u32) -> String {
    format!("global{number}")
}

struct Rest<'a> {
    plan: &'a Plan,
}

impl Reencode for Rest<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Encoded<u32> {
        Ok(self.plan.rest[function as usize].expect("what the rest refers to is in it"))
    }
}

fn rest(survey: &Survey, plan: &Plan, module: &[u8]) -> Result<Vec<u8>> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_no_numbers_of_twins() {
        assert_eq!(path("a::b::h0123456789abcdef"), "a::b");
        assert_eq!(path("a::b::h0123456789abcdef[2]"), "a::b");
        assert_eq!(path("core[c5930c85a12de822]::fmt"), "core[c5930c85a12de822]::fmt");
    }

    #[test]
    fn the_longest_beginning_counts() {
        let rules = [(false, "a::b$"), (true, "a::"), (false, "a")];
        let moved = |name| moves(&rules, name);
        assert!(moved("a::c") && moved("a::b::c"));
        assert!(!moved("a::b::h0123456789abcdef") && !moved("ab") && !moved("b"));
    }

    #[test]
    fn every_line_of_the_rules_is_a_rule_or_a_remark() {
        let remarks = RULES.lines().filter(|line| line.starts_with('#')).count();
        assert_eq!(rules().len() + remarks, RULES.lines().count());
    }
}
