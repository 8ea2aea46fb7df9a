//! What the browser tests share: small JavaScript objects.

#![allow(clippy::expect_used, dead_code, reason = "a test may fail, and needs not all of it")]

use wasm_bindgen::{JsCast, JsValue};
use web_sys::AbortSignal;

/// A JavaScript value from an expression.
pub(crate) fn js(expression: &str) -> JsValue {
    js_sys::eval(&format!("({expression})")).expect("an expression")
}

/// A signal that aborts after a while.
pub(crate) fn aborting_in(ms: u32) -> AbortSignal {
    js(&format!(
        "(() => {{ const c = new AbortController(); setTimeout(() => c.abort(), {ms}); return c.signal }})()"
    ))
    .unchecked_into()
}

/// A signal that never aborts and counts its listeners as `listeners`.
pub(crate) fn counting() -> AbortSignal {
    js("(() => {
          const signal = new AbortController().signal;
          signal.listeners = signal.added = 0;
          const { addEventListener, removeEventListener } = signal;
          signal.addEventListener = function (...all) { this.listeners++; this.added++; return addEventListener.apply(this, all) };
          signal.removeEventListener = function (...all) { this.listeners--; return removeEventListener.apply(this, all) };
          return signal;
        })()")
    .unchecked_into()
}

/// How many listeners a counting signal has, and how many it was ever given.
pub(crate) fn listeners(signal: &AbortSignal) -> (f64, f64) {
    let number =
        |name: &str| js_sys::Reflect::get(signal, &name.into()).ok().and_then(|n| n.as_f64());
    (number("listeners").expect("a number"), number("added").expect("a number"))
}
