//! The tensor functions on which a model's time is spent: the one place to make them faster.
//!
//! Models call these and nothing else for their heavy work. Each begins as a composition of Burn's tensors, which is
//! right on every backend and has its gradient from autodiff. A GPU kernel that replaces one keeps the composition as
//! its twin, and a test holds the two and their gradients together.

mod adamw;
mod attention;
mod conv;
mod conv_cube;
mod gelu;
mod layer_norm;
mod norm;

pub use adamw::{AdamW, Moments, adamw};
pub use attention::attention;
pub use conv::{conv2d, linear, upsample_nearest_2x};
pub use gelu::gelu;
pub use layer_norm::{gated_add, layer_norm, modulated_layer_norm};
pub use norm::{group_norm, silu};
