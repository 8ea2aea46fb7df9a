//! Web Locks, declared by hand: web-sys keeps them behind its unstable flag. Where there are none, a
//! mutex of the page.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::{Array, Function, Promise, Reflect};
use lifeguard::host::Locked;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::timer::{after, promise};

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, work: &Function) -> Result<Promise, JsValue>;
}

/// A lock that is held until it is dropped.
pub struct Held(Function);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// Takes a lock, and waits for it no longer than `wait_ms`. `Missing` comes with a lock, too: no
/// other call of this page holds it.
pub async fn acquire(name: &str, wait_ms: u32) -> (Locked, Option<Held>) {
    match by_browser(name, wait_ms).await {
        Some(Some(held)) => (Locked::Held, Some(held)),
        Some(None) => (Locked::Busy, None),
        None => match by_page(name, wait_ms).await {
            Some(held) => (Locked::Missing, Some(held)),
            None => (Locked::Busy, None),
        },
    }
}

/// `Some(None)`: busy; `None`: no locks here.
async fn by_browser(name: &str, wait_ms: u32) -> Option<Option<Held>> {
    let manager = manager()?;
    let (released, release) = promise();
    let (granted, grant) = promise();
    let work = Closure::once_into_js(move || {
        let _ = grant.call1(&JsValue::NULL, &JsValue::TRUE);
        released
    });
    let held = Held(release);
    let request = manager.request(name, work.unchecked_ref()).ok()?;
    let (late, _timer) = after(wait_ms, &JsValue::UNDEFINED);
    let first = Promise::race(&Array::of3(&granted, &request, &late));
    match JsFuture::from(first).await {
        Ok(answer) if answer.is_truthy() => Some(Some(held)),
        // A grant that comes too late is given back at once: `held` is dropped here.
        Ok(_) => Some(None),
        // Refused: an opaque origin, or a document that is no longer active.
        Err(_) => None,
    }
}

thread_local! {
    /// The end of each name's queue: it resolves when whoever came last has released.
    static QUEUES: RefCell<BTreeMap<String, Promise>> = const { RefCell::new(BTreeMap::new()) };
}

/// `None`: busy.
async fn by_page(name: &str, wait_ms: u32) -> Option<Held> {
    let (released, release) = promise();
    let before = QUEUES.with_borrow_mut(|queues| queues.insert(String::from(name), released));
    let held = Held(release);
    let Some(before) = before else { return Some(held) };
    let (late, _timer) = after(wait_ms, &JsValue::TRUE);
    let first = Promise::race(&Array::of2(&before, &late));
    if JsFuture::from(first).await.is_ok_and(|late| late.is_truthy()) {
        // Whoever comes next still has to wait for the one before.
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(before).await;
            drop(held);
        });
        return None;
    }
    Some(held)
}

fn manager() -> Option<LockManager> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}
