//! What one call has learned: the effects performed for it so far, with their results, the times it
//! read, the random bytes it drew and the arithmetic it finished, in order. An operation that runs
//! again reads the same values in the same order; the first effect beyond the end suspends it.
//!
//! Each entry carries a digest of its effect's kind and arguments. An entry that does not fit is a
//! defect of the operation, and a trap: a guess could send a request twice or reuse a nonce.

use core::cell::{Cell, RefCell};

use crate::host::{Host, Locked, PasskeyError, Run, SendError, Slot, Store, StoreError, Suspended};
use crate::operations::error::{Attempt, Error, Stop};
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;
use crate::protocol::text;

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

impl Host for Transcript<'_> {
    fn send(&self, request: &HttpRequest) -> Run<Result<HttpResponse, SendError>> {
        let body = request.body.expose("sent as the request's body").as_str();
        let reply = self.perform("send", &[&request.url, body], &|| {
            let mut headers = Vec::new();
            for (name, value) in &request.headers {
                headers.push(Value::from_strings(&[*name, value]));
            }
            Value::object()
                .with("url", request.url.as_str())
                .with("headers", Value::from(headers))
                .with("body", body)
                .with("timeoutMs", f64::from(self.timeout_ms.unwrap_or(request.timeout_ms)))
                .with_some("keepAlive", request.keep_alive.then_some(true))
        })?;
        let Some(status) = reply.number("status") else { return Ok(Err(send_error(reply))) };
        Ok(Ok(HttpResponse {
            status: status as u16,
            error_type: reply.string("errorType"),
            error_message: reply.string("errorMessage"),
            retry_after: reply.string("retryAfter"),
            date: reply.number("date").map(|seconds| seconds as u64),
            body: reply.string("body").unwrap_or_default(),
        }))
    }

    fn now(&self) -> u64 {
        let id = digest("now", &[]);
        match self.now_or_then(id, &mut || Value::Number(self.machine.now() as f64)) {
            Value::Number(ms) => ms as u64,
            _ => diverged(),
        }
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        let id = absorb(digest("random", &[]), &[bytes.len() as u8]);
        let drawn = self.now_or_then(id, &mut || {
            self.machine.fill_random(bytes);
            text::base64(bytes).into()
        });
        let drawn = drawn.as_str().and_then(text::base64_decode).unwrap_or_default();
        if drawn.len() != bytes.len() {
            diverged()
        }
        bytes.copy_from_slice(&drawn);
    }

    fn compute(&self, inputs: &[&[u8]], work: &dyn Fn() -> Vec<u8>) -> Vec<u8> {
        let mut id = digest("compute", &[]);
        for input in inputs {
            id = absorb(id, input);
        }
        let result = self.now_or_then(id, &mut || text::base64(&work()).into());
        match result.as_str().and_then(text::base64_decode) {
            Some(result) => result,
            None => diverged(),
        }
    }

    fn sleep(&self, ms: u32) -> Run<Result<(), SendError>> {
        let members = || Value::object().with("ms", f64::from(ms));
        let result = self.perform("sleep", &[], &members)?;
        Ok(match result {
            Value::Null => Ok(()),
            _ => Err(SendError::Aborted),
        })
    }

    fn read(&self, items: &[(Store, &str)]) -> Run<Vec<Result<Option<String>, StoreError>>> {
        let mut parts = Vec::new();
        for (store, key) in items {
            parts.push(store.name());
            parts.push(key);
        }
        let found = self.perform("read", &parts, &|| {
            let mut list = Vec::new();
            for (store, key) in items {
                list.push(Value::from_strings(&[store.name(), key]));
            }
            Value::object().with("items", Value::from(list))
        })?;
        let mut values = Vec::new();
        for value in found.items() {
            values.push(match value {
                Value::Null => Ok(None),
                Value::String(text) => Ok(Some(text.clone())),
                error => Err(store_error(error)),
            });
        }
        if values.len() != items.len() {
            diverged()
        }
        Ok(values)
    }

    fn write(
        &self,
        store: Store,
        expected: &[(&str, Option<&str>)],
        changes: &[(&str, Option<&str>)],
    ) -> Run<Result<bool, StoreError>> {
        let mut parts = vec![store.name()];
        for (key, value) in expected.iter().chain(changes) {
            // A removal is not a write of nothing.
            parts.extend([*key, if value.is_some() { "=" } else { "" }, value.unwrap_or_default()]);
        }
        let result = self.perform("write", &parts, &|| {
            Value::object()
                .with("store", store.name())
                .with("expected", pairs(expected))
                .with("changes", pairs(changes))
        })?;
        Ok(match result {
            Value::Bool(is_done) => Ok(*is_done),
            error => Err(store_error(error)),
        })
    }

    fn lock(&self, name: &str, wait_ms: u32, hold_ms: u32) -> Run<Locked> {
        let members = || {
            Value::object()
                .with("name", name)
                .with("waitMs", f64::from(wait_ms))
                .with("holdMs", f64::from(hold_ms))
        };
        let result = self.perform("lock", &[name], &members)?;
        Ok(match result.as_str() {
            Some("held") => Locked::Held,
            Some("busy") => Locked::Busy,
            _ => Locked::Missing,
        })
    }

    fn unlock(&self, name: &str) {
        self.note("unlock", name.into());
    }

    fn detach(&self, is_detached: bool) {
        self.is_detached.set(is_detached);
    }

    fn notify(&self, event: Value) {
        self.note("notify", event);
    }

    fn broadcast(&self, message: &str) {
        self.note("broadcast", message.into());
    }

    fn passkey_get(&self, request: Value) -> Run<Result<String, PasskeyError>> {
        self.passkey("passkeyGet", request)
    }

    fn passkey_create(&self, request: Value) -> Run<Result<String, PasskeyError>> {
        self.passkey("passkeyCreate", request)
    }

    fn verify_signature(&self, token: &str, keys: &str) -> Run<Result<bool, SendError>> {
        let members = || Value::object().with("token", token).with("keys", keys);
        let result = self.perform("verify", &[token, keys], &members)?;
        Ok(match result {
            Value::Bool(is_signed) => Ok(*is_signed),
            error => Err(send_error(error)),
        })
    }

    fn recall(&self, slot: Slot) -> Value {
        let id = digest("recall", &[slot.name()]);
        let before = self.known(slot);
        let entry = self.now_or_then(id, &mut || {
            let now = self.state.borrow().get(slot.name()).cloned().unwrap_or(Value::Null);
            match &before {
                Some(before) if *before == now => Value::object(),
                _ => now,
            }
        });
        let value = match (entry, before) {
            // Not changed since this call knew it.
            (Value::Object(members), Some(before)) if members.is_empty() => before,
            (value, _) => value,
        };
        self.know(slot, value.clone());
        value
    }

    fn remember(&self, slot: Slot, value: Value) {
        let id = digest("remember", &[slot.name()]);
        if self.next(id).is_none() {
            self.add(id, Value::Null);
            let mut state = self.state.borrow_mut();
            if state.get(slot.name()).unwrap_or(&Value::Null) != &value {
                state.set(slot.name(), value.clone());
                self.is_state_changed.set(true);
            }
        }
        self.know(slot, value);
    }
}

impl Transcript<'_> {
    fn passkey(&self, kind: &str, request: Value) -> Run<Result<String, PasskeyError>> {
        let result =
            self.perform(kind, &[], &|| Value::object().with("request", request.clone()))?;
        Ok(result.string("credential").ok_or(match result.str("error") {
            Some("notSupported") => PasskeyError::NotSupported,
            Some("cancelled") => PasskeyError::Cancelled,
            Some("alreadyRegistered") => PasskeyError::AlreadyRegistered,
            Some("wrongRelyingParty") => PasskeyError::WrongRelyingParty,
            Some("timedOut") => PasskeyError::TimedOut,
            Some("aborted") => PasskeyError::Aborted,
            _ => PasskeyError::Failed,
        }))
    }
}

/// Keys and values of a write.
fn pairs(items: &[(&str, Option<&str>)]) -> Value {
    let mut list = Vec::new();
    for (key, value) in items {
        let value = value.map_or(Value::Null, Value::from);
        list.push(Value::from(vec![Value::from(*key), value]));
    }
    Value::from(list)
}

fn send_error(result: &Value) -> SendError {
    match result.str("error") {
        Some("offline") => SendError::Offline,
        Some("timeout") => SendError::TimedOut,
        Some("aborted") => SendError::Aborted,
        Some("unlocked") => SendError::Unlocked,
        _ => SendError::Network,
    }
}

fn store_error(result: &Value) -> StoreError {
    match result.str("error") {
        Some("timeout") => StoreError::TimedOut,
        _ => StoreError::Unavailable,
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
