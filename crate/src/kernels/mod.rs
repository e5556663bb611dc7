//! The tensor functions on which a model's time is spent: the one place to make them faster.
//!
//! Models call these and nothing else for their heavy work. On the GPU each is a kernel with a gradient of its own, in the
//! file whose name ends in `_cube`. On the CPU the heaviest are too, in files that end in `_flex`: loops that a compiler
//! turns into vector instructions, around the matrix products that Flex is built on. The others are compositions of
//! Burn's tensors there. What the GPU computes is held to what the CPU does, and that to compositions of Burn's tensors,
//! with all gradients (`crate/tests/checks/kernels.rs`, `flex/tests.rs`).
//!
//! What every kernel of the GPU keeps to, because WebGPU promises no more: 256 threads a workgroup, 16 KiB of shared memory, 8
//! buffers, of which Burn takes one, 65,535 workgroups a dimension, and no barrier that some threads of a workgroup do
//! not reach. No kernel is given two views of one buffer and writes either: in a browser that is an error. Each notes at its
//! launch what it computes, or moves where that takes longer (`runtime/work.rs`), and is named for what it does: a
//! profile shows both.

mod activated;
mod activation;
mod activation_cube;
mod activation_flex;
mod adamw;
mod adamw_cube;
mod attention;
mod attention_cube;
mod attention_grad_cube;
mod concat;
mod concat_cube;
mod conv;
mod conv_cube;
mod conv_flex;
mod conv_grad_cube;
mod conv_sums_cube;
mod conv_tile;
mod conv_write_cube;
mod copy;
mod copy_cube;
mod cube;
mod embed;
mod embed_cube;
mod flat;
mod flat_cube;
mod flex;
mod gated;
mod gated_cube;
mod inputs;
mod inputs_cube;
mod layer_norm;
mod layer_norm_cube;
mod linear;
mod linear_cube;
mod linear_flex;
mod linear_grad_cube;
mod maps;
mod modulation;
mod norm;
mod norm_cube;
mod norm_flex;
mod patches;
mod product_cube;
mod product_spec;
mod product_write_cube;
mod resample;
mod sampling_step;
mod sampling_step_cube;
mod self_attention;
mod self_attention_flex;
mod squared_error;
mod squared_error_cube;

pub use activated::{Input, linear_activated, linear_after};
pub use activation::{Activation, gelu, silu};
pub use adamw::{AdamW, Moments, Rates, Weights, coefficients, update, update_in_place};
pub use attention::attention;
pub use concat::concat_channels;
pub use conv::{conv2d, conv2d_add, linear_pixels, linear_pixels_add, upsample_conv2d};
pub use copy::{Overwritten, copied, overwrite, overwrite_labels};
pub(crate) use cube::runs_kernels;
pub use embed::{silu_labelled, sinusoids};
pub use flat::{gather, next_start, part};
pub use gated::{Residual, gated_linear};
pub use inputs::{Inputs, inputs, write_inputs};
pub use layer_norm::layer_norm_modulate;
pub use linear::linear;
pub use maps::modulations;
pub use modulation::Modulation;
pub use norm::{group_norm, group_norm_silu};
pub use patches::{linear_of_patches, linear_to_patches};
pub use resample::{avg_pool_2x, upsample_nearest_2x};
pub use sampling_step::{StepNumbers, sampling_step};
pub use self_attention::self_attention;
pub use squared_error::mean_squared_error;
