//! The networks. They know shapes and weights, and nothing of diffusion.
//!
//! Field names are diffusers' parameter names, and weights have PyTorch's layouts, so that the path of a parameter in
//! a module is its key in a published checkpoint.

pub mod attention;
pub mod autoencoder;
pub mod autoencoder_blocks;
pub mod autoencoder_config;
pub mod embedding;
pub mod gaussian;
pub mod layers;
pub mod parameters;
pub mod preset;
pub mod resnet;
pub mod trainable;
pub mod unet;
pub mod unet_blocks;
pub mod unet_config;

pub use autoencoder::AutoencoderKl;
pub use autoencoder_config::AutoencoderConfig;
pub use gaussian::DiagonalGaussian;
pub use preset::{Network, Preset};
pub use trainable::Trainable;
pub use unet::UNet;
pub use unet_config::UNetConfig;
