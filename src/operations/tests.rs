//! Tasks of a person over a scripted service: each test says what is asked and what is answered.

mod account;
mod admin;
mod clock;
mod devices;
mod factors;
mod redirect;

use core::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::Client;
use super::error::{Attempt, Error};
use super::sign_in::{self, Outcome, Question};
use super::tasks;
use crate::host::fake::{Page, check_again, pairs, reply_value, request, run_once, store_of};
use crate::host::{PasskeyError, Store};
use crate::protocol::challenge::Answer;
use crate::protocol::http::HttpResponse;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::sign_in::{Flow, Start};
use crate::protocol::task::find;
use crate::protocol::text::base64url;
use crate::protocol::wire::Extras;
use crate::transcript::{Machine, Transcript};

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
    headers: RefCell<Vec<(String, String)>>,
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

impl Machine for Script {
    fn now(&self) -> u64 {
        NOW
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.0.dice.set(self.0.dice.get() + 1);
        bytes.fill(self.0.dice.get());
    }
}

impl Script {
    /// Takes a call to its end.
    fn run<T>(
        &self,
        page: &Page,
        operation: impl Fn(&Client, &Transcript<'_>) -> Attempt<T>,
    ) -> Result<T, Error> {
        let mut transcript = Vec::new();
        loop {
            let (result, ran) = run_once(self, page, &transcript, &operation);
            transcript.extend(ran.entries);
            if let Some(state) = ran.state {
                page.state.replace(state);
            }
            check_again(self, page, &transcript, &operation, ran.effect.as_ref());
            let Some(effect) = ran.effect else { return result.unwrap() };
            let answer = self.perform(&effect);
            transcript.push(Value::from(vec![effect.get("id").unwrap().clone(), answer]));
        }
    }

    fn perform(&self, effect: &Value) -> Value {
        let mut stores = self.0.stores.borrow_mut();
        match effect.str("kind").unwrap() {
            "send" => self.answer(effect),
            "read" => {
                let read = |item: &Value| {
                    let [store, key] = item.items() else { panic!("{item:?}") };
                    let values = stores.get(store_of(store) as usize)?;
                    values.get(key.as_str().unwrap()).cloned().map(Value::String)
                };
                let items = effect.get("items").unwrap().items().iter();
                Value::from(items.map(|item| read(item).unwrap_or(Value::Null)).collect::<Vec<_>>())
            }
            "write" => {
                let [expected, changes] = ["expected", "changes"].map(|name| pairs(effect, name));
                let Some(values) = stores.get_mut(store_of(effect.get("store").unwrap()) as usize)
                else {
                    return Value::Bool(true);
                };
                if expected.iter().any(|(key, value)| values.get(key) != value.as_ref()) {
                    return Value::Bool(false);
                }
                for (key, value) in changes {
                    match value {
                        Some(_) if self.0.is_store_broken.get() => {
                            return Value::object().with("error", "unavailable");
                        }
                        Some(value) => drop(values.insert(key, value)),
                        None => drop(values.remove(&key)),
                    }
                }
                Value::Bool(true)
            }
            "lock" => "held".into(),
            "passkeyGet" | "passkeyCreate" => {
                self.0.ceremonies.borrow_mut().push(effect.get("request").unwrap().clone());
                match self.0.passkey.take().unwrap() {
                    Ok(credential) => Value::object().with("credential", credential),
                    Err(error) => Value::object().with("error", error.name()),
                }
            }
            "verify" => Value::Bool(false),
            _ => Value::Null,
        }
    }

    fn answer(&self, effect: &Value) -> Value {
        let request = request(effect);
        let operation = request.headers[0].1.rsplit('.').next().unwrap();
        let input = Value::parse(request.body.expose("test")).unwrap();
        self.0.sent.borrow_mut().push((String::from(operation), input));
        let headers = effect.get("headers").unwrap().items().iter();
        let header = |header: &Value| {
            let [name, value] = header.items() else { panic!("{header:?}") };
            (String::from(name.as_str().unwrap()), String::from(value.as_str().unwrap()))
        };
        self.0.headers.replace(headers.map(header).collect());
        let (expected, reply) =
            self.0.replies.borrow_mut().pop_front().unwrap_or_else(|| panic!("{operation}"));
        assert_eq!(operation, expected);
        reply_value(&reply)
    }
}

/// A page: what is lost by a reload.
fn page() -> Page {
    let mut page = Page::new(Pool::parse("eu-west-1_Ab12", "client1", None).unwrap(), 1000);
    page.client.device_name = String::from("a browser");
    page
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
fn sign_in(client: &Page, script: &Script) -> Result<Outcome, Error> {
    let start = Start {
        username: String::from("alice@example.com"),
        password: Some(secret(PASSWORD)),
        flow: Flow::Password,
        preferred: None,
        session: None,
        extras: Extras::default(),
        device: None,
    };
    script.run(client, |client, host| sign_in::start(client, host, Store::Lasting, start.clone()))
}

fn answer(
    client: &Page,
    script: &Script,
    question: Question,
    answer: Option<Answer>,
) -> Result<Outcome, Error> {
    script.run(client, |client, host| {
        sign_in::answer(client, host, question.clone(), answer.clone(), None)
    })
}

fn question(outcome: Result<Outcome, Error>) -> Question {
    match outcome {
        Ok(Outcome::Challenge(question)) => *question,
        _ => panic!("nothing was asked"),
    }
}

/// Signs somebody in, on a device where there is one.
fn signed_in(script: &Script, device: Option<&str>) -> Page {
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
fn task(client: &Page, script: &Script, name: &str, input: &str) -> Result<Value, Error> {
    let input = Value::parse(input).unwrap();
    let task = find(name).unwrap();
    script.run(client, |client, host| {
        tasks::run(client, host, task, input.clone(), &Extras::default())
    })
}
