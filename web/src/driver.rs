//! The loop that takes a call of the core from one effect to the next.

use std::cell::RefCell;

use lifeguard::host::{Locked, PasskeyError, SendError, Store, StoreError};
use lifeguard::operations::Client;
use lifeguard::operations::error::{Attempt, Error};
use lifeguard::protocol::json::Value;
use lifeguard::protocol::secret::Secret;
use lifeguard::transcript::{Machine, Transcript};
use web_sys::AbortSignal;

use crate::locks::Held;
use crate::storage::Stores;
use crate::{channel, clock, fetch, locks, passkeys, random, signatures};

/// A page with a client of one pool.
pub struct Driver {
    client: Client,
    stores: Stores,
    /// What the page remembers from call to call.
    state: RefCell<Value>,
    notify: Box<dyn Fn(&Value)>,
}

/// The clock and the random bytes of the page.
struct Engine;

impl Machine for Engine {
    fn now(&self) -> u64 {
        clock::now()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        random::fill(bytes);
    }
}

impl Driver {
    /// A page; `notify` receives the session events.
    pub fn new(client: Client, stores: Stores, notify: impl Fn(&Value) + 'static) -> Self {
        let state = RefCell::new(Value::object());
        Self { client, stores, state, notify: Box::new(notify) }
    }

    /// Runs an operation to its end. `timeout_ms` is the application's limit for each attempt of a
    /// request; `signal` aborts the call.
    ///
    /// # Errors
    /// Those of the operation.
    pub async fn run<T>(
        &self,
        timeout_ms: Option<u32>,
        signal: Option<&AbortSignal>,
        operation: impl Fn(&Client, &Transcript<'_>) -> Attempt<T>,
    ) -> Result<T, Error> {
        let mut transcript = Vec::new();
        let mut locks = Vec::new();
        loop {
            let (result, ran) = {
                let state = self.state.borrow().clone();
                let host = Transcript::new(&Engine, &transcript, state, timeout_ms);
                let result = operation(&self.client, &host);
                host.end(result)
            };
            transcript.extend(ran.entries);
            if let Some(state) = ran.state {
                self.state.replace(state);
            }
            for note in &ran.notes {
                self.act(note, &mut locks);
            }
            let answer = match (result, ran.effect) {
                (Some(result), _) => return result,
                (None, Some(effect)) => {
                    let signal = signal.filter(|_| !effect.is_true("detached"));
                    let answer = self.perform(&effect, signal, &mut locks).await;
                    vec![effect.get("id").cloned().unwrap_or(Value::Null), answer]
                }
                // The transcript's end has trapped before.
                (None, None) => unreachable!("no result and no effect"),
            };
            transcript.push(Value::Array(answer));
        }
    }

    fn act(&self, note: &Value, locks: &mut Vec<(String, Held)>) {
        if let Some(event) = note.get("notify") {
            (self.notify)(event);
        } else if let Some(message) = note.str("broadcast") {
            channel::broadcast(self.client.pool.client_id(), message);
        } else if let Some(name) = note.str("unlock") {
            locks.retain(|(held, _)| held != name);
        }
    }

    async fn perform(
        &self,
        effect: &Value,
        signal: Option<&AbortSignal>,
        locks: &mut Vec<(String, Held)>,
    ) -> Value {
        let text = |name| effect.str(name).unwrap_or_default();
        let number = |name| effect.number(name).unwrap_or_default() as u32;
        match text("kind") {
            "send" => match fetch::send(&request(effect), signal).await {
                Ok(reply) => Value::object()
                    .with("status", f64::from(reply.status))
                    .with_some("errorType", reply.error_type)
                    .with_some("errorMessage", reply.error_message)
                    .with_some("retryAfter", reply.retry_after)
                    .with_some("date", reply.date)
                    .with("body", reply.body),
                Err(error) => failed(send_error(error)),
            },
            "sleep" => clock::sleep(number("ms"), signal)
                .await
                .map_or_else(|error| failed(send_error(error)), |()| Value::Null),
            "read" => self.read(effect).await,
            "write" => {
                let (store, key) = (store(text("store")), text("key"));
                let written = match effect.str("value") {
                    Some(value) => self.stores.save(store, key, value).await,
                    None => self.stores.remove(store, key).await,
                };
                written.map_or_else(|error| failed(store_error(error)), |()| Value::Null)
            }
            "lock" => {
                let (locked, held) = locks::acquire(text("name"), number("waitMs")).await;
                locks.extend(held.map(|held| (String::from(text("name")), held)));
                match locked {
                    Locked::Held => "held",
                    Locked::Busy => "busy",
                    Locked::Missing => "missing",
                }
                .into()
            }
            "verify" => signatures::verify(text("token"), text("keys"), signal)
                .await
                .map_or_else(|error| failed(send_error(error)), Value::Bool),
            kind => {
                let request = effect.get("request").unwrap_or(&Value::Null);
                let credential = match kind {
                    "passkeyGet" => passkeys::get(request, signal).await,
                    _ => passkeys::create(request, signal).await,
                };
                credential.map_or_else(
                    |error| failed(passkey_error(error)),
                    |credential| Value::object().with("credential", credential),
                )
            }
        }
    }

    async fn read(&self, effect: &Value) -> Value {
        let mut values = Vec::new();
        for item in effect.get("items").map(Value::items).unwrap_or_default() {
            let [name, key] = item.items() else { continue };
            let key = key.as_str().unwrap_or_default();
            let found = self.stores.load(store(name.as_str().unwrap_or_default()), key).await;
            values.push(match found {
                Ok(Some(text)) => text.into(),
                Ok(None) => Value::Null,
                Err(error) => failed(store_error(error)),
            });
        }
        Value::Array(values)
    }
}

/// The request of a `send`.
fn request(effect: &Value) -> fetch::Request {
    let text = |name| effect.string(name).unwrap_or_default();
    let headers = effect.get("headers").map(Value::items).unwrap_or_default();
    let pair = |header: &Value| match header.items() {
        [name, value] => Some((String::from(name.as_str()?), String::from(value.as_str()?))),
        _ => None,
    };
    fetch::Request {
        post: true,
        url: text("url"),
        headers: headers.iter().filter_map(pair).collect(),
        body: Secret::new(text("body")),
        timeout_ms: effect.number("timeoutMs").unwrap_or_default() as u32,
        keep_alive: effect.is_true("keepAlive"),
    }
}

fn failed(name: &str) -> Value {
    Value::object().with("error", name)
}

fn store(name: &str) -> Store {
    let stores = [Store::Lasting, Store::Tab, Store::Memory];
    stores.into_iter().find(|store| store.name() == name).unwrap_or(Store::Cookies)
}

fn send_error(error: SendError) -> &'static str {
    match error {
        SendError::Offline => "offline",
        SendError::Network => "network",
        SendError::TimedOut => "timeout",
        SendError::Aborted => "aborted",
    }
}

fn store_error(error: StoreError) -> &'static str {
    match error {
        StoreError::Unavailable => "unavailable",
        StoreError::TimedOut => "timeout",
    }
}

fn passkey_error(error: PasskeyError) -> &'static str {
    match error {
        PasskeyError::NotSupported => "notSupported",
        PasskeyError::Cancelled => "cancelled",
        PasskeyError::AlreadyRegistered => "alreadyRegistered",
        PasskeyError::WrongRelyingParty => "wrongRelyingParty",
        PasskeyError::TimedOut => "timedOut",
        PasskeyError::Aborted => "aborted",
        PasskeyError::Failed => "failed",
    }
}
