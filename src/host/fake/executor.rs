//! Runs the tabs' tasks one poll at a time, in an order the seed decides.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::World;

/// A call of a page that is under way.
pub(crate) struct Task<K> {
    tab: usize,
    kind: K,
    work: Pin<Box<dyn Future<Output = ()>>>,
    ready: Arc<Ready>,
}

struct Ready(AtomicBool);

impl Wake for Ready {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// All tasks of all tabs; `K` says what a task is, for the test.
pub(crate) struct Executor<K> {
    world: World,
    pub(crate) tasks: Vec<Task<K>>,
}

impl<K: Clone> Executor<K> {
    pub(crate) fn new(world: &World) -> Self {
        Self { world: world.clone(), tasks: Vec::new() }
    }

    /// Starts a task; it does nothing before it is polled.
    pub(crate) fn spawn(&mut self, tab: usize, kind: K, work: impl Future<Output = ()> + 'static) {
        self.tasks.push(Task {
            tab,
            kind,
            work: Box::pin(work),
            ready: Arc::new(Ready(AtomicBool::new(true))),
        });
    }

    /// What is under way.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = K> {
        self.tasks.iter().map(|task| task.kind.clone())
    }

    /// Whether a task can go on at this time.
    pub(crate) fn has_ready(&self) -> bool {
        let frozen = |tab: usize| self.world.with(|state| state.tabs[tab].frozen);
        self.tasks.iter().any(|task| task.ready.0.load(Ordering::Relaxed) && !frozen(task.tab))
    }

    /// Polls one task that can go on. `None`: no task can, at this time.
    pub(crate) fn poll_one(&mut self) -> Option<(usize, K)> {
        let frozen = |tab: usize| self.world.with(|state| state.tabs[tab].frozen);
        let ready: Vec<_> = (0..self.tasks.len())
            .filter(|index| self.tasks[*index].ready.0.load(Ordering::Relaxed))
            .filter(|index| !frozen(self.tasks[*index].tab))
            .collect();
        if ready.is_empty() {
            return None;
        }
        let index = ready[self.world.with(|state| state.rng.below(ready.len() as u64)) as usize];
        let task = &mut self.tasks[index];
        task.ready.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(task.ready.clone());
        let polled = (task.tab, task.kind.clone());
        if let Poll::Ready(()) = task.work.as_mut().poll(&mut Context::from_waker(&waker)) {
            self.tasks.swap_remove(index);
        }
        Some(polled)
    }

    /// Polls one task, or lets time pass until one can go on. `None`: nothing happens before
    /// `until`.
    pub(crate) fn step(&mut self, until: u64) -> Option<Option<(usize, K)>> {
        if let Some(polled) = self.poll_one() {
            return Some(Some(polled));
        }
        self.world.advance(until).then_some(None)
    }

    /// Runs until nothing is left to do.
    pub(crate) fn run(&mut self) {
        while !self.tasks.is_empty() && self.step(u64::MAX).is_some() {}
    }

    /// Runs for a while of true time.
    pub(crate) fn run_for(&mut self, ms: u64) {
        let until = self.world.with(|state| state.now) + ms;
        while self.step(until).is_some() {}
        self.world.with(|state| state.now = until);
    }

    /// Ends a tab in the middle of whatever it does.
    pub(crate) fn crash(&mut self, tab: usize) {
        self.tasks.retain(|task| task.tab != tab);
        self.world.with(|state| state.tabs[tab] = Default::default());
    }
}
