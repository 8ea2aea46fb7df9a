//! Web Locks, declared by hand: web-sys keeps them behind its unstable flag.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::host::after;

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, work: &Function) -> Result<Promise, JsValue>;
}

/// A lock that is held until it is dropped.
pub(super) struct Held(Function);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// Takes a lock; `None` where there are none, or where it was not free in time. A late grant is
/// given back at once.
pub(super) async fn acquire(name: &str, wait_ms: u32) -> Option<Held> {
    let manager = manager()?;
    let (released, release) = promise();
    let (granted, grant) = promise();
    let work = Closure::once_into_js(move || {
        let _ = grant.call0(&JsValue::NULL);
        released
    });
    let held = Held(release);
    let request = manager.request(name, work.unchecked_ref()).ok()?;
    // A refused request (a document that is no longer active) counts as no lock.
    let refused = Promise::race(&Array::of2(&request, &after(wait_ms)));
    let first = Promise::race(&Array::of2(&granted, &refused));
    JsFuture::from(first).await.ok()?;
    Some(held)
}

fn manager() -> Option<LockManager> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}

/// A promise and the function that resolves it.
fn promise() -> (Promise, Function) {
    // SECURITY: no `Function` constructor here: a strict content security policy forbids it.
    let mut resolver = JsValue::UNDEFINED;
    let promise = Promise::new(&mut |resolve, _| resolver = resolve.into());
    (promise, resolver.unchecked_into())
}
