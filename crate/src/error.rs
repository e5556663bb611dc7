//! The one error of every configuration: which field, what it holds, what it should hold.

use std::fmt::Display;

/// A setting that can't be used. Reads as a sentence: "steps is 0, but must be from 1 to 1000".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {value}, but must be {expected}")]
pub struct ConfigError {
    /// The field's name, as in the Rust struct.
    pub field: &'static str,
    pub value: String,
    pub expected: String,
}

impl ConfigError {
    pub fn new(field: &'static str, value: impl Display, expected: impl Into<String>) -> Self {
        Self {
            field,
            value: value.to_string(),
            expected: expected.into(),
        }
    }
}

/// `Ok` where `holds`. Conditions written as comparisons are false for NaN, so NaN is refused.
pub(crate) fn require(
    holds: bool,
    field: &'static str,
    value: impl Display,
    expected: impl Into<String>,
) -> Result<(), ConfigError> {
    if holds {
        Ok(())
    } else {
        Err(ConfigError::new(field, value, expected))
    }
}
