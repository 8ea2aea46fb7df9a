//! The effects of a call, each as its transcript has it: `docs/internals/steps.md` has their form.

use super::{Transcript, absorb, digest, diverged};
use crate::host::{Host, Locked, PasskeyError, Run, SendError, Slot, Store, StoreError};
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;
use crate::protocol::text;

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
        let error = || result.str("error").and_then(PasskeyError::of_name);
        Ok(result.string("credential").ok_or_else(|| error().unwrap_or(PasskeyError::Failed)))
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
    result.str("error").and_then(SendError::of_name).unwrap_or(SendError::Network)
}

fn store_error(result: &Value) -> StoreError {
    result.str("error").and_then(StoreError::of_name).unwrap_or(StoreError::Unavailable)
}
