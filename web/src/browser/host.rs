//! What the wrapper hands over when it makes the core: stores that may be the application's own,
//! the tabs' channel, and what the page says of itself.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Made by `js/host.ts`.
    pub type Host;

    #[wasm_bindgen(method, getter)]
    pub(super) fn lasting(this: &Host) -> StoreObject;
    #[wasm_bindgen(method, getter)]
    pub(super) fn tab(this: &Host) -> StoreObject;
    #[wasm_bindgen(method, getter)]
    pub(super) fn memory(this: &Host) -> StoreObject;
    #[wasm_bindgen(method, getter)]
    pub(super) fn cookies(this: &Host) -> StoreObject;
    #[wasm_bindgen(method)]
    pub(super) fn broadcast(this: &Host, message: &str);
    #[wasm_bindgen(method)]
    pub(super) fn notify(this: &Host, event: &str);
    #[wasm_bindgen(method, js_name = deviceName)]
    pub(super) fn device_name(this: &Host) -> String;
    #[wasm_bindgen(method, js_name = contextData)]
    pub(super) fn context_data(
        this: &Host,
        username: &str,
        pool: &str,
        client: &str,
    ) -> Option<String>;

    #[wasm_bindgen(method, js_name = verifySignature)]
    pub(super) fn verify_signature(this: &Host, token: &str, keys: &str) -> Promise;

    /// A store: `Storage` of the browser, or the application's adapter.
    pub(super) type StoreObject;

    #[wasm_bindgen(method, catch, js_name = getItem)]
    pub(super) fn get_item(this: &StoreObject, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setItem)]
    pub(super) fn set_item(this: &StoreObject, key: &str, value: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = removeItem)]
    pub(super) fn remove_item(this: &StoreObject, key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_name = setTimeout)]
    pub(super) fn set_timeout(callback: &Function, ms: u32, argument: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    pub(super) fn clear_timeout(handle: &JsValue);
}

/// A promise that resolves with `undefined` after a while.
pub(super) fn after(ms: u32) -> Promise {
    Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, ms, &JsValue::UNDEFINED);
    })
}
