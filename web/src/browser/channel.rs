//! Other tabs, and the page's own handlers: both are reached through the wrapper.

use super::host::Host;
use crate::protocol::json::Value;

/// Tells the other tabs.
pub(super) fn broadcast(host: &Host, message: &str) {
    host.broadcast(message);
}

/// Tells the page, in JSON: events are few and small.
pub(super) fn notify(host: &Host, event: &Value) {
    host.notify(&event.write());
}
