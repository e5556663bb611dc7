//! The wasm-bindgen surface: a [`session::Session`] that lives in a worker, and the messages it understands.

pub mod constructors;
mod emitter;
mod forward;
mod forward_pass;
mod frames;
mod images;
mod in_training;
mod jobs;
mod judging;
mod latent;
mod latent_pictures;
mod latent_samples;
mod looking;
mod model;
mod neighbours;
mod objective;
mod opening;
mod pace;
mod points;
pub mod protocol;
mod race;
mod rehearsal;
mod rest;
mod rows;
mod sampling;
mod saving;
pub mod session;
mod slow_step;
mod steering;
mod timing;
mod training;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    constructors::run();
    // wgpu reports an invalid shader nowhere else. A second logger in one module would be the only error.
    let _ = console_log::init_with_level(log::Level::Warn);
    emitter::report_panics();
}
