//! The header: which tensors there are, and that their bytes lie end to end.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::error::shown;
use super::{Dtype, SafetensorsError};

/// The key of the texts that are not tensors.
pub(super) const METADATA: &str = "__metadata__";

/// A tensor as the header describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorInfo {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
}

/// A header whose tensors fill the file without gap or overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Texts that the writer added.
    pub metadata: BTreeMap<String, String>,
    /// In the order of their bytes.
    pub tensors: Vec<TensorInfo>,
}

impl TensorInfo {
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// Bytes in the file.
    pub fn bytes(&self) -> u64 {
        self.elements() as u64 * self.dtype.size() as u64
    }
}

impl Header {
    /// Reads and checks the JSON; spaces may follow it.
    pub fn parse(json: &[u8]) -> Result<Self, SafetensorsError> {
        let Claims {
            metadata,
            mut tensors,
        } = serde_json::from_slice(json)?;
        let mut names = HashSet::new();
        if let Some((name, _)) = tensors.iter().find(|(name, _)| !names.insert(name.as_str())) {
            return Err(SafetensorsError::Duplicate(shown(name)));
        }
        tensors.sort_by_key(|(_, claim)| claim.data_offsets);
        let mut end = 0;
        let mut checked: Vec<TensorInfo> = Vec::new();
        for (name, claim) in tensors {
            let (begin, next) = claim.data_offsets;
            if begin != end {
                return Err(misplaced(&name, begin, end, checked.last()));
            }
            checked.push(claim.check(name)?);
            end = next;
        }
        Ok(Self {
            metadata,
            tensors: checked,
        })
    }

    /// Bytes of all tensors together.
    pub fn data_length(&self) -> u64 {
        self.tensors.iter().map(TensorInfo::bytes).sum()
    }

    /// The tensor in which the data ends if there are only `length` bytes of it: with how many of its own.
    pub(super) fn cut_at(&self, length: u64) -> Option<(&TensorInfo, u64)> {
        let mut begin = 0;
        self.tensors.iter().find_map(|tensor| {
            let found = length.saturating_sub(begin);
            begin += tensor.bytes();
            (length < begin).then_some((tensor, found))
        })
    }
}

fn misplaced(name: &str, found: u64, expected: u64, before: Option<&TensorInfo>) -> SafetensorsError {
    let name = shown(name);
    match before {
        Some(before) if found < expected => SafetensorsError::Overlap {
            name,
            before: shown(&before.name),
            expected,
            found,
        },
        _ => SafetensorsError::Gap {
            name,
            expected,
            found,
        },
    }
}

/// The header before anything in it is believed.
struct Claims {
    metadata: BTreeMap<String, String>,
    tensors: Vec<(String, Claim)>,
}

#[derive(serde::Deserialize)]
struct Claim {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

impl Claim {
    fn check(self, name: String) -> Result<TensorInfo, SafetensorsError> {
        let Some(dtype) = Dtype::named(&self.dtype) else {
            return Err(SafetensorsError::Dtype {
                name: shown(&name),
                found: shown(&self.dtype),
            });
        };
        let (begin, end) = self.data_offsets;
        let Some(expected) = self.bytes(dtype) else {
            return Err(SafetensorsError::TooLarge {
                name: shown(&name),
                shape: self.shape,
            });
        };
        if end.checked_sub(begin) != Some(expected) {
            return Err(SafetensorsError::Size {
                name: shown(&name),
                expected,
                begin,
                end,
            });
        }
        // Each fits: their product does.
        let shape = self.shape.iter().map(|&n| n as usize).collect();
        Ok(TensorInfo { name, dtype, shape })
    }

    /// `None` where the number of bytes, or a dimension, is beyond this machine's `usize`.
    fn bytes(&self, dtype: Dtype) -> Option<u64> {
        let fits = |n: u64| usize::try_from(n).ok().map(|_| n);
        let mut bytes = dtype.size() as u64;
        for &n in &self.shape {
            bytes = fits(bytes.checked_mul(fits(n)?)?)?;
        }
        Some(bytes)
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ClaimsVisitor)
    }
}

/// Keeps entries that a map would merge, and names the tensor whose entry cannot be read.
struct ClaimsVisitor;

impl<'de> Visitor<'de> for ClaimsVisitor {
    type Value = Claims;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
        let mut claims = Claims {
            metadata: BTreeMap::new(),
            tensors: Vec::new(),
        };
        while let Some(name) = map.next_key::<String>()? {
            let named = |error| A::Error::custom(format!("\"{}\": {error}", shown(&name)));
            if name == METADATA {
                claims.metadata = map.next_value().map_err(named)?;
            } else {
                let claim = map.next_value().map_err(named)?;
                claims.tensors.push((name, claim));
            }
        }
        Ok(claims)
    }
}
