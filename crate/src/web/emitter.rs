//! How events leave the module.

use std::cell::RefCell;
use std::fmt::Display;

use js_sys::Function;
use tsify::Tsify;
use wasm_bindgen::JsValue;

use super::protocol::{Event, Place};

/// Calls the page's function with each event.
#[derive(Clone, Debug)]
pub struct Emitter(Function);

thread_local! {
    /// Whom a panic is reported to: a panic has no other way out of the module.
    static LAST: RefCell<Option<Emitter>> = const { RefCell::new(None) };
}

impl Emitter {
    pub fn new(function: Function) -> Self {
        let emitter = Self(function);
        LAST.with_borrow_mut(|last| *last = Some(emitter.clone()));
        emitter
    }

    pub fn emit(&self, event: Event) {
        let sent = event
            .into_js()
            .map_err(JsValue::from)
            .and_then(|event| self.0.call1(&JsValue::NULL, &event));
        if let Err(error) = sent {
            log::error!("an event could not be delivered: {error:?}");
        }
    }

    pub fn error(&self, at: Place, message: impl Display) {
        self.emit(Event::Error {
            at,
            message: message.to_string(),
        });
    }
}

/// From now on a panic is written to the console, and the page is told that the worker must be started anew.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        if let Some(emitter) = LAST.with_borrow(Option::clone) {
            emitter.emit(Event::DeviceLost {
                message: format!("the computation broke off: {info}"),
            });
        }
    }));
}
