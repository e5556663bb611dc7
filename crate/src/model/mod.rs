//! The networks. They know shapes and weights, and nothing of diffusion.
//!
//! Field names are diffusers' parameter names (the Diffusion Transformer's are the published DiT's), and weights have
//! PyTorch's layouts, so that the path of a parameter in a module is its key in a published checkpoint.

pub mod architecture;
pub mod attention;
pub mod autoencoder;
pub mod autoencoder_blocks;
pub mod autoencoder_config;
pub mod class_context;
pub mod dit;
pub mod dit_blocks;
pub mod dit_config;
pub mod dit_diffusers;
pub mod dit_embedding;
pub mod dit_inspect;
pub mod dit_layouts;
pub mod embedding;
pub mod gaussian;
pub mod inspect;
pub mod layers;
pub mod parameters;
pub mod points;
pub mod preset;
pub mod probe;
mod replayed;
pub mod resnet;
pub mod trainable;
pub mod transformer;
pub mod unet;
pub mod unet_blocks;
pub mod unet_config;
pub mod unet_plan;

pub use architecture::{Architecture, PublishedNetwork};
pub use autoencoder::AutoencoderKl;
pub use autoencoder_config::AutoencoderConfig;
pub use class_context::{ClassContextConfig, ClassContextUNet};
pub use dit::DiT;
pub use dit_config::DiTConfig;
pub use gaussian::DiagonalGaussian;
pub use inspect::{Block, Inspection, Row};
pub use points::{PointsConfig, PointsNet};
pub use preset::{Network, Preset};
pub use probe::Probe;
pub use replayed::Replayed;
pub use trainable::Trainable;
pub use unet::UNet;
pub use unet_config::UNetConfig;
