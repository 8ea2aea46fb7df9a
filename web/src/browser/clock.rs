//! Time: `Date.now` and `setTimeout`.

use js_sys::{Date, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use super::host::{clear_timeout, set_timeout};
use crate::platform::SendError;

/// Unix time of this device, in milliseconds.
pub(super) fn now() -> u64 {
    Date::now() as u64
}

/// Waits; an abort ends it early.
pub(super) async fn sleep(ms: u32, signal: Option<&AbortSignal>) -> Result<(), SendError> {
    let mut timer = JsValue::UNDEFINED;
    let waited = Promise::new(&mut |resolve, _| {
        timer = set_timeout(&resolve, ms, &JsValue::UNDEFINED);
        if let Some(signal) = signal {
            let _ = signal.add_event_listener_with_callback("abort", &resolve);
        }
    });
    if !is_aborted(signal) {
        let _ = JsFuture::from(waited).await;
    }
    clear_timeout(&timer);
    if is_aborted(signal) { Err(SendError::Aborted) } else { Ok(()) }
}

/// Whether the application ended the call.
pub(super) fn is_aborted(signal: Option<&AbortSignal>) -> bool {
    signal.is_some_and(AbortSignal::aborted)
}
