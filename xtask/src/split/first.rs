//! The first part: the module without what moved, and with stubs in its place.

use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Instruction, Module, TableType,
};

use super::plan::Plan;
use super::survey::Survey;
use super::{global_name, table_name};

type Encoded<T = ()> = Result<T, reencode::Error<Infallible>>;

pub struct First<'a> {
    pub survey: &'a Survey<'a>,
    pub plan: &'a Plan,
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
