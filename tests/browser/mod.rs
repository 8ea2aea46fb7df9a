//! What the browser tests share: a host as `js/host.ts` makes it, and small JavaScript objects.

#![allow(clippy::expect_used, reason = "a test may fail")]

use lifeguard::browser::Host;
use wasm_bindgen::{JsCast, JsValue};

/// A JavaScript value from an expression.
pub(crate) fn js(expression: &str) -> JsValue {
    js_sys::eval(&format!("({expression})")).expect("an expression")
}

/// A host whose lasting store is the given expression.
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) fn host_with(lasting: &str) -> Host {
    js(&format!(
        "{{ lasting: {lasting}, tab: sessionStorage, memory: localStorage,
            cookies: {{ getItem() {{}} }}, broadcast() {{}}, notify() {{}}, deviceName: () => 'a browser', contextData: () => undefined }}"
    ))
    .unchecked_into()
}

/// A host with the page's own stores.
#[allow(dead_code, reason = "not every test file needs it")]
pub(crate) fn host() -> Host {
    host_with("localStorage")
}
