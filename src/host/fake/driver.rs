//! A page of a tab: it takes calls from effect to effect, as `js/core/run.ts` does, and performs the
//! effects in the simulated world.

use std::cell::RefCell;

use super::tab::{Held, Tab};
use crate::host::{Locked, SendError, Store, StoreError};
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
            transcript.push(Value::Array(vec![effect.get("id").unwrap().clone(), answer]));
        }
    }

    async fn perform(&self, effect: &Value, locks: &mut Vec<(String, Held)>) -> Value {
        match effect.str("kind").unwrap() {
            "send" => match self.send(&request(effect)).await {
                Ok(reply) => reply_value(&reply),
                Err(error) => send_failure(error),
            },
            "sleep" => {
                self.sleep(effect.number("ms").unwrap() as u32).await;
                Value::Null
            }
            "read" => {
                let mut values = Vec::new();
                for item in effect.get("items").unwrap().items() {
                    let [store, key] = item.items() else { panic!("{item:?}") };
                    let found = self.load(store_of(store), key.as_str().unwrap()).await;
                    values.push(match found {
                        Ok(Some(text)) => Value::from(text),
                        Ok(None) => Value::Null,
                        Err(error) => store_failure(error),
                    });
                }
                Value::Array(values)
            }
            "write" => {
                let store = store_of(effect.get("store").unwrap());
                let key = effect.str("key").unwrap();
                let written = match effect.str("value") {
                    Some(value) => self.save(store, key, value).await,
                    None => self.remove(store, key).await,
                };
                written.map_or_else(store_failure, |()| Value::Null)
            }
            "lock" => {
                let name = effect.str("name").unwrap();
                let wait_ms = effect.number("waitMs").unwrap() as u32;
                let (locked, held) = self.lock(name, wait_ms).await;
                locks.extend(held.map(|held| (String::from(name), held)));
                match locked {
                    Locked::Held => "held",
                    Locked::Busy => "busy",
                    Locked::Missing => "missing",
                }
                .into()
            }
            "verify" => {
                let (token, keys) = (effect.str("token").unwrap(), effect.str("keys").unwrap());
                self.verify_signature(token, keys).await.map_or_else(send_failure, Value::Bool)
            }
            _ => Value::object().with("error", "notSupported"),
        }
    }
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

fn send_failure(error: SendError) -> Value {
    let name = match error {
        SendError::Offline => "offline",
        SendError::Network => "network",
        SendError::TimedOut => "timeout",
        SendError::Aborted => "aborted",
    };
    Value::object().with("error", name)
}

fn store_failure(error: StoreError) -> Value {
    let name = match error {
        StoreError::Unavailable => "unavailable",
        StoreError::TimedOut => "timeout",
    };
    Value::object().with("error", name)
}

/// The store of a name.
pub(crate) fn store_of(name: &Value) -> Store {
    match name.as_str().unwrap() {
        "local" => Store::Lasting,
        "session" => Store::Tab,
        "memory" => Store::Memory,
        _ => Store::Cookies,
    }
}

impl Tab {
    /// A call that needs no effect.
    pub(crate) fn run_now<T>(&self, page: &Page, operation: impl Operation<T>) -> Result<T, Error> {
        run_once(self, page, &[], &operation).0.unwrap()
    }
}
