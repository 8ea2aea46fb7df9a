//! Tasks of a person over a scripted service: each test says what is asked and what is answered.

mod account;
mod admin;
mod clock;
mod devices;
mod factors;
mod redirect;

use core::cell::{Cell, RefCell};
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::Client;
use super::error::Error;
use super::sign_in::{self, Outcome, Question};
use super::tasks;
use crate::platform::{Locked, PasskeyError, Platform, SendError, Store, StoreError};
use crate::protocol::challenge::Answer;
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::sign_in::{Flow, Start};
use crate::protocol::task::find;
use crate::protocol::text::base64url;
use crate::protocol::wire::Extras;

const NOW: u64 = 1_780_000_000_000;
const PASSWORD: &str = "Correct-Horse-9!";

/// A service that answers what it was told to, in that order, and a browser with three stores.
#[derive(Clone, Default)]
struct Script(Rc<State>);

#[derive(Default)]
struct State {
    replies: RefCell<VecDeque<(&'static str, HttpResponse)>>,
    sent: RefCell<Vec<(String, Value)>>,
    stores: RefCell<[BTreeMap<String, String>; 3]>,
    is_store_broken: Cell<bool>,
    dice: Cell<u8>,
    date: Cell<Option<u64>>,
    passkey: RefCell<Option<Result<String, PasskeyError>>>,
    ceremonies: RefCell<Vec<Value>>,
    context: RefCell<Option<String>>,
    headers: RefCell<Vec<(&'static str, String)>>,
}

impl Script {
    /// The next call must be this operation, and is answered with this.
    fn on(&self, operation: &'static str, body: &Value) -> &Self {
        self.reply(operation, 200, body)
    }

    /// The next call must be this operation, and is refused.
    fn refuse(&self, operation: &'static str, name: &str, text: &str) -> &Self {
        let body = Value::object().with("__type", name).with("message", text);
        self.reply(operation, 400, &body)
    }

    fn reply(&self, operation: &'static str, status: u16, body: &Value) -> &Self {
        let (error_type, error_message, retry_after) = (None, None, None);
        let date = self.0.date.get();
        let body = body.write();
        let reply = HttpResponse { status, error_type, error_message, retry_after, date, body };
        self.0.replies.borrow_mut().push_back((operation, reply));
        self
    }

    /// Inputs of the calls that were sent since last asked, by operation.
    fn sent(&self) -> Vec<(String, Value)> {
        assert!(self.0.replies.borrow().is_empty(), "not everything was asked");
        self.0.sent.take()
    }

    /// Input of the one call that was sent since last asked.
    fn only_sent(&self) -> Value {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1);
        sent.remove(0).1
    }

    /// Everything in a store, keys and values.
    fn stored(&self, store: Store) -> String {
        format!("{:?}", self.0.stores.borrow()[store as usize])
    }
}

impl Platform for Script {
    type Lock = ();

    async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, SendError> {
        let target = request.headers.iter().find(|(name, _)| *name == "x-amz-target").unwrap();
        let operation = target.1.rsplit('.').next().unwrap();
        let input = Value::parse(request.body.expose("test")).unwrap();
        self.0.sent.borrow_mut().push((String::from(operation), input));
        self.0.headers.replace(request.headers.clone());
        let (expected, reply) =
            self.0.replies.borrow_mut().pop_front().unwrap_or_else(|| panic!("{operation}"));
        assert_eq!(operation, expected);
        Ok(reply)
    }

    fn now(&self) -> u64 {
        NOW
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.0.dice.set(self.0.dice.get() + 1);
        bytes.fill(self.0.dice.get());
    }

    async fn sleep(&self, _ms: u32) -> Result<(), SendError> {
        Ok(())
    }

    async fn load(&self, store: Store, key: &str) -> Result<Option<String>, StoreError> {
        Ok(self.0.stores.borrow().get(store as usize).and_then(|values| values.get(key).cloned()))
    }

    async fn save(&self, store: Store, key: &str, value: &str) -> Result<(), StoreError> {
        if self.0.is_store_broken.get() {
            return Err(StoreError::Unavailable);
        }
        let mut stores = self.0.stores.borrow_mut();
        stores[store as usize].insert(String::from(key), String::from(value));
        Ok(())
    }

    async fn remove(&self, store: Store, key: &str) -> Result<(), StoreError> {
        if let Some(values) = self.0.stores.borrow_mut().get_mut(store as usize) {
            values.remove(key);
        }
        Ok(())
    }

    async fn lock(&self, _name: &str, _wait_ms: u32) -> Locked<()> {
        Locked::Held(())
    }

    fn detached(&self) -> Self {
        self.clone()
    }

    fn notify(&self, _event: Value) {}

    fn broadcast(&self, _message: &str) {}

    async fn passkey_get(&self, request: &Value) -> Result<String, PasskeyError> {
        self.0.ceremonies.borrow_mut().push(request.clone());
        self.0.passkey.take().unwrap()
    }

    async fn passkey_create(&self, request: &Value) -> Result<String, PasskeyError> {
        self.passkey_get(request).await
    }

    async fn verify_signature(&self, _token: &str, _keys: &str) -> Result<bool, SendError> {
        Ok(false)
    }

    fn context_data(&self, username: &str, _pool_id: &str, _client_id: &str) -> Option<String> {
        self.0.context.borrow().as_ref().map(|data| [username, " ", data].concat())
    }

    fn device_name(&self) -> String {
        String::from("a browser")
    }
}

/// Nothing here waits, so one poll is enough.
fn now<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("something waits"),
    }
}

/// A page: what is lost by a reload.
fn page() -> Client {
    let pool = Pool::parse("eu-west-1_Ab12", "client1", None).unwrap();
    Client::new(pool, 1000)
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(String::from(text))
}

/// The tokens of `alice-id`; a device among them as the service has it.
fn tokens(device: Option<&str>) -> Value {
    let claims = Value::object()
        .with("iss", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12")
        .with("token_use", "access")
        .with("client_id", "client1")
        .with("sub", "person-1")
        .with("username", "alice-id")
        .with("email", "alice@example.com")
        .with("iat", 1_000.0)
        .with("exp", 4_600.0);
    let token = [&base64url(b"{}"), ".", &base64url(claims.write().as_bytes()), ".sig"].concat();
    let device =
        device.map(|key| Value::object().with("DeviceKey", key).with("DeviceGroupKey", "-group"));
    let result = Value::object()
        .with("AccessToken", token)
        .with("RefreshToken", "refresh")
        .with("ExpiresIn", 3600.0)
        .with_some("NewDeviceMetadata", device);
    Value::object().with("AuthenticationResult", result)
}

fn challenge(name: &str, session: &str) -> Value {
    let parameters = Value::object()
        .with("USER_ID_FOR_SRP", "alice-id")
        .with("MFAS_CAN_SETUP", r#"["SOFTWARE_TOKEN_MFA"]"#)
        .with("CREDENTIAL_REQUEST_OPTIONS", r#"{"challenge":"AA"}"#);
    Value::object()
        .with("ChallengeName", name)
        .with("Session", session)
        .with("ChallengeParameters", parameters)
}

/// Begins as somebody would who typed an alias.
fn sign_in(client: &Client, script: &Script) -> Result<Outcome, Error> {
    let start = Start {
        username: String::from("alice@example.com"),
        password: Some(secret(PASSWORD)),
        flow: Flow::Password,
        preferred: None,
        session: None,
        extras: Extras::default(),
        device: None,
    };
    now(sign_in::start(client, script, Store::Lasting, start))
}

fn answer(
    client: &Client,
    script: &Script,
    question: Question,
    answer: Option<Answer>,
) -> Result<Outcome, Error> {
    now(sign_in::answer(client, script, question, answer, None))
}

fn question(outcome: Result<Outcome, Error>) -> Question {
    match outcome {
        Ok(Outcome::Challenge(question)) => *question,
        _ => panic!("nothing was asked"),
    }
}

/// Signs somebody in, on a device where there is one.
fn signed_in(script: &Script, device: Option<&str>) -> Client {
    let client = page();
    script.on("InitiateAuth", &tokens(device));
    if device.is_some() {
        script.on("ConfirmDevice", &Value::object());
    }
    assert!(matches!(sign_in(&client, script), Ok(Outcome::SignedIn { .. })));
    script.sent();
    client
}

/// Runs a task of the table.
fn task(client: &Client, script: &Script, name: &str, input: &str) -> Result<Value, Error> {
    let input = Value::parse(input).unwrap();
    now(tasks::run(client, script, find(name).unwrap(), input, &Extras::default()))
}
