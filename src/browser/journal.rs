//! What a call has come to know, in this order. A call of the module that signs people in does not
//! wait: where it needs an answer that is not there yet, everything it asks fails from then on, its
//! result is thrown away, and with the answer it runs again from the beginning. For that it has to go
//! the same way each time, so that all it knows beside its input is written down: answers, times and
//! random bytes.
//!
//! So the core is compiled without `async` there, which makes the module a seventh smaller
//! (`docs/DECISIONS.md`).

use core::cell::{Cell, RefCell};

use super::random;
use crate::protocol::json::Value;

/// Something that a call would not get to know a second time.
enum Fact {
    Answer(Value),
    Time(u64),
    Random(Vec<u8>),
    /// Others have been told.
    Told,
}

/// What one call knows.
#[derive(Default)]
pub struct Journal {
    facts: RefCell<Vec<Fact>>,
    /// How many of them this run has come by.
    read: Cell<usize>,
    /// What this run cannot go on without: set, it only runs out.
    asked: RefCell<Option<Value>>,
    told: RefCell<Vec<Value>>,
}

impl Journal {
    /// What the wrapper has to tell others since it was asked last.
    pub fn told(&self) -> Value {
        Value::Array(self.told.take())
    }

    /// What the wrapper is asked to do; nothing: the call has ended.
    pub fn asked(&self) -> Option<Value> {
        self.asked.take()
    }

    /// Takes the answer to what was asked. The call can run again.
    pub fn answer(&self, answer: Value) {
        self.facts.borrow_mut().push(Fact::Answer(answer));
        self.read.set(0);
    }

    /// The answer to a question; a failure, whichever kind is read from it, where it has to be asked
    /// first.
    pub(super) fn ask(&self, question: impl FnOnce() -> Value) -> Value {
        match self.known(|fact| match fact {
            Fact::Answer(answer) => Some(answer.clone()),
            _ => None,
        }) {
            Some(answer) => answer,
            None => {
                self.asked.borrow_mut().get_or_insert_with(question);
                Value::object().with("error", NOT_YET)
            }
        }
    }

    /// The time, as it was when this run came by first.
    pub(super) fn now(&self, read: impl FnOnce() -> u64) -> u64 {
        let known = self.known(|fact| match fact {
            Fact::Time(time) => Some(*time),
            _ => None,
        });
        known.unwrap_or_else(|| {
            let time = read();
            self.learn(Fact::Time(time));
            time
        })
    }

    /// Random bytes, the same in every run.
    pub(super) fn fill_random(&self, bytes: &mut [u8]) {
        let known = self.known(|fact| match fact {
            Fact::Random(known) => Some(known.clone()),
            _ => None,
        });
        match known {
            Some(known) => bytes.iter_mut().zip(known).for_each(|(byte, known)| *byte = known),
            None => {
                random::fill(bytes);
                self.learn(Fact::Random(bytes.to_vec()));
            }
        }
    }

    /// Has others told of something, once.
    pub(super) fn tell(&self, what: &str, text: &str) {
        if self.known(|_| Some(())).is_none() && self.asked.borrow().is_none() {
            self.learn(Fact::Told);
            self.told.borrow_mut().push(Value::object().with(what, text));
        }
    }

    fn known<T>(&self, read: impl FnOnce(&Fact) -> Option<T>) -> Option<T> {
        let facts = self.facts.borrow();
        let fact = facts.get(self.read.get())?;
        self.read.set(self.read.get() + 1);
        read(fact)
    }

    /// What a run comes by after it has asked counts for nothing.
    fn learn(&self, fact: Fact) {
        if self.asked.borrow().is_none() {
            self.facts.borrow_mut().push(fact);
            self.read.set(self.read.get() + 1);
        }
    }
}

/// Reads as aborted where something was to be sent or waited for, and as unavailable in a store.
const NOT_YET: f64 = 3.0;
