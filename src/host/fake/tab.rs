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
    /// How long requests may be sent under it; no limit for a page's own.
    hold_ms: Option<u64>,
}

impl Held {
    /// How long requests may still take under this lock.
    pub(super) fn left_ms(&self) -> u32 {
        let Some(hold_ms) = self.hold_ms else { return u32::MAX };
        self.world.with(|state| match state.locks[&self.name].holder {
            Some((holder, since)) if holder == self.ticket => {
                (since + hold_ms).saturating_sub(state.now) as u32
            }
            // Another tab took it.
            _ => 0,
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.world.with(|state| {
            let now = state.now;
            let lock = state.locks.entry(self.name.clone()).or_default();
            lock.queue.retain(|(ticket, _)| *ticket != self.ticket);
            if lock.holder.is_some_and(|(holder, _)| holder == self.ticket) {
                lock.pass(now);
            }
        });
    }
}

impl Tab {
    pub(super) fn new(world: World, id: usize) -> Self {
        Self { world, id }
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    pub(super) fn id(&self) -> usize {
        self.id
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
        step: impl FnOnce(&mut std::collections::BTreeMap<String, String>) -> T,
    ) -> Result<T, StoreError> {
        self.pause().await;
        let (throws, hangs) = self.world.with(|state| {
            let faults = state.faults.clone();
            let lasting = store == Store::Lasting;
            let throws = state.rng.percent(faults.store_throws);
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

/// A key and its value; `None`: absent.
pub(super) type Pair = (String, Option<String>);

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
    pub(super) async fn send(
        &self,
        request: &HttpRequest,
        timeout_ms: u32,
    ) -> Result<HttpResponse, SendError> {
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
                self.wait(u64::from(timeout_ms)).await;
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
        self.store(store, |map| map.get(key).cloned()).await
    }

    /// Changes values where others are as expected. A store that fails may have changed some.
    pub(super) async fn write(
        &self,
        store: Store,
        expected: &[Pair],
        changes: &[Pair],
    ) -> Result<bool, StoreError> {
        let faults = self.world.with(|state| state.faults.clone());
        let failing = (1..changes.len()).find(|_| {
            store == Store::Lasting
                && self.world.with(|state| state.rng.percent(faults.store_throws))
        });
        let full_at = changes.iter().position(|(_, value)| value.is_some() && faults.store_full);
        let until = failing.into_iter().chain(full_at.filter(|_| store == Store::Lasting)).min();
        self.store(store, |map| {
            if !expected.iter().all(|(key, value)| map.get(key) == value.as_ref()) {
                return Ok(false);
            }
            for (key, value) in &changes[..until.unwrap_or(changes.len())] {
                match value {
                    Some(value) => drop(map.insert(key.clone(), value.clone())),
                    None => drop(map.remove(key)),
                }
            }
            if until.is_some() { Err(StoreError::Unavailable) } else { Ok(true) }
        })
        .await?
    }

    /// Takes a lock of this page, and then one of the browser, as `js/effects/locks.ts` does.
    pub(super) async fn lock(&self, name: &str, wait_ms: u32, hold_ms: u32) -> (Locked, Vec<Held>) {
        let mut left = u64::from(wait_ms);
        let hold_ms = u64::from(hold_ms);
        let of_page = format!("{name} of tab {}", self.id);
        let Some(turn) = self.queue(of_page, &mut left, hold_ms, false).await else {
            return (Locked::Busy, Vec::new());
        };
        if self.world.with(|state| state.faults.no_locks) {
            return (Locked::Missing, vec![turn]);
        }
        let name = match self.world.with(|state| state.faults.own_locks) {
            true => format!("{name} of origin {}", self.id),
            false => String::from(name),
        };
        match self.queue(name, &mut left, hold_ms, true).await {
            Some(held) => (Locked::Held, vec![held, turn]),
            None => (Locked::Busy, Vec::new()),
        }
    }

    /// Waits for a lock; with `takes`, it is taken from whoever held it all of `hold_ms`. The wait
    /// goes by rounds, so that a tab that was frozen has most of it still before it.
    async fn queue(&self, name: String, left: &mut u64, hold_ms: u64, takes: bool) -> Option<Held> {
        let ticket = self.world.with(State::next_id);
        let place = Held {
            world: self.world.clone(),
            name: name.clone(),
            ticket,
            hold_ms: takes.then_some(hold_ms),
        };
        let mut round: Option<(Option<u64>, u64)> = None;
        let mut is_queued = false;
        let got = poll_fn(|context| {
            self.world.with(|state| {
                let now = state.now;
                let lock = state.locks.entry(name.clone()).or_default();
                if !std::mem::replace(&mut is_queued, true) {
                    lock.queue.push_back((ticket, context.waker().clone()));
                    if lock.holder.is_none() {
                        lock.pass(now);
                    }
                }
                let holder = lock.holder.map(|(holder, _)| holder);
                if holder == Some(ticket) {
                    return Poll::Ready(true);
                }
                if let Some((seen, _)) = round.take_if(|(_, end)| now >= *end) {
                    let is_whole = *left >= hold_ms;
                    *left -= hold_ms.min(*left);
                    if is_whole && seen == holder && takes {
                        lock.queue.retain(|(waiting, _)| *waiting != ticket);
                        lock.holder = Some((ticket, now));
                        return Poll::Ready(true);
                    }
                }
                if *left == 0 {
                    return Poll::Ready(false);
                }
                let (_, end) = *round.get_or_insert((holder, now + hold_ms.min(*left)));
                if let Some(entry) = lock.queue.iter_mut().find(|entry| entry.0 == ticket) {
                    entry.1 = context.waker().clone();
                }
                state.add_timer(end, context.waker().clone());
                Poll::Pending
            })
        })
        .await;
        got.then_some(place)
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
    /// of the two tabs was frozen in the middle of it.
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
        if twice && !self.faults.no_locks && !self.faults.own_locks {
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
