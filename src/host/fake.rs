//! A world in virtual time for tests: a device with tabs over shared storage, a network that loses
//! replies, a scripted pool. Every await of a [`Tab`] is a point where anything may happen, and the
//! same seed makes the same things happen.

mod domain;
mod driver;
mod executor;
mod pool;
mod rng;
mod tab;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::rc::Rc;
use std::task::Waker;

use domain::FakeDomain;
pub(crate) use driver::{Page, check_again, pairs, reply_value, request, run_once, store_of};
pub(crate) use executor::Executor;
pub(crate) use pool::{CANARY, CLIENT_ID, FakePool, POOL_ID};
pub(crate) use rng::Rng;
pub(crate) use tab::Tab;

use crate::protocol::json::Value;

/// The one world of a test. Clones are the same world.
#[derive(Clone)]
pub(crate) struct World(Rc<RefCell<State>>);

/// Everything there is.
pub(crate) struct State {
    /// True time in milliseconds; the device's clock is `skew` ahead of it.
    pub(crate) now: u64,
    pub(crate) skew: i64,
    pub(crate) rng: Rng,
    pub(crate) pool: FakePool,
    pub(crate) domain: FakeDomain,
    pub(crate) faults: Faults,
    pub(crate) lasting: BTreeMap<String, String>,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) tabs: Vec<TabState>,
    /// What tabs told each other: sender and text.
    pub(crate) messages: Vec<(usize, String)>,
    /// Refreshes that are under way.
    pub(crate) in_flight: Vec<InFlight>,
    /// Requests that arrived at the pool, by operation.
    pub(crate) requests: Vec<String>,
    /// Refreshes that were sent, whether they arrived or not.
    pub(crate) departures: usize,
    /// Rules of the world that were broken, for the test to report.
    pub(crate) broken: Vec<String>,
    /// What was done, where somebody reads along.
    pub(crate) trace: Option<Vec<String>>,
    timers: BinaryHeap<Reverse<(u64, u64)>>,
    wakers: BTreeMap<u64, Waker>,
    serial: u64,
    locks: BTreeMap<String, Lock>,
}

/// A lock by its name: of the browser, or of one page.
#[derive(Default)]
struct Lock {
    /// Whose it is, and since when.
    holder: Option<(u64, u64)>,
    queue: VecDeque<(u64, Waker)>,
}

impl Lock {
    /// Gives it to the next in the queue.
    fn pass(&mut self, now: u64) {
        let next = self.queue.pop_front();
        self.holder = next.as_ref().map(|(ticket, _)| (*ticket, now));
        if let Some((_, waker)) = next {
            waker.wake();
        }
    }
}

/// What goes wrong, each in percent of the occasions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    pub(crate) offline: bool,
    pub(crate) no_locks: bool,
    /// Each tab is a page of an origin of its own, with its own locks.
    pub(crate) own_locks: bool,
    pub(crate) lost_request: u32,
    pub(crate) lost_reply: u32,
    pub(crate) hanging_reply: u32,
    pub(crate) busy: u32,
    pub(crate) throttled: u32,
    pub(crate) portal: u32,
    pub(crate) store_throws: u32,
    pub(crate) store_full: bool,
    pub(crate) store_hangs: u32,
}

/// What belongs to one tab.
#[derive(Default)]
pub(crate) struct TabState {
    pub(crate) frozen: bool,
    /// When it was frozen last, until when.
    pub(crate) thawed_at: u64,
    pub(crate) store: BTreeMap<String, String>,
    pub(crate) memory: BTreeMap<String, String>,
    pub(crate) events: Vec<Value>,
    /// The stored record as its page saw it last.
    pub(crate) seen: Option<String>,
    /// How often in a row its page has looked for it in vain since.
    pub(crate) missed: u32,
}

/// A refresh that was sent and is not back.
#[derive(Clone)]
pub(crate) struct InFlight {
    id: u64,
    pub(crate) tab: usize,
    pub(crate) token: String,
    pub(crate) since: u64,
    /// Whether the pool acted and the tokens it made will arrive.
    pub(crate) carries_tokens: bool,
}

impl World {
    pub(crate) fn new(seed: u64, tabs: usize) -> Self {
        Self(Rc::new(RefCell::new(State {
            now: 1_780_000_000_000,
            skew: 0,
            rng: Rng::new(seed),
            pool: FakePool::default(),
            domain: FakeDomain::default(),
            faults: Faults::default(),
            lasting: BTreeMap::new(),
            cookies: BTreeMap::new(),
            tabs: (0..tabs).map(|_| TabState::default()).collect(),
            messages: Vec::new(),
            in_flight: Vec::new(),
            requests: Vec::new(),
            departures: 0,
            broken: Vec::new(),
            trace: None,
            timers: BinaryHeap::new(),
            wakers: BTreeMap::new(),
            serial: 0,
            locks: BTreeMap::new(),
        })))
    }

    /// A tab of the device.
    pub(crate) fn tab(&self, id: usize) -> Tab {
        Tab::new(self.clone(), id)
    }

    /// Looks at the world, or changes it.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.borrow_mut())
    }

    /// How often the pool was asked for an operation.
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.with(|state| state.requests.iter().filter(|name| *name == operation).count())
    }

    /// Names of the events a tab's handlers were told.
    pub(crate) fn events(&self, tab: usize) -> Vec<String> {
        self.with(|state| {
            let events = state.tabs[tab].events.iter();
            events
                .map(|event| {
                    let detail = event.str("reason").or(event.str("status"));
                    [event.str("type"), detail].into_iter().flatten().collect::<Vec<_>>().join(" ")
                })
                .collect()
        })
    }

    /// Lets the next timer run out. `false`: there is none before `until`.
    fn advance(&self, until: u64) -> bool {
        let due = self.with(|state| {
            let Some(&Reverse((due, _))) = state.timers.peek() else { return Vec::new() };
            if due > until {
                return Vec::new();
            }
            state.now = state.now.max(due);
            let mut wakers = Vec::new();
            while let Some(&Reverse((due, id))) = state.timers.peek() {
                if due > state.now {
                    break;
                }
                state.timers.pop();
                wakers.extend(state.wakers.remove(&id));
            }
            // A timer whose task is gone still counts as something that happened.
            wakers.push(Waker::noop().clone());
            wakers
        });
        let happened = !due.is_empty();
        due.into_iter().for_each(Waker::wake);
        happened
    }
}

impl State {
    /// The device's clock.
    pub(crate) fn device_now(&self) -> u64 {
        self.now.saturating_add_signed(self.skew)
    }

    fn next_id(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    fn add_timer(&mut self, due: u64, waker: Waker) {
        let id = self.next_id();
        self.timers.push(Reverse((due, id)));
        self.wakers.insert(id, waker);
    }
}
