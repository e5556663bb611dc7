//! Diffusion models that train and sample in the browser, on WebGPU, and natively from the same source.
//!
//! Data flows one way: [`data`] -> [`process`] -> [`model`] -> [`train`], and noise -> [`sampler`] (with [`guidance`]
//! around the model) -> frames. The mathematics ([`schedule`], [`process`], [`prediction`], [`sampler`]) knows nothing
//! of models, the models nothing of diffusion, and nothing outside `web` knows the browser.

pub mod bound;
pub mod data;
pub mod denoiser;
pub mod error;
pub mod evaluate;
pub mod guidance;
pub mod interop;
pub mod kernels;
pub mod model;
pub mod prediction;
pub mod process;
pub mod rng;
pub mod runtime;
pub mod sampler;
pub mod schedule;
pub mod train;
#[cfg(target_arch = "wasm32")]
pub mod web;
