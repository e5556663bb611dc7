//! Why something cannot be imported or exported.

use thiserror::Error;

use super::layout::LayoutError;
use super::safetensors::SafetensorsError;
use crate::error::ConfigError;
use crate::model::parameters::LoadError;

/// A sentence that names the file's part and says what would be right.
#[derive(Debug, Error)]
pub enum InteropError {
    #[error("the configuration is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the configuration is not a JSON object")]
    NotAnObject,
    #[error("the configuration has no \"_class_name\", but must name one of {known}")]
    NoClass { known: String },
    #[error("_class_name is \"{found}\", but must be one of {known}")]
    UnknownClass { found: String, known: String },
    #[error("{field} is {value}: {reason}")]
    Field {
        field: String,
        value: String,
        reason: String,
    },
    #[error(
        "the configuration describes a network of {least} parameters or more, but the file holds {found}: they do not belong together"
    )]
    TooFewParameters { least: u64, found: u64 },
    #[error("there is no config.json, and the weights alone do not say what network they are of")]
    NoConfig,
    #[error("the tensors \"{first}\" and \"{second}\" stand for the same weights")]
    Ambiguous { first: String, second: String },
    /// A tensor that [`Published::rearrange`](super::Published::rearrange) cannot place.
    #[error("{0}")]
    Arrangement(String),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    File(#[from] SafetensorsError),
    #[error(transparent)]
    Weights(#[from] LoadError),
    #[error(transparent)]
    Layout(#[from] LayoutError),
}
