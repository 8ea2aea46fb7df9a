//! Other tabs: `BroadcastChannel`.

use wasm_bindgen::JsValue;
use web_sys::BroadcastChannel;

/// Sends a message to the other tabs that use the same app client; a browser without channels sends
/// nothing, and its tabs find out when they look at the store.
pub fn broadcast(client_id: &str, message: &str) {
    if let Ok(channel) = BroadcastChannel::new(&name(client_id)) {
        let _ = channel.post_message(&JsValue::from_str(message));
        channel.close();
    }
}

/// Name of the channel: the same that `js/` uses, so that a page in TypeScript hears of it.
pub fn name(client_id: &str) -> String {
    ["lifeguard.", client_id].concat()
}
