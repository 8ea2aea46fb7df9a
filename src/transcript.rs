//! What one call has learned: the effects performed for it so far, with their results, the times it
//! read, the random bytes it drew and the arithmetic it finished, in order. An operation that runs
//! again reads the same values in the same order; the first effect beyond the end suspends it.
//!
//! Each entry carries a digest of its effect's kind and arguments. An entry that does not fit is a
//! defect of the operation, and a trap: a guess could send a request twice or reuse a nonce.

mod effects;

use core::cell::{Cell, RefCell};

use crate::host::{Run, Slot, Suspended};
use crate::operations::error::{Attempt, Error, Stop};
use crate::protocol::json::Value;

/// Clock and entropy of the machine that runs the core.
pub trait Machine {
    /// Unix time in milliseconds.
    fn now(&self) -> u64;
    /// Fills with bytes fit for keys.
    fn fill_random(&self, bytes: &mut [u8]);
}

/// The host of one run of a call.
pub struct Transcript<'a> {
    machine: &'a dyn Machine,
    /// `[digest, value]` each.
    entries: &'a [Value],
    position: Cell<usize>,
    /// Entries that this run adds.
    added: RefCell<Vec<Value>>,
    /// The effect that this run waits for.
    effect: RefCell<Option<Value>>,
    notes: RefCell<Vec<Value>>,
    /// What the page remembers now.
    state: RefCell<Value>,
    is_state_changed: Cell<bool>,
    /// What this call last knew of the state: a value that has not changed is not written again.
    known: RefCell<Vec<(Slot, Value)>>,
    is_detached: Cell<bool>,
    /// The application's time limit for each attempt of a request, in milliseconds.
    timeout_ms: Option<u32>,
}

/// What one run of a call came to, beside its result.
pub struct Ran {
    /// Entries for the transcript.
    pub entries: Vec<Value>,
    /// What the host does at once: events, messages, unlocking.
    pub notes: Vec<Value>,
    /// The state, if this run changed it.
    pub state: Option<Value>,
    /// The effect to perform before the next run: `{ id, kind, … }`.
    pub effect: Option<Value>,
}

impl<'a> Transcript<'a> {
    /// For a run with these entries and this state.
    pub fn new(
        machine: &'a dyn Machine,
        entries: &'a [Value],
        state: Value,
        timeout_ms: Option<u32>,
    ) -> Self {
        Self {
            machine,
            entries,
            position: Cell::new(0),
            added: RefCell::default(),
            effect: RefCell::default(),
            notes: RefCell::default(),
            state: RefCell::new(state),
            is_state_changed: Cell::new(false),
            known: RefCell::default(),
            is_detached: Cell::new(false),
            timeout_ms,
        }
    }

    /// Ends the run: the result of the operation, or `None` where it suspended.
    pub fn end<T>(self, result: Attempt<T>) -> (Option<Result<T, Error>>, Ran) {
        let result = match result {
            Ok(value) => Some(Ok(value)),
            Err(Stop::Failed(error)) => Some(Err(error)),
            Err(Stop::Suspended(_)) => None,
        };
        let effect = self.effect.take();
        // A result beside a missing effect: the operation took its suspension for something else.
        if result.is_some() == effect.is_some() {
            diverged()
        }
        // A result before the transcript's end: this run went another way than the one before.
        if result.is_some() && self.position.get() < self.entries.len() {
            diverged()
        }
        let is_changed = self.is_state_changed.get();
        let state = is_changed.then(|| self.state.replace(Value::Null));
        (result, Ran { entries: self.added.take(), notes: self.notes.take(), state, effect })
    }

    /// The value of the next entry, where the transcript reaches so far.
    fn next(&self, id: u32) -> Option<&'a Value> {
        let entry = self.entries.get(self.position.get())?;
        self.position.set(self.position.get() + 1);
        match entry.items() {
            [Value::Number(known), value] if *known == f64::from(id) => Some(value),
            _ => diverged(),
        }
    }

    fn add(&self, id: u32, value: Value) {
        self.added.borrow_mut().push(Value::from(vec![Value::Number(f64::from(id)), value]));
    }

    /// The next entry's value; where there is none, `read` gives it now.
    fn now_or_then(&self, id: u32, read: &mut dyn FnMut() -> Value) -> Value {
        match self.next(id) {
            Some(value) => value.clone(),
            None => {
                let value = read();
                self.add(id, value.clone());
                value
            }
        }
    }

    /// The result of an effect, or the suspension in which the host performs it.
    /// `parts` are what tells it from others of its kind, `members` what the host needs. Not
    /// generic, and once in the wasm.
    fn perform(&self, kind: &str, parts: &[&str], members: &dyn Fn() -> Value) -> Run<&'a Value> {
        let id = digest(kind, parts);
        if let Some(result) = self.next(id) {
            return Ok(result);
        }
        // A run that goes on after a suspension has caught it.
        if self.effect.borrow().is_some() {
            diverged()
        }
        let mut effect = Value::object().with("id", f64::from(id)).with("kind", kind);
        effect.append(members());
        if self.is_detached.get() {
            effect.put("detached", Value::Bool(true));
        }
        self.effect.replace(Some(effect));
        Err(Suspended::new())
    }

    /// Something done once, without a result.
    fn note(&self, what: &str, value: Value) {
        let id = digest(what, &[]);
        if self.next(id).is_none() {
            self.add(id, Value::Null);
            self.notes.borrow_mut().push(Value::object().with(what, value));
        }
    }

    /// What this call last knew of a slot.
    fn known(&self, slot: Slot) -> Option<Value> {
        self.known.borrow().iter().find(|(of, _)| *of == slot).map(|(_, value)| value.clone())
    }

    fn know(&self, slot: Slot, value: Value) {
        let mut known = self.known.borrow_mut();
        match known.iter_mut().find(|(of, _)| *of == slot) {
            Some(entry) => entry.1 = value,
            None => known.push((slot, value)),
        }
    }
}

/// FNV-1a of an effect's kind and arguments: it finds defects, it protects nothing.
fn digest(kind: &str, parts: &[&str]) -> u32 {
    let mut hash = absorb(START, kind.as_bytes());
    for part in parts {
        hash = absorb(hash, part.as_bytes());
    }
    hash
}

fn absorb(mut hash: u32, part: &[u8]) -> u32 {
    // What ends a part is no byte of a text.
    for byte in part.iter().chain(&[0xff]) {
        hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    hash
}

const START: u32 = 0x811c_9dc5;

/// The operation did not go the way that its transcript tells, or went on after a suspension.
#[expect(clippy::panic, reason = "a wrong guess would be worse than the end of this call")]
#[cold]
fn diverged() -> ! {
    panic!("a call diverged from its transcript")
}
