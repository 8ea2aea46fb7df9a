//! Abort signals of the application.

use js_sys::Function;
use web_sys::AbortSignal;

/// Whether the application aborted the call.
pub(crate) fn is_aborted(signal: Option<&AbortSignal>) -> bool {
    signal.is_some_and(AbortSignal::aborted)
}

/// Calls a function on abort, as long as this lives: a signal may outlive many requests, and must
/// not collect their listeners.
pub(crate) struct OnAbort<'a> {
    signal: Option<&'a AbortSignal>,
    listener: Function,
}

impl<'a> OnAbort<'a> {
    pub(crate) fn new(signal: Option<&'a AbortSignal>, listener: Function) -> Self {
        if let Some(signal) = signal {
            let _ = signal.add_event_listener_with_callback("abort", &listener);
        }
        Self { signal, listener }
    }
}

impl Drop for OnAbort<'_> {
    fn drop(&mut self) {
        if let Some(signal) = self.signal {
            let _ = signal.remove_event_listener_with_callback("abort", &self.listener);
        }
    }
}
