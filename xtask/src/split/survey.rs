//! What a module is made of, as far as splitting it takes.

use std::collections::HashSet;
use std::ops::Range;

use anyhow::{Context, Result, bail};
use wasmparser::{ElementItems, ExternalKind, FuncType, GlobalType, Operator, Parser, Payload, TypeRef};

/// What the module is made of. Functions are numbered as in the module, imported ones first.
#[derive(Default)]
pub struct Survey<'a> {
    pub types: Vec<FuncType>,
    /// The type of each function.
    pub functions: Vec<u32>,
    pub imported: usize,
    pub names: Vec<&'a str>,
    /// Bytes of code.
    pub sizes: Vec<usize>,
    /// Which functions each calls.
    pub calls: Vec<HashSet<u32>>,
    /// Which functions stand in the table.
    pub in_table: HashSet<u32>,
    pub exported: Vec<(&'a str, ExternalKind, u32)>,
    pub globals: Vec<GlobalType>,
    pub tables: Vec<wasmparser::TableType>,
    /// The number of the table of functions.
    pub table: u32,
}

impl<'a> Survey<'a> {
    pub fn of(module: &'a [u8]) -> Result<Self> {
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
                self.sizes.resize(self.imported, 0);
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
                self.sizes.push(body.range().len());
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

    pub fn exported_function(&self, name: &str) -> Option<u32> {
        let is_it = |&&(exported, kind, _): &&(&str, ExternalKind, u32)| {
            exported == name && kind == ExternalKind::Func
        };
        self.exported.iter().find(is_it).map(|&(_, _, function)| function)
    }

    pub fn function_type(&self, function: u32) -> &FuncType {
        &self.types[self.functions[function as usize] as usize]
    }

    /// Where the slots begin that the table does not have yet.
    pub fn first_slot(&self) -> u64 {
        self.tables[self.table as usize].initial
    }

    pub fn functions(&self) -> Range<u32> {
        0..self.functions.len() as u32
    }
}
