//! The tensor functions on which a model's time is spent: the one place to make them faster.
//!
//! Models call these and nothing else for their heavy work. Each begins as a composition of Burn's tensors, which is
//! right on every backend and has its gradient from autodiff. A GPU kernel that replaces one keeps the composition as
//! its twin, and a test holds the two and their gradients together.

mod adamw;
mod adamw_cube;
mod attention;
mod attention_cube;
mod conv;
mod conv_cube;
mod conv_grad_cube;
mod cube;
mod flat;
mod flat_cube;
mod gated_add;
mod gelu;
mod layer_norm;
mod layer_norm_cube;
mod norm;
mod norm_cube;

pub use adamw::{AdamW, Moments, Rates, Weights, update};
pub use attention::attention;
pub use conv::{conv2d, linear, linear_pixels, upsample_nearest_2x};
pub use flat::{gather, next_start, part};
pub use gated_add::gated_add;
pub use gelu::gelu;
pub use layer_norm::layer_norm_modulate;
pub use norm::{group_norm, group_norm_silu, silu};
