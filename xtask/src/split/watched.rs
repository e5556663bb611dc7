//! The module with a mark for each function: the first call of a function sets it. Marks are in a memory of their own.

use std::convert::Infallible;

use anyhow::Result;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Instruction, MemArg, MemorySection, MemoryType, Module,
};
use wasmparser::Parser;

use super::survey::Survey;

/// The name of the memory that holds a byte for each function of the module's own, in their order.
pub const MARKS: &str = "marks";

const PAGE: usize = 1 << 16;
const MEMORY: u32 = 1;

/// The whole module, watched.
pub fn watched(module: &[u8]) -> Result<Vec<u8>> {
    let survey = Survey::of(module)?;
    let mut whole = Module::new();
    let mut watched = Watched {
        marks: survey.functions.len() - survey.imported,
        next: 0,
    };
    utils::parse_core_module(&mut watched, &mut whole, Parser::new(0), module)?;
    Ok(whole.finish())
}

type Encoded<T = ()> = Result<T, reencode::Error<Infallible>>;

struct Watched {
    marks: usize,
    /// Of the function that comes next.
    next: i32,
}

impl Reencode for Watched {
    type Error = Infallible;

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: wasmparser::MemorySectionReader<'_>,
    ) -> Encoded {
        utils::parse_memory_section(self, memories, section)?;
        memories.memory(MemoryType {
            minimum: self.marks.div_ceil(PAGE) as u64,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Encoded {
        utils::parse_export_section(self, exports, section)?;
        exports.export(MARKS, ExportKind::Memory, MEMORY);
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: wasmparser::FunctionBody<'_>) -> Encoded {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        function.instruction(&Instruction::I32Const(self.next));
        function.instruction(&Instruction::I32Const(1));
        function.instruction(&Instruction::I32Store8(MemArg {
            offset: 0,
            align: 0,
            memory_index: MEMORY,
        }));
        self.next += 1;
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            function.instruction(&self.parse_instruction(&mut operators)?);
        }
        code.function(&function);
        Ok(())
    }
}
