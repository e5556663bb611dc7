//! The module's link-time constructors, run exactly once.
//!
//! wasm-ld wraps every export in a call of all constructors, of which cubecl registers thousands, unless the program
//! itself refers to `__wasm_call_ctors`: 5 ms a kernel launch instead of 40 microseconds.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicU32, Ordering};

use wasm_bindgen::prelude::*;

unsafe extern "C" {
    fn __wasm_call_ctors();
}

/// Runs the constructors, unless they have run. The module's start calls it; a browser test, which has no start, too.
pub fn run() {
    if constructor_runs() == 0 {
        // SAFETY: the linker defines it, without arguments or result, and `count` keeps this from being its second call.
        unsafe { __wasm_call_ctors() }
    }
}

static RUNS: AtomicU32 = AtomicU32::new(0);

/// How often the constructors have run since the module was loaded: 1, or every call into the module is slow.
#[wasm_bindgen(js_name = constructorRuns)]
pub fn constructor_runs() -> u32 {
    RUNS.load(Ordering::Relaxed)
}

extern "C" fn count() {
    RUNS.fetch_add(1, Ordering::Relaxed);
}

// SAFETY: the section holds pointers to functions without arguments or result, and `count` is one.
#[used]
#[unsafe(link_section = ".init_array")]
static COUNT: extern "C" fn() = count;
