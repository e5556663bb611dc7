//! The crate against numbers that others computed: tests/fixtures, made with diffusers 0.42.1 in single precision.

mod learned_variance;
mod samplers;
