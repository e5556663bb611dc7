//! The module's second part, of what a visit with WebGPU does not run: Burn's backend for the CPU, reading checkpoints,
//! kernels that nothing here launches.
//!
//! The build splits it off (`xtask/src/split.rs`). Where the first part would call a function of it, it first calls
//! [`need_rest`]. [`compute`] knows when much of it will run, and loads it without holding the thread up.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicBool, Ordering};

use wasm_bindgen::prelude::*;
use web_sys::DedicatedWorkerGlobalScope;

use crate::runtime::{Backend, Compute, Wanted};

#[wasm_bindgen(module = "/src/web/rest.js")]
extern "C" {
    #[wasm_bindgen(js_name = loadNow)]
    fn load_now(first: &JsValue);

    #[wasm_bindgen(catch, js_name = load)]
    async fn load_soon(first: JsValue) -> Result<(), JsValue>;
}

static LOADED: AtomicBool = AtomicBool::new(false);

/// Loads the second part, unless it is there.
// SAFETY: no other function has this name.
#[unsafe(no_mangle)]
pub extern "C" fn need_rest() {
    if !LOADED.load(Ordering::Relaxed) {
        LOADED.store(true, Ordering::Relaxed);
        load_now(&wasm_bindgen::exports());
    }
}

/// The same, while the thread does other things.
async fn load() -> Result<(), JsError> {
    if !LOADED.load(Ordering::Relaxed) {
        let loaded = load_soon(wasm_bindgen::exports()).await;
        loaded.map_err(|error| JsError::new(&String::from(js_sys::Error::from(error).message())))?;
        LOADED.store(true, Ordering::Relaxed);
    }
    Ok(())
}

/// Chooses the device, and loads the second part where it takes that: for the CPU, and on a page's own thread, which
/// may not be held up later.
pub async fn compute(wanted: Wanted) -> Result<Compute, JsError> {
    if !js_sys::global().is_instance_of::<DedicatedWorkerGlobalScope>() {
        load().await?;
    }
    let compute = Compute::choose(wanted).await?;
    if compute.backend == Backend::Cpu {
        load().await?;
    }
    Ok(compute)
}
