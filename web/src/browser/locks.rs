//! Web Locks, declared by hand: web-sys keeps them behind its unstable flag.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::host::after;
use crate::platform::Locked;

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, work: &Function) -> Result<Promise, JsValue>;
}

/// A lock that is held until it is dropped.
#[allow(unreachable_pub, reason = "an associated type of a public trait")]
pub struct Held(Function);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// Takes a lock. A grant that comes too late is given back at once.
pub(super) async fn acquire(name: &str, wait_ms: u32) -> Locked<Held> {
    let Some(manager) = manager() else { return Locked::Missing };
    let (released, release) = promise();
    let (granted, grant) = promise();
    let work = Closure::once_into_js(move || {
        let _ = grant.call1(&JsValue::NULL, &JsValue::TRUE);
        released
    });
    let held = Held(release);
    let Ok(request) = manager.request(name, work.unchecked_ref()) else { return Locked::Missing };
    let first = Promise::race(&Array::of3(&granted, &request, &after(wait_ms)));
    match JsFuture::from(first).await {
        Ok(answer) if answer.is_truthy() => Locked::Held(held),
        Ok(_) => Locked::Busy,
        // Refused: an opaque origin, or a document that is no longer active.
        Err(_) => Locked::Missing,
    }
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
