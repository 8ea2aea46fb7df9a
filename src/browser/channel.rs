//! Other tabs: a `BroadcastChannel` the wrapper holds.

use super::host::Host;

/// Tells the other tabs.
pub(super) fn broadcast(host: &Host, message: &str) {
    host.broadcast(message);
}
