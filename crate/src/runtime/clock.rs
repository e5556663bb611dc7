//! A monotonic clock.

/// Seconds since some fixed moment.
#[cfg(not(target_arch = "wasm32"))]
pub fn now() -> f64 {
    use std::{sync::LazyLock, time::Instant};
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64()
}

/// Seconds since some fixed moment.
#[cfg(target_arch = "wasm32")]
pub fn now() -> f64 {
    // `performance` exists in pages and workers alike; `Date` is the clock of stranger places.
    use wasm_bindgen::JsCast;
    let performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into()).ok();
    match performance.and_then(|value| value.dyn_into::<web_sys::Performance>().ok()) {
        Some(performance) => performance.now() / 1e3,
        None => js_sys::Date::now() / 1e3,
    }
}
