//! Stores, which may throw, hang, or answer with a promise.

use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::host::{Host, StoreObject, after};
use crate::platform::{Store, StoreError};

/// How long an application's store may take before it counts as hanging, in milliseconds.
const PATIENCE_MS: u32 = 3_000;

/// Reads a value.
pub(super) async fn load(
    host: &Host,
    store: Store,
    key: &str,
) -> Result<Option<String>, StoreError> {
    let value = settled(object(host, store).get_item(key)).await?;
    Ok(value.as_string())
}

/// Writes a value.
pub(super) async fn save(
    host: &Host,
    store: Store,
    key: &str,
    value: &str,
) -> Result<(), StoreError> {
    settled(object(host, store).set_item(key, value)).await.map(drop)
}

/// Removes a value.
pub(super) async fn remove(host: &Host, store: Store, key: &str) -> Result<(), StoreError> {
    settled(object(host, store).remove_item(key)).await.map(drop)
}

fn object(host: &Host, store: Store) -> StoreObject {
    match store {
        Store::Lasting => host.lasting(),
        Store::Tab => host.tab(),
        Store::Memory => host.memory(),
        Store::Cookies => host.cookies(),
    }
}

/// The answer, awaited where it is a promise.
async fn settled(answer: Result<JsValue, JsValue>) -> Result<JsValue, StoreError> {
    let value = answer.map_err(|_| StoreError::Unavailable)?;
    let Ok(promise) = value.clone().dyn_into::<Promise>() else { return Ok(value) };
    let hung = JsValue::symbol(None);
    let late = after_with(PATIENCE_MS, &hung);
    let first = JsFuture::from(Promise::race(&Array::of2(&promise, &late)))
        .await
        .map_err(|_| StoreError::Unavailable)?;
    if first == hung { Err(StoreError::TimedOut) } else { Ok(first) }
}

fn after_with(ms: u32, value: &JsValue) -> Promise {
    let value = value.clone();
    let waited = after(ms);
    wasm_bindgen_futures::future_to_promise(async move {
        let _ = JsFuture::from(waited).await;
        Ok(value)
    })
}
