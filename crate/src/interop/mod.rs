//! Checkpoints of others, in and out: safetensors files, and diffusers' folders with their schedulers.
//!
//! [`Import`] takes a network in piece by piece, [`export`] gives the files of a folder; neither touches a file system,
//! so that a page and the command line share them. A class becomes known by implementing [`Published`] for its
//! configuration and adding it to the list in `registry.rs`.

mod autoencoder;
mod compvis;
mod dit;
mod error;
mod export;
mod fields;
mod import;
mod layout;
mod legacy;
mod published;
mod python_json;
mod registry;
pub mod safetensors;
pub mod scheduler;
mod unet2d;

pub use dit::DiffusersDiT;
pub use error::InteropError;
pub use export::{Export, ExportedFile, Part, export};
pub use fields::Fields;
pub use import::{Import, Imported, PIECE, import};
pub use layout::{Layout, LayoutError, ModelFiles};
pub use published::{Published, Weights};
pub use registry::{PublishedConfig, PublishedModel};
pub use scheduler::Scheduler;
