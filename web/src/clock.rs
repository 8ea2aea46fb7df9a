//! Time: `Date.now` and `setTimeout`.

use js_sys::Date;
use lifeguard::host::SendError;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::abort::{OnAbort, is_aborted};
use crate::timer::{Timer, promise};

/// Unix time of this device, in milliseconds.
pub fn now() -> u64 {
    Date::now() as u64
}

/// Waits. With 0 the page gets a turn.
///
/// # Errors
/// `Aborted`, at once, when the signal aborts.
pub async fn sleep(ms: u32, signal: Option<&AbortSignal>) -> Result<(), SendError> {
    if !is_aborted(signal) {
        let (waited, resolve) = promise();
        let _timer = Timer::start(ms, &resolve, &JsValue::UNDEFINED);
        let _listener = OnAbort::new(signal, resolve);
        let _ = JsFuture::from(waited).await;
    }
    if is_aborted(signal) { Err(SendError::Aborted) } else { Ok(()) }
}
