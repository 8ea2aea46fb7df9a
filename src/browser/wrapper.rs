//! The page as the module that signs people in reaches it: it asks the wrapper (`js/effects.ts`) to
//! act, in data, and runs again with the answer (`journal`). No promise and no web API crosses into
//! this module, which keeps it and its glue small; what the wrapper does is what the other adapters of
//! this room do.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::journal::Journal;
use crate::platform::{Locked, PasskeyError, Platform, SendError, Store, StoreError};
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Date)]
    fn now() -> f64;
}

/// A page whose wrapper acts for one call.
#[derive(Clone)]
pub struct Wrapper {
    journal: Rc<Journal>,
    timeout_ms: Option<u32>,
    device_name: String,
}

impl Wrapper {
    /// The page of a call, with the time limit for each attempt of its requests.
    pub fn new(journal: Rc<Journal>, timeout_ms: Option<u32>, device_name: String) -> Self {
        Self { journal, timeout_ms, device_name }
    }

    /// Asks the wrapper to do something.
    fn ask(&self, what: &str, first: &str, second: &str, number: u32) -> Value {
        self.journal.ask(|| {
            Value::object()
                .with("what", what)
                .with("first", first)
                .with("second", second)
                .with("number", f64::from(number))
        })
    }
}

/// A lock that is held until it is dropped.
pub struct Held(Rc<Journal>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.tell("unlock", "");
    }
}

impl Platform for Wrapper {
    type Lock = Held;

    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, SendError> {
        let mut head = request.url.clone();
        for (name, value) in &request.headers {
            for part in ["\n", name, "\n", value] {
                head.push_str(part);
            }
        }
        let body = request.body.expose("sent as the request's body");
        let timeout_ms = self.timeout_ms.unwrap_or(request.timeout_ms);
        let reply = self.ask("send", &head, body, timeout_ms);
        let Some(status) = reply.number("status") else { return Err(send_error(&reply)) };
        Ok(HttpResponse {
            status: status as u16,
            error_type: reply.string("errorType"),
            error_message: reply.string("errorMessage"),
            retry_after: reply.string("retryAfter"),
            date: reply.number("date").map(|seconds| seconds as u64),
            body: reply.string("body").unwrap_or_default(),
        })
    }

    fn now(&self) -> u64 {
        self.journal.now(|| now() as u64)
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.journal.fill_random(bytes);
    }

    fn sleep(&self, ms: u32) -> Result<(), SendError> {
        let answer = self.ask("sleep", "", "", ms);
        if matches!(answer, Value::Null) { Ok(()) } else { Err(send_error(&answer)) }
    }

    fn load(&self, store: Store, key: &str) -> Result<Option<String>, StoreError> {
        let answer = self.ask("load", key, "", store as u32);
        stored(&answer).map(|()| answer.string("value"))
    }

    fn save(&self, store: Store, key: &str, value: &str) -> Result<(), StoreError> {
        stored(&self.ask("save", key, value, store as u32))
    }

    fn remove(&self, store: Store, key: &str) -> Result<(), StoreError> {
        stored(&self.ask("remove", key, "", store as u32))
    }

    fn lock(&self, name: &str, wait_ms: u32) -> Locked<Held> {
        match self.ask("lock", name, "", wait_ms) {
            Value::Bool(true) => Locked::Held(Held(self.journal.clone())),
            Value::Bool(false) => Locked::Busy,
            _ => Locked::Missing,
        }
    }

    fn detached(&self) -> Self {
        self.clone()
    }

    fn notify(&self, event: Value) {
        self.journal.tell("notify", &event.write());
    }

    fn broadcast(&self, message: &str) {
        self.journal.tell("broadcast", message);
    }

    fn passkey_get(&self, request: &Value) -> Result<String, PasskeyError> {
        let answer = self.ask("passkey", &request.write(), "", 0);
        answer.string("value").ok_or(match error(&answer) {
            0 => PasskeyError::NotSupported,
            1 => PasskeyError::Cancelled,
            2 => PasskeyError::WrongRelyingParty,
            3 => PasskeyError::TimedOut,
            4 => PasskeyError::Aborted,
            _ => PasskeyError::Failed,
        })
    }

    /// The other module's: nobody makes a passkey while signing in.
    fn passkey_create(&self, _: &Value) -> Result<String, PasskeyError> {
        Err(PasskeyError::NotSupported)
    }

    /// The other module's: nobody comes back from the pool's domain here.
    fn verify_signature(&self, _: &str, _: &str) -> Result<bool, SendError> {
        Ok(false)
    }

    /// The wrapper puts it into the call's input.
    fn context_data(&self, _: &str, _: &str, _: &str) -> Option<String> {
        None
    }

    fn device_name(&self) -> String {
        self.device_name.clone()
    }
}

fn error(answer: &Value) -> u32 {
    answer.number("error").unwrap_or_default() as u32
}

fn send_error(answer: &Value) -> SendError {
    match error(answer) {
        0 => SendError::Offline,
        1 => SendError::Network,
        2 => SendError::TimedOut,
        _ => SendError::Aborted,
    }
}

fn stored(answer: &Value) -> Result<(), StoreError> {
    match answer.number("error") {
        None => Ok(()),
        Some(0.0) => Err(StoreError::TimedOut),
        Some(_) => Err(StoreError::Unavailable),
    }
}
