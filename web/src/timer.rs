//! Timers: `setTimeout`, which pages and workers have.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: u32, argument: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(handle: &JsValue);
}

/// A timer that is cleared when it is dropped.
pub(crate) struct Timer(JsValue);

impl Timer {
    /// Calls a function with an argument after a while.
    pub(crate) fn start(ms: u32, callback: &Function, argument: &JsValue) -> Self {
        Self(set_timeout(callback, ms, argument))
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.0);
    }
}

/// A promise of a value after a while, and its timer.
pub(crate) fn after(ms: u32, value: &JsValue) -> (Promise, Timer) {
    let (promise, resolve) = promise();
    let timer = Timer::start(ms, &resolve, value);
    (promise, timer)
}

/// A promise and the function that resolves it.
pub(crate) fn promise() -> (Promise, Function) {
    // SECURITY: no `Function` constructor here: a strict content security policy forbids it.
    let mut resolver = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| resolver = resolve.into());
    (promise, resolver.unchecked_into())
}
