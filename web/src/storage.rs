//! Stores: those of the browser, and the application's own, which may throw, hang, or answer with a
//! promise.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::{Array, Promise, Reflect};
use lifeguard::host::{Store, StoreError};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::cookies;
use crate::timer::after;

#[wasm_bindgen]
extern "C" {
    /// A store as JavaScript has it: `Storage` of the browser, or an object of the application with
    /// the methods `getItem`, `setItem` and `removeItem`.
    #[derive(Clone)]
    pub type StorageObject;

    #[wasm_bindgen(method, catch, js_name = getItem)]
    fn get_item(this: &StorageObject, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setItem)]
    fn set_item(this: &StorageObject, key: &str, value: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = removeItem)]
    fn remove_item(this: &StorageObject, key: &str) -> Result<JsValue, JsValue>;
}

/// The stores of a page.
#[derive(Default)]
pub struct Stores {
    own: Option<StorageObject>,
    memory: RefCell<BTreeMap<(&'static str, String), String>>,
}

/// How long an application's store may take before it counts as hanging, in milliseconds.
const PATIENCE_MS: u32 = 3_000;

impl Stores {
    /// Stores of the browser, but for the lasting one, which is the application's own.
    pub fn with_own(lasting: StorageObject) -> Self {
        Self { own: Some(lasting), ..Self::default() }
    }

    /// Reads a value.
    ///
    /// # Errors
    /// The store threw, rejected or hung.
    pub async fn load(&self, store: Store, key: &str) -> Result<Option<String>, StoreError> {
        if store == Store::Cookies
            && let Some(value) = cookies::load(key)
        {
            return Ok(Some(value));
        }
        let Some(object) = self.object(store) else {
            return Ok(self.memory.borrow().get(&place(store, key)).cloned());
        };
        Ok(settled(object.get_item(key)).await?.as_string())
    }

    /// Writes a value.
    ///
    /// # Errors
    /// As [`Stores::load`]; `Unavailable` for cookies, which are not written.
    pub async fn save(&self, store: Store, key: &str, value: &str) -> Result<(), StoreError> {
        if store == Store::Cookies {
            return Err(StoreError::Unavailable);
        }
        match self.object(store) {
            Some(object) => settled(object.set_item(key, value)).await.map(drop),
            None => {
                self.memory.borrow_mut().insert(place(store, key), String::from(value));
                Ok(())
            }
        }
    }

    /// Removes a value; nothing to remove is fine.
    ///
    /// # Errors
    /// As [`Stores::load`].
    pub async fn remove(&self, store: Store, key: &str) -> Result<(), StoreError> {
        if store == Store::Cookies {
            cookies::remove(key);
        }
        match self.object(store) {
            Some(object) => settled(object.remove_item(key)).await.map(drop),
            None => {
                self.memory.borrow_mut().remove(&place(store, key));
                Ok(())
            }
        }
    }

    /// `None`: the page's memory, which also stands in for a store that is switched off, so that
    /// users can sign in all the same.
    fn object(&self, store: Store) -> Option<StorageObject> {
        match (store, &self.own) {
            (Store::Lasting, Some(own)) => Some(own.clone()),
            (Store::Lasting, None) => browser("localStorage"),
            (Store::Tab, _) => browser("sessionStorage"),
            // A page with a store of its own may have had another library with the browser's.
            (Store::Cookies, _) => browser("localStorage"),
            (Store::Memory, _) => None,
        }
    }
}

fn place(store: Store, key: &str) -> (&'static str, String) {
    (store.name(), String::from(key))
}

/// A store of the browser. Read at each use: the access itself throws where it is switched off.
fn browser(name: &str) -> Option<StorageObject> {
    let found = Reflect::get(&js_sys::global(), &name.into()).ok()?;
    found.is_object().then(|| found.unchecked_into())
}

/// The answer, awaited where it is a promise.
async fn settled(answer: Result<JsValue, JsValue>) -> Result<JsValue, StoreError> {
    let value = answer.map_err(|_| StoreError::Unavailable)?;
    let Ok(promise) = value.clone().dyn_into::<Promise>() else { return Ok(value) };
    let hung = JsValue::symbol(None);
    let (late, _timer) = after(PATIENCE_MS, &hung);
    let first = JsFuture::from(Promise::race(&Array::of2(&promise, &late)))
        .await
        .map_err(|_| StoreError::Unavailable)?;
    if first == hung { Err(StoreError::TimedOut) } else { Ok(first) }
}
