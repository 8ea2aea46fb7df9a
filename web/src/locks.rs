//! Web Locks, declared by hand: web-sys keeps them behind its unstable flag. Where there are none, a
//! mutex of the page.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use lifeguard::host::Locked;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::clock;
use crate::timer::{after, promise};

#[wasm_bindgen]
extern "C" {
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &JsValue,
        work: &Function,
    ) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn query(this: &LockManager) -> Result<Promise, JsValue>;
}

/// A lock that is held until it is dropped.
pub struct Held {
    release: Function,
    /// Until when requests may be sent under it; no limit for a page's own.
    until: Option<f64>,
    is_lost: Rc<Cell<bool>>,
}

impl Held {
    fn new(release: Function) -> Self {
        Self { release, until: None, is_lost: Rc::default() }
    }

    /// How long requests may take under it, in milliseconds; nothing once another tab took it.
    pub fn left_ms(&self) -> u32 {
        match self.until {
            _ if self.is_lost.get() => 0,
            Some(until) => (until - clock::uptime()).max(0.0) as u32,
            None => u32::MAX,
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// Takes a lock, and waits for it no longer than `wait_ms`, in rounds of `hold_ms`: a tab that holds
/// it all of a round is frozen, and loses it. `Missing` comes with a lock, too: no other call of this
/// page holds it.
pub async fn acquire(name: &str, wait_ms: u32, hold_ms: u32) -> (Locked, Option<Held>) {
    match by_browser(name, wait_ms, hold_ms).await {
        Some(Some(held)) => (Locked::Held, Some(held)),
        Some(None) => (Locked::Busy, None),
        None => match by_page(name, wait_ms).await {
            Some(held) => (Locked::Missing, Some(held)),
            None => (Locked::Busy, None),
        },
    }
}

/// `Some(None)`: busy; `None`: no locks here.
async fn by_browser(name: &str, wait_ms: u32, hold_ms: u32) -> Option<Option<Held>> {
    let manager = manager()?;
    let own = ask(&manager, name, false)?;
    let mut left = wait_ms;
    loop {
        let before = holder(&manager, name).await;
        let is_whole = left >= hold_ms;
        if let Some(is_granted) = own.wait(left.min(hold_ms)).await {
            return is_granted.then(|| Some(own.into_held(hold_ms)));
        }
        left -= left.min(hold_ms);
        if is_whole && before.is_some() && before == holder(&manager, name).await {
            // The request in the queue is given back at once when it is granted.
            drop(own);
            let taken = ask(&manager, name, true)?;
            let is_granted = taken.wait(QUERY_MS).await == Some(true);
            return Some(is_granted.then(|| taken.into_held(hold_ms)));
        }
        if left == 0 {
            return Some(None);
        }
    }
}

/// A request of the browser; its lock is given back when it is dropped.
struct Asked {
    held: Held,
    granted: Promise,
    request: Promise,
}

impl Asked {
    /// Whether it was granted or refused (an opaque origin, or a document that is no longer active);
    /// `None`: neither yet.
    async fn wait(&self, ms: u32) -> Option<bool> {
        let (late, _timer) = after(ms, &JsValue::UNDEFINED);
        let first = Promise::race(&Array::of3(&self.granted, &self.request, &late));
        match JsFuture::from(first).await {
            Ok(answer) => answer.is_truthy().then_some(true),
            Err(_) => Some(false),
        }
    }

    fn into_held(self, hold_ms: u32) -> Held {
        let (request, is_lost) = (self.request, self.held.is_lost.clone());
        wasm_bindgen_futures::spawn_local(async move {
            // It ends by an error when another tab takes the lock.
            is_lost.set(JsFuture::from(request).await.is_err());
        });
        let mut held = self.held;
        held.until = Some(clock::uptime() + f64::from(hold_ms));
        held
    }
}

fn ask(manager: &LockManager, name: &str, steal: bool) -> Option<Asked> {
    let (released, release) = promise();
    let (granted, grant) = promise();
    let work = Closure::once_into_js(move || {
        let _ = grant.call1(&JsValue::NULL, &JsValue::TRUE);
        released
    });
    let options = Object::new();
    Reflect::set(&options, &"steal".into(), &steal.into()).ok()?;
    let request = manager.request(name, &options, work.unchecked_ref()).ok()?;
    Some(Asked { held: Held::new(release), granted, request })
}

/// Which page holds a lock, where the browser says so.
async fn holder(manager: &LockManager, name: &str) -> Option<String> {
    let (late, _timer) = after(QUERY_MS, &JsValue::UNDEFINED);
    let first = Promise::race(&Array::of2(&manager.query().ok()?.into(), &late));
    let state = JsFuture::from(first).await.ok()?;
    let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let held = Array::from(&member(&state, "held")?);
    let lock = held.iter().find(|lock| {
        member(lock, "name").and_then(|found| found.as_string()).as_deref() == Some(name)
    })?;
    member(&lock, "clientId")?.as_string()
}

/// How long the browser may take to say who holds a lock.
const QUERY_MS: u32 = 1_000;

thread_local! {
    /// The end of each name's queue: it resolves when whoever came last has released.
    static QUEUES: RefCell<BTreeMap<String, Promise>> = const { RefCell::new(BTreeMap::new()) };
}

/// `None`: busy.
async fn by_page(name: &str, wait_ms: u32) -> Option<Held> {
    let (released, release) = promise();
    let before = QUEUES.with_borrow_mut(|queues| queues.insert(String::from(name), released));
    let held = Held::new(release);
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
