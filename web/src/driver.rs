//! The loop that takes a call of the core from one effect to the next.

use std::cell::RefCell;

use lifeguard::host::{SendError, Store, StoreError};
use lifeguard::operations::Client;
use lifeguard::operations::error::{Attempt, Error};
use lifeguard::protocol::http::HttpResponse;
use lifeguard::protocol::json::Value;
use lifeguard::protocol::pool::Pool;
use lifeguard::protocol::secret::Secret;
use lifeguard::step;
use lifeguard::transcript::{Machine, Transcript};
use web_sys::AbortSignal;

use crate::error::AuthError;
use crate::locks::Held;
use crate::options::AuthOptions;
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

    /// A page with the client and the stores that an application configured.
    pub(crate) fn of_options(
        options: &AuthOptions,
        notify: impl Fn(&Value) + 'static,
    ) -> Result<Self, AuthError> {
        let endpoint = options.endpoint.as_deref();
        let pool = Pool::parse(&options.user_pool_id, &options.client_id, endpoint)
            .map_err(|misuse| AuthError::of_core(&step::failure(&misuse.into())))?;
        let mut client = Client::new(pool, options.timeout_ms);
        client.keeps_legacy = options.keeps_legacy_keys;
        if let Some(name) = browser_name() {
            client.device_name = name;
        }
        let stores = options.storage.clone().map_or_else(Stores::default, Stores::with_own);
        Ok(Self::new(client, stores, notify))
    }

    /// Runs an operation by its name; input, output and failure are data of the core.
    pub(crate) async fn call(&self, operation: &str, input: &Value) -> Result<Value, Value> {
        let run =
            self.run(None, None, |client, host| step::operate(client, operation, input, host));
        run.await.map_err(|error| step::failure(&error))
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
            transcript.push(Value::from(answer));
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
            "send" => match send(effect, signal, locks).await {
                Ok(reply) => Value::object()
                    .with("status", f64::from(reply.status))
                    .with_some("errorType", reply.error_type)
                    .with_some("errorMessage", reply.error_message)
                    .with_some("retryAfter", reply.retry_after)
                    .with_some("date", reply.date)
                    .with("body", reply.body),
                Err(error) => failed(error.name()),
            },
            "sleep" => clock::sleep(number("ms"), signal)
                .await
                .map_or_else(|error| failed(error.name()), |()| Value::Null),
            "read" => self.read(effect).await,
            "write" => {
                self.write(effect).await.map_or_else(|error| failed(error.name()), Value::Bool)
            }
            "lock" => {
                let (locked, held) =
                    locks::acquire(text("name"), number("waitMs"), number("holdMs")).await;
                locks.extend(held.map(|held| (String::from(text("name")), held)));
                locked.name().into()
            }
            "verify" => signatures::verify(text("token"), text("keys"), signal)
                .await
                .map_or_else(|error| failed(error.name()), Value::Bool),
            kind => {
                let request = effect.get("request").unwrap_or(&Value::Null);
                let credential = match kind {
                    "passkeyGet" => passkeys::get(request, signal).await,
                    _ => passkeys::create(request, signal).await,
                };
                credential.map_or_else(
                    |error| failed(error.name()),
                    |credential| Value::object().with("credential", credential),
                )
            }
        }
    }

    async fn write(&self, effect: &Value) -> Result<bool, StoreError> {
        let store = store(effect.get("store"));
        for (key, value) in pairs(effect, "expected") {
            if self.stores.load(store, key).await?.as_deref() != value {
                return Ok(false);
            }
        }
        for (key, value) in pairs(effect, "changes") {
            match value {
                Some(value) => self.stores.save(store, key, value).await?,
                None => self.stores.remove(store, key).await?,
            }
        }
        Ok(true)
    }

    async fn read(&self, effect: &Value) -> Value {
        let mut values = Vec::new();
        for item in effect.get("items").map(Value::items).unwrap_or_default() {
            let [name, key] = item.items() else { continue };
            let key = key.as_str().unwrap_or_default();
            let found = self.stores.load(store(Some(name)), key).await;
            values.push(match found {
                Ok(Some(text)) => text.into(),
                Ok(None) => Value::Null,
                Err(error) => failed(error.name()),
            });
        }
        Value::from(values)
    }
}

/// Keys and values of a write.
fn pairs<'a>(effect: &'a Value, name: &str) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
    let items = effect.get(name).map(Value::items).unwrap_or_default().iter();
    items.filter_map(|item| match item.items() {
        [key, value] => Some((key.as_str()?, value.as_str())),
        _ => None,
    })
}

/// A request ends before another tab may take a lock of this call.
async fn send(
    effect: &Value,
    signal: Option<&AbortSignal>,
    locks: &[(String, Held)],
) -> Result<HttpResponse, SendError> {
    let mut request = request(effect);
    let left = locks.iter().map(|(_, held)| held.left_ms()).min().unwrap_or(u32::MAX);
    request.timeout_ms = request.timeout_ms.min(left);
    if left == 0 {
        return Err(SendError::Unlocked);
    }
    fetch::send(&request, signal).await
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

/// What lists of devices call this browser.
fn browser_name() -> Option<String> {
    let agent = web_sys::window()?.navigator().user_agent().ok()?;
    (!agent.is_empty()).then(|| agent.chars().take(LONGEST_NAME).collect())
}

const LONGEST_NAME: usize = 1_024;

fn failed(name: &str) -> Value {
    Value::object().with("error", name)
}

/// The store of a name; the cookies, which are only read, where it has none.
fn store(name: Option<&Value>) -> Store {
    name.and_then(Value::as_str).and_then(Store::of_name).unwrap_or(Store::Cookies)
}
