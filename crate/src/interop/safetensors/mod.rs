//! The safetensors format: a length, a JSON header that says what lies where, and the tensors' bytes end to end.
//!
//! Read as the bytes arrive and checked before anything is believed: no memory is set aside for a length that only the
//! file claims.

mod dtype;
mod error;
mod header;
mod reader;
mod writer;

pub use dtype::Dtype;
pub use error::SafetensorsError;
pub use header::{Header, TensorInfo};
pub use reader::{File, Progress, Reader};
pub use writer::{write, write_as};

/// The longest header that is read, in bytes: the limit of the format's other readers too.
pub const MAX_HEADER: u64 = 100_000_000;

/// Reads a whole file that is in memory.
pub fn read(file: &[u8]) -> Result<File, SafetensorsError> {
    let mut reader = Reader::new(Some(file.len() as u64));
    reader.feed(file)?;
    reader.finish()
}

#[cfg(test)]
mod tests;
