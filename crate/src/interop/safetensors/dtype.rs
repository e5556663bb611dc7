//! The types of numbers that weights come in, and their way to `f32`.

use burn::tensor::{bf16, f16};

/// Bytes of the longest element.
pub(super) const MAX_SIZE: usize = 4;

/// The type of a tensor's elements in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dtype {
    F32,
    F16,
    BF16,
}

impl Dtype {
    /// By the name that the format gives it; `None` for the types that no weights are read from.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "F32" => Self::F32,
            "F16" => Self::F16,
            "BF16" => Self::BF16,
            _ => return None,
        })
    }

    /// The name that the format gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
        }
    }

    /// Bytes of an element.
    pub fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::BF16 => 2,
        }
    }

    /// Appends `values`, each rounded to the nearest element, to the bytes of a file.
    pub(super) fn write(self, values: &[f32], file: &mut Vec<u8>) {
        match self {
            Self::F32 => file.extend(values.iter().flat_map(|value| value.to_le_bytes())),
            Self::F16 => file.extend(
                values
                    .iter()
                    .flat_map(|&value| f16::from_f32(value).to_le_bytes()),
            ),
            Self::BF16 => file.extend(
                values
                    .iter()
                    .flat_map(|&value| bf16::from_f32(value).to_le_bytes()),
            ),
        }
    }

    /// Appends little-endian elements to `values`; bytes beyond the last whole element are left out.
    pub(super) fn append(self, bytes: &[u8], values: &mut Vec<f32>) {
        match self {
            Self::F32 => values.extend(
                bytes
                    .chunks_exact(4)
                    .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])),
            ),
            Self::F16 => values.extend(
                bytes
                    .chunks_exact(2)
                    .map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()),
            ),
            Self::BF16 => values.extend(
                bytes
                    .chunks_exact(2)
                    .map(|b| bf16::from_le_bytes([b[0], b[1]]).to_f32()),
            ),
        }
    }
}
