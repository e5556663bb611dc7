//! Why a file cannot be read, in sentences that name the tensor.

use thiserror::Error;

use super::MAX_HEADER;

/// What is wrong with a safetensors file.
#[derive(Debug, Error)]
pub enum SafetensorsError {
    #[error("this is not a safetensors file: it is {0}")]
    OtherFormat(&'static str),
    #[error("the file ends after {found} bytes, but its first 8 must hold the length of its header")]
    NoLength { found: u64 },
    #[error(
        "the header claims to be {length} bytes long, but must be at most {MAX_HEADER}: this is not a safetensors file"
    )]
    HeaderTooLong { length: u64 },
    #[error("the header claims to be {length} bytes long, but only {found} bytes follow")]
    TruncatedHeader { length: u64, found: u64 },
    #[error("the header cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the header names the tensor \"{0}\" twice")]
    Duplicate(String),
    #[error("tensor \"{name}\" has type {found}, but must have F32, F16 or BF16")]
    Dtype { name: String, found: String },
    #[error("tensor \"{name}\" has shape {shape:?}, more elements than can be counted")]
    TooLarge { name: String, shape: Vec<u64> },
    #[error("tensor \"{name}\" needs {expected} bytes for its type and shape, but its offsets {begin}..{end} span {}",
        span(*.begin, *.end))]
    Size {
        name: String,
        expected: u64,
        begin: u64,
        end: u64,
    },
    #[error(
        "tensor \"{name}\" begins at offset {found}, before the end of \"{before}\" at {expected}: they overlap"
    )]
    Overlap {
        name: String,
        before: String,
        expected: u64,
        found: u64,
    },
    #[error(
        "tensor \"{name}\" begins at offset {found}, but must begin at {expected}: the bytes between are no tensor's"
    )]
    Gap { name: String, expected: u64, found: u64 },
    #[error("the file is truncated in tensor \"{name}\": {found} of its {expected} bytes are there")]
    TruncatedData { name: String, expected: u64, found: u64 },
    #[error(
        "the file goes on after its last tensor: its header describes {expected} bytes, there are {found}"
    )]
    TrailingData { expected: u64, found: u64 },
    #[error("the file has been refused already")]
    Refused,
}

fn span(begin: u64, end: u64) -> String {
    end.checked_sub(begin)
        .map_or_else(|| "less than none".into(), |bytes| bytes.to_string())
}

/// What the first bytes of files that are taken for safetensors usually turn out to be.
pub(super) fn other_format(first: [u8; 8]) -> Option<SafetensorsError> {
    let known: [(&[u8], &str); 6] = [
        (
            b"PK\x03\x04",
            "a zip archive, as PyTorch's .pt and .bin files are; save its tensors with safetensors.torch.save_file",
        ),
        (
            b"\x80\x02",
            "a Python pickle; load it in PyTorch and save its tensors with safetensors.torch.save_file",
        ),
        (
            b"version ",
            "a Git LFS pointer, which stands for the weights; fetch them with git lfs pull",
        ),
        (b"GGUF", "a GGUF file"),
        (b"<", "a web page; the address may not lead to the file itself"),
        (b"{", "JSON without the length that must precede it"),
    ];
    let found = known.into_iter().find(|(magic, _)| first.starts_with(magic))?;
    Some(SafetensorsError::OtherFormat(found.1))
}

/// A name as an error shows it: nobody reads the hundred-thousandth character.
pub(super) fn shown(name: &str) -> String {
    const MOST: usize = 200;
    match name.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &name[..end]),
        None => name.into(),
    }
}
