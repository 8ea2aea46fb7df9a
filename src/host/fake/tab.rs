//! One tab: what a page's effects do in the simulated world.

use std::future::poll_fn;
use std::task::Poll;

use super::{InFlight, State, World};
use crate::host::{Locked, SendError, Store, StoreError};
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;
use crate::transcript::Machine;

/// How long a hanging store lets a page wait: what the page's own patience is.
const HANG_MS: u64 = 3_000;

/// A tab of the world's device.
#[derive(Clone)]
pub(crate) struct Tab {
    world: World,
    id: usize,
}

/// A place in a lock's queue, or the lock itself; given back when dropped.
pub(super) struct Held {
    world: World,
    name: String,
    ticket: u64,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.world.with(|state| {
            let lock = state.locks.entry(self.name.clone()).or_default();
            lock.queue.retain(|(ticket, _)| *ticket != self.ticket);
            if lock.holder == Some(self.ticket) {
                lock.pass();
            }
        });
    }
}

impl Tab {
    pub(super) fn new(world: World, id: usize) -> Self {
        Self { world, id }
    }

    /// Waits in true time.
    async fn wait(&self, ms: u64) {
        let due = self.world.with(|state| state.now) + ms;
        poll_fn(|context| {
            self.world.with(|state| {
                if state.now >= due {
                    return Poll::Ready(());
                }
                state.add_timer(due, context.waker().clone());
                Poll::Pending
            })
        })
        .await;
    }

    /// A moment in which others may run.
    async fn pause(&self) {
        let mut first = true;
        poll_fn(|context| {
            if std::mem::take(&mut first) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        let ms = self.world.with(|state| state.rng.below(3));
        self.wait(ms).await;
    }

    /// A step of a store, which happens at one moment between two pauses.
    async fn store<T>(
        &self,
        store: Store,
        writes: bool,
        step: impl FnOnce(&mut std::collections::BTreeMap<String, String>) -> T,
    ) -> Result<T, StoreError> {
        self.pause().await;
        let (throws, hangs) = self.world.with(|state| {
            let faults = state.faults.clone();
            let lasting = store == Store::Lasting;
            let full = writes && faults.store_full;
            let throws = state.rng.percent(faults.store_throws) || full;
            (lasting && throws, lasting && state.rng.percent(faults.store_hangs))
        });
        if hangs {
            self.wait(HANG_MS).await;
            return Err(StoreError::TimedOut);
        }
        if throws {
            return Err(StoreError::Unavailable);
        }
        let value = self.world.with(|state| match store {
            Store::Lasting => step(&mut state.lasting),
            Store::Cookies => step(&mut state.cookies),
            Store::Tab => step(&mut state.tabs[self.id].store),
            Store::Memory => step(&mut state.tabs[self.id].memory),
        });
        self.pause().await;
        Ok(value)
    }
}

/// What becomes of a request.
enum Fate {
    Answered,
    RequestLost,
    ReplyLost,
    ReplyHangs,
    Busy,
    Throttled,
    Portal,
}

impl Machine for Tab {
    fn now(&self) -> u64 {
        self.world.with(|state| state.device_now())
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.world.with(|state| bytes.fill_with(|| state.rng.next() as u8));
    }
}

impl Tab {
    pub(super) async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, SendError> {
        let entry = self.world.with(|state| state.take_off(self.id, request));
        let _landing = entry.map(|id| Landing(self.world.clone(), id));
        self.pause().await;
        let (there, back, fate) = self.world.with(|state| {
            let faults = state.faults.clone();
            let fate = match () {
                () if state.rng.percent(faults.lost_request) => Fate::RequestLost,
                () if state.rng.percent(faults.lost_reply) => Fate::ReplyLost,
                () if state.rng.percent(faults.hanging_reply) => Fate::ReplyHangs,
                () if state.rng.percent(faults.busy) => Fate::Busy,
                () if state.rng.percent(faults.throttled) => Fate::Throttled,
                () if state.rng.percent(faults.portal) => Fate::Portal,
                () => Fate::Answered,
            };
            (state.rng.below(200), state.rng.below(200), fate)
        });
        if self.world.with(|state| state.faults.offline) {
            return Err(SendError::Offline);
        }
        self.wait(there).await;
        let answer = |world: &World, arrives: bool| {
            world.with(|state| {
                let reply = match request.url.ends_with("/oauth2/token") {
                    true => state.domain.answer(state.now, request, &mut state.pool),
                    false => state.pool.answer(state.now, request, &mut state.requests),
                };
                let flight = state.in_flight.iter_mut().find(|f| Some(f.id) == entry);
                if let Some(flight) = flight {
                    flight.carries_tokens = arrives && reply.status == 200;
                }
                reply
            })
        };
        let reply = match fate {
            Fate::Answered => answer(&self.world, true),
            Fate::RequestLost => {
                self.wait(back).await;
                return Err(SendError::Network);
            }
            Fate::ReplyLost => {
                answer(&self.world, false);
                self.wait(back).await;
                return Err(SendError::Network);
            }
            Fate::ReplyHangs => {
                answer(&self.world, false);
                self.wait(u64::from(request.timeout_ms)).await;
                return Err(SendError::TimedOut);
            }
            Fate::Busy => refusal(503, "InternalErrorException", None),
            Fate::Throttled => {
                let seconds = self.world.with(|state| state.rng.below(8));
                refusal(429, "TooManyRequestsException", (seconds > 0).then_some(seconds))
            }
            Fate::Portal => HttpResponse {
                body: String::from("<html>Welcome to the hotel</html>"),
                ..refusal(200, "", None)
            },
        };
        self.wait(back).await;
        Ok(reply)
    }

    pub(super) async fn sleep(&self, ms: u32) {
        self.pause().await;
        self.wait(u64::from(ms)).await;
    }

    pub(super) async fn load(&self, store: Store, key: &str) -> Result<Option<String>, StoreError> {
        self.store(store, false, |map| map.get(key).cloned()).await
    }

    pub(super) async fn save(
        &self,
        store: Store,
        key: &str,
        value: &str,
    ) -> Result<(), StoreError> {
        self.store(store, true, |map| {
            map.insert(String::from(key), String::from(value));
        })
        .await
    }

    pub(super) async fn remove(&self, store: Store, key: &str) -> Result<(), StoreError> {
        self.store(store, false, |map| {
            map.remove(key);
        })
        .await
    }

    /// Takes a lock of the browser; where there are none, one of this page alone.
    pub(super) async fn lock(&self, name: &str, wait_ms: u32) -> (Locked, Option<Held>) {
        let is_missing = self.world.with(|state| state.faults.no_locks);
        let name = if is_missing { format!("{name} of tab {}", self.id) } else { name.into() };
        let (ticket, due) =
            self.world.with(|state| (state.next_id(), state.now + u64::from(wait_ms)));
        let place = Held { world: self.world.clone(), name: name.clone(), ticket };
        let mut is_queued = false;
        let got = poll_fn(|context| {
            self.world.with(|state| {
                if !std::mem::replace(&mut is_queued, true) {
                    state.add_timer(due, context.waker().clone());
                    let lock = state.locks.entry(name.clone()).or_default();
                    lock.queue.push_back((ticket, context.waker().clone()));
                    if lock.holder.is_none() {
                        lock.pass();
                    }
                }
                let now = state.now;
                let lock = state.locks.entry(name.clone()).or_default();
                match lock.holder {
                    Some(holder) if holder == ticket => Poll::Ready(true),
                    _ if now >= due => Poll::Ready(false),
                    _ => {
                        if let Some(entry) = lock.queue.iter_mut().find(|e| e.0 == ticket) {
                            entry.1 = context.waker().clone();
                        }
                        Poll::Pending
                    }
                }
            })
        })
        .await;
        match (got, is_missing) {
            (false, _) => (Locked::Busy, None),
            (true, false) => (Locked::Held, Some(place)),
            (true, true) => (Locked::Missing, Some(place)),
        }
    }

    pub(super) fn notify(&self, event: Value) {
        self.world.with(|state| state.tabs[self.id].events.push(event));
    }

    pub(super) fn broadcast(&self, message: &str) {
        self.world.with(|state| state.messages.push((self.id, String::from(message))));
    }

    pub(super) async fn verify_signature(
        &self,
        token: &str,
        keys: &str,
    ) -> Result<bool, SendError> {
        self.pause().await;
        self.world.with(|state| {
            if state.faults.offline {
                return Err(SendError::Network);
            }
            Ok(state.domain.verify(token, keys))
        })
    }
}

/// Takes a refresh off the list of those under way.
struct Landing(World, u64);

impl Drop for Landing {
    fn drop(&mut self) {
        self.0.with(|state| state.in_flight.retain(|flight| flight.id != self.1));
    }
}

impl State {
    /// Notes a refresh that begins. With locks, none of the same token may be under way, unless one
    /// of the two tabs was frozen in the middle of it; or any tab was, which may hold the lock, while
    /// the store is too full for a lease.
    fn take_off(&mut self, tab: usize, request: &HttpRequest) -> Option<u64> {
        let input = Value::parse(request.body.expose("the pool reads it"))?;
        let token = input.string("RefreshToken")?;
        self.departures += 1;
        let patience = u64::from(request.timeout_ms) * 2;
        let was_frozen = |tab: usize| {
            let tab = &self.tabs[tab];
            tab.frozen || tab.thawed_at + 2 * patience > self.now
        };
        let twice = self.in_flight.iter().any(|flight| {
            flight.token == token
                && self.now.saturating_sub(flight.since) < patience
                && !was_frozen(flight.tab)
                && !was_frozen(tab)
        });
        let is_stuck = self.faults.store_full && (0..self.tabs.len()).any(was_frozen);
        if twice && !self.faults.no_locks && !is_stuck {
            self.broken.push(format!("two refreshes of one token are under way, one of tab {tab}"));
        }
        let id = self.next_id();
        let since = self.now;
        self.in_flight.push(InFlight { id, tab, token, since, carries_tokens: false });
        Some(id)
    }
}

fn refusal(status: u16, name: &str, retry_after: Option<u64>) -> HttpResponse {
    HttpResponse {
        status,
        error_type: Some(String::from(name)),
        error_message: None,
        retry_after: retry_after.map(|seconds| seconds.to_string()),
        date: None,
        body: String::from("{}"),
    }
}
