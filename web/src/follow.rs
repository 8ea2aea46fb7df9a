//! Following the session: what the page and other tabs say is a hint to look at it again, and the
//! core says when to look next.

use std::cell::RefCell;
use std::future::Future;
use std::rc::{Rc, Weak};

use lifeguard::protocol::json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, BroadcastChannel, EventTarget, MessageEvent, StorageEvent};

use crate::{channel, clock};

/// Listens as long as it lives.
pub(crate) struct Following {
    hints: Rc<Hints>,
    channel: Option<BroadcastChannel>,
    /// Targets, names and listeners.
    listeners: Vec<Listener>,
}

type Listener = (EventTarget, &'static str, Closure<dyn FnMut(JsValue)>);

/// What there is to look for; `None`: nothing.
#[derive(Default)]
struct Hints {
    next: RefCell<Option<Value>>,
    /// Ends the wait for the next look.
    wait: RefCell<Option<AbortController>>,
}

impl Hints {
    fn give(&self, hint: Value) {
        let mut next = self.next.borrow_mut();
        let mut all = next.take().unwrap_or_else(Value::object);
        for (name, value) in hint.members() {
            all.set(name, value.clone());
        }
        *next = Some(all);
        if let Some(wait) = self.wait.borrow_mut().take() {
            wait.abort();
        }
    }
}

impl Following {
    /// Begins to listen for a client; `wake` has the core look and returns after how many
    /// milliseconds to look again.
    pub(crate) fn begin<W>(client_id: &str, wake: impl Fn(Value) -> W + 'static) -> Rc<Self>
    where
        W: Future<Output = Option<u32>> + 'static,
    {
        let hints = Rc::<Hints>::default();
        let mut this = Self {
            hints: Rc::clone(&hints),
            channel: BroadcastChannel::new(&channel::name(client_id)).ok(),
            listeners: Vec::new(),
        };
        if let Some(channel) = this.channel.clone() {
            this.listen(channel.into(), "message", |event| {
                let text = event.unchecked_into::<MessageEvent>().data().as_string()?;
                // That a user signed out in another tab is another reason than a sign-out here.
                let text = if text == "signedOut signOut" { "signedOut" } else { &text };
                Some(Value::object().with("message", text))
            });
        }
        if let Some(window) = web_sys::window() {
            this.listen(window.clone().into(), "online", |_| {
                Some(Value::object().with("online", true))
            });
            let prefix = [&channel::name(client_id), "."].concat();
            this.listen(window.clone().into(), "storage", move |event| {
                let key = event.unchecked_into::<StorageEvent>().key();
                // No key: the store was cleared as a whole.
                let is_ours = key.is_none_or(|key| key.starts_with(&prefix) && !is_of_use(&key));
                is_ours.then(Value::object)
            });
            if let Some(document) = window.document() {
                this.listen(document.into(), "visibilitychange", |_| {
                    is_visible().then(Value::object)
                });
            }
        }
        hints.give(Value::object());
        spawn_local(follow(Rc::downgrade(&hints), wake));
        Rc::new(this)
    }

    fn listen(
        &mut self,
        target: EventTarget,
        name: &'static str,
        read: impl Fn(JsValue) -> Option<Value> + 'static,
    ) {
        let hints = Rc::downgrade(&self.hints);
        let listener = Closure::new(move |event| {
            if let (Some(hints), Some(hint)) = (hints.upgrade(), read(event)) {
                hints.give(hint);
            }
        });
        let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        self.listeners.push((target, name, listener));
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        for (target, name, listener) in &self.listeners {
            let function = listener.as_ref().unchecked_ref();
            let _ = target.remove_event_listener_with_callback(name, function);
        }
        if let Some(channel) = &self.channel {
            channel.close();
        }
        if let Some(wait) = self.hints.wait.borrow_mut().take() {
            wait.abort();
        }
    }
}

/// Looks whenever there is a hint or it is time, until nobody listens any more.
async fn follow<W: Future<Output = Option<u32>>>(hints: Weak<Hints>, wake: impl Fn(Value) -> W) {
    loop {
        let Some(hint) = hints.upgrade().map(|hints| hints.next.borrow_mut().take()) else {
            return;
        };
        let is_due = hint.is_none();
        let hint = hint.unwrap_or_else(Value::object);
        // A page that nobody sees leaves the refresh to one that somebody does, unless it is time.
        let again = wake(hint.with("renew", is_due || is_visible())).await;
        let Ok(wait) = AbortController::new() else { return };
        let signal = {
            let Some(hints) = hints.upgrade() else { return };
            if hints.next.borrow().is_some() {
                continue;
            }
            let signal = wait.signal();
            *hints.wait.borrow_mut() = Some(wait);
            signal
        };
        let _ = clock::sleep(again.unwrap_or(LONGEST_TIMER_MS), Some(&signal)).await;
    }
}

/// A page without a document is a worker: nothing hides it.
fn is_visible() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    document.is_none_or(|document| !document.hidden())
}

/// The note of the last use of a page with a time limit says nothing about the session.
fn is_of_use(key: &str) -> bool {
    key.ends_with(".active")
}

/// Timers hold at most this many milliseconds.
const LONGEST_TIMER_MS: u32 = i32::MAX as u32;
