//! A page of a tab: it takes calls from effect to effect, as `js/core/run.ts` does, and performs the
//! effects in the simulated world.

use std::cell::RefCell;

use super::tab::{Held, Tab};
use crate::host::{SendError, Store, StoreError};
use crate::operations::Client;
use crate::operations::error::{Attempt, Error};
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::transcript::{Machine, Ran, Transcript};

/// What a page has until it is reloaded.
pub(crate) struct Page {
    pub(crate) client: Client,
    /// What it remembers from call to call.
    pub(crate) state: RefCell<Value>,
}

impl Page {
    pub(crate) fn new(pool: Pool, timeout_ms: u32) -> Self {
        Self { client: Client::new(pool, timeout_ms), state: RefCell::new(Value::object()) }
    }
}

/// An operation of a page.
pub(crate) trait Operation<T>: Fn(&Client, &Transcript<'_>) -> Attempt<T> {}
impl<T, F: Fn(&Client, &Transcript<'_>) -> Attempt<T>> Operation<T> for F {}

/// One run of a call.
pub(crate) fn run_once<T>(
    machine: &dyn Machine,
    page: &Page,
    entries: &[Value],
    operation: &impl Operation<T>,
) -> (Option<Result<T, Error>>, Ran) {
    let state = page.state.borrow().clone();
    let host = Transcript::new(machine, entries, state, None);
    let result = operation(&page.client, &host);
    host.end(result)
}

/// Runs again with what the run before added: it must come to the same.
pub(crate) fn check_again<T>(
    machine: &dyn Machine,
    page: &Page,
    entries: &[Value],
    operation: &impl Operation<T>,
    effect: Option<&Value>,
) {
    let (_, again) = run_once(machine, page, entries, operation);
    assert!(again.entries.is_empty() && again.notes.is_empty() && again.state.is_none());
    assert!(again.effect.as_ref() == effect, "two runs of one step differ");
}

impl Tab {
    /// Takes a call to its end.
    pub(crate) async fn run<T>(
        &self,
        page: &Page,
        operation: impl Operation<T>,
    ) -> Result<T, Error> {
        let mut transcript = Vec::new();
        let mut locks: Vec<(String, Held)> = Vec::new();
        loop {
            let (result, ran) = run_once(self, page, &transcript, &operation);
            transcript.extend(ran.entries);
            if let Some(state) = ran.state {
                page.state.replace(state);
            }
            if cfg!(debug_assertions) {
                check_again(self, page, &transcript, &operation, ran.effect.as_ref());
            }
            for note in &ran.notes {
                if let Some(event) = note.get("notify") {
                    self.notify(event.clone());
                } else if let Some(message) = note.str("broadcast") {
                    self.broadcast(message);
                } else if let Some(name) = note.str("unlock") {
                    locks.retain(|(held, _)| held != name);
                }
            }
            let Some(effect) = ran.effect else {
                return result.unwrap_or_else(|| panic!("no effect and no result"));
            };
            let answer = self.perform(&effect, &mut locks).await;
            self.trace(&effect, &answer);
            transcript.push(Value::from(vec![effect.get("id").unwrap().clone(), answer]));
        }
    }

    /// Notes an effect and its answer, where somebody reads along.
    fn trace(&self, effect: &Value, answer: &Value) {
        self.world().with(|state| {
            let now = state.now - 1_780_000_000_000;
            let Some(trace) = &mut state.trace else { return };
            let short = |value: &Value| {
                let text = value.write();
                let claims = text.find("s3cr3t-refresh").map_or("", |at| &text[at..]);
                let [head, token] = [(&*text, 190), (claims, 18)].map(|(text, end)| {
                    text.char_indices().nth(end).map_or(text, |(end, _)| &text[..end])
                });
                [head, " ", token].concat()
            };
            let [asked, got] = [effect, answer].map(short);
            trace.push(format!("{now:>12} tab {} {asked}\n      -> {got}", self.id()));
        });
    }

    async fn perform(&self, effect: &Value, locks: &mut Vec<(String, Held)>) -> Value {
        match effect.str("kind").unwrap() {
            "send" => match self.send_under(&request(effect), locks).await {
                Ok(reply) => reply_value(&reply),
                Err(error) => failed(error.name()),
            },
            "sleep" => {
                self.sleep(effect.number("ms").unwrap() as u32).await;
                Value::Null
            }
            "read" => {
                let mut values = Vec::new();
                let mut hanging = None;
                for item in effect.get("items").unwrap().items() {
                    let [store, key] = item.items() else { panic!("{item:?}") };
                    // Patience is for a store, not for each of its values.
                    let found = match hanging == Some(store) {
                        true => Err(StoreError::TimedOut),
                        false => self.load(store_of(store), key.as_str().unwrap()).await,
                    };
                    hanging = hanging.or((found == Err(StoreError::TimedOut)).then_some(store));
                    values.push(match found {
                        Ok(Some(text)) => Value::from(text),
                        Ok(None) => Value::Null,
                        Err(error) => failed(error.name()),
                    });
                }
                self.note_look(effect.get("items").unwrap().items(), &values);
                Value::from(values)
            }
            "write" => {
                let store = store_of(effect.get("store").unwrap());
                let [expected, changes] = ["expected", "changes"].map(|name| pairs(effect, name));
                let written = self.write(store, &expected, &changes).await;
                if store == Store::Lasting && written == Ok(true) {
                    self.note_written(&changes);
                }
                written.map_or_else(|error| failed(error.name()), Value::Bool)
            }
            "lock" => {
                let name = effect.str("name").unwrap();
                let wait_ms = effect.number("waitMs").unwrap() as u32;
                let hold_ms = effect.number("holdMs").unwrap() as u32;
                let (locked, held) = self.lock(name, wait_ms, hold_ms).await;
                locks.extend(held.into_iter().map(|held| (String::from(name), held)));
                locked.name().into()
            }
            "verify" => {
                let (token, keys) = (effect.str("token").unwrap(), effect.str("keys").unwrap());
                self.verify_signature(token, keys)
                    .await
                    .map_or_else(|error| failed(error.name()), Value::Bool)
            }
            _ => Value::object().with("error", "notSupported"),
        }
    }
}

impl Tab {
    /// Notes what a page has seen of the stored record, which is worth nothing without its epoch.
    fn note_look(&self, items: &[Value], values: &[Value]) {
        let value_of = |name: &str| {
            let at = items.iter().position(|item| {
                matches!(item.items(), [store, key] if store.as_str() == Some("local")
                    && key.as_str().is_some_and(|key| key.ends_with(name)))
            });
            at.map(|at| &values[at])
        };
        let [Some(record), Some(epoch)] = [".session", ".epoch"].map(value_of) else { return };
        match record.get("error").or(epoch.get("error")) {
            Some(_) => self.world().with(|state| state.tabs[self.id()].missed += 1),
            None => {
                let epoch = epoch.as_str().unwrap_or_default();
                self.note_seen(record.as_str().filter(|record| record.contains(epoch)));
            }
        }
    }

    fn note_written(&self, changes: &[(String, Option<String>)]) {
        if let Some((_, text)) = changes.iter().find(|(key, _)| key.ends_with(".session")) {
            self.note_seen(text.as_deref());
        }
    }

    fn note_seen(&self, record: Option<&str>) {
        self.world().with(|state| {
            let tab = &mut state.tabs[self.id()];
            (tab.seen, tab.missed) = (record.map(String::from), 0);
        });
    }
}

/// Keys and values of a `write`.
pub(crate) fn pairs(effect: &Value, name: &str) -> Vec<(String, Option<String>)> {
    let pair = |pair: &Value| {
        let [key, value] = pair.items() else { panic!("{pair:?}") };
        (String::from(key.as_str().unwrap()), value.as_str().map(String::from))
    };
    effect.get(name).unwrap().items().iter().map(pair).collect()
}

/// The request of a `send`.
pub(crate) fn request(effect: &Value) -> HttpRequest {
    let header = |name: &'static str| {
        let headers = effect.get("headers").unwrap().items().iter();
        let mut found = headers.filter_map(|header| match header.items() {
            [given, value] if given.as_str() == Some(name) => value.as_str(),
            _ => None,
        });
        found.next().map(|value| (name, String::from(value)))
    };
    HttpRequest {
        post: true,
        url: effect.string("url").unwrap(),
        headers: header("x-amz-target").into_iter().collect(),
        body: Secret::new(effect.string("body").unwrap()),
        timeout_ms: effect.number("timeoutMs").unwrap() as u32,
        keep_alive: effect.is_true("keepAlive"),
    }
}

/// A reply as a host hands it over.
pub(crate) fn reply_value(reply: &HttpResponse) -> Value {
    Value::object()
        .with("status", f64::from(reply.status))
        .with_some("errorType", reply.error_type.as_deref())
        .with_some("errorMessage", reply.error_message.as_deref())
        .with_some("retryAfter", reply.retry_after.as_deref())
        .with_some("date", reply.date.map(|seconds| seconds as f64))
        .with("body", reply.body.as_str())
}

fn failed(name: &str) -> Value {
    Value::object().with("error", name)
}

/// The store of a name.
pub(crate) fn store_of(name: &Value) -> Store {
    Store::of_name(name.as_str().unwrap()).unwrap()
}

impl Tab {
    /// Sends while the locks are held, and no longer than they can be.
    async fn send_under(
        &self,
        request: &HttpRequest,
        locks: &[(String, Held)],
    ) -> Result<HttpResponse, SendError> {
        let left = locks.iter().map(|(_, held)| held.left_ms()).min().unwrap_or(u32::MAX);
        if left == 0 {
            return Err(SendError::Unlocked);
        }
        self.send(request, request.timeout_ms.min(left)).await
    }

    /// A call that needs no effect.
    pub(crate) fn run_now<T>(&self, page: &Page, operation: impl Operation<T>) -> Result<T, Error> {
        run_once(self, page, &[], &operation).0.unwrap()
    }
}
