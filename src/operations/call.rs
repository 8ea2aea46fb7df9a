//! One request: sent, repeated only as `retry` allows, and read.

use super::error::{Attempt, Error, settle};
use crate::host::{Host, SendError};
use crate::protocol::error::Violation;
use crate::protocol::http::HttpRequest;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::refusal::Refusal;
use crate::protocol::retry::{Failure, delay_ms};
use crate::protocol::wire::Call;

/// A reply of the service.
pub struct Reply {
    /// The reply's body.
    pub body: Value,
    /// When the service says it replied: its own clock, in Unix seconds.
    pub date: Option<u64>,
}

/// Sends a call once and returns the reply's body.
///
/// # Errors
/// As [`call`].
pub fn once(host: &impl Host, pool: &Pool, timeout_ms: u32, call: &Call) -> Attempt<Value> {
    exchange(host, &call.request(pool, timeout_ms)).map(|reply| reply.body)
}

/// Sends a call and returns the reply's body.
///
/// # Errors
/// `Refused` with the service's name for it, `Send` when there is no reply, `Violation` when the
/// reply is no JSON object.
pub fn call(host: &impl Host, pool: &Pool, timeout_ms: u32, call: &Call) -> Attempt<Value> {
    dated(host, pool, timeout_ms, call).map(|reply| reply.body)
}

/// [`call`], with the service's time.
///
/// # Errors
/// As [`call`].
pub fn dated(host: &impl Host, pool: &Pool, timeout_ms: u32, call: &Call) -> Attempt<Reply> {
    repeated(host, call.operation, &call.request(pool, timeout_ms))
}

/// [`dated`], for requests of other services.
///
/// # Errors
/// As [`call`].
pub fn repeated(host: &impl Host, operation: &str, request: &HttpRequest) -> Attempt<Reply> {
    let mut attempts = 1;
    loop {
        let error = match settle(exchange(host, request))? {
            Err(error) => error,
            Ok(reply) => return Ok(reply),
        };
        let failure = match &error {
            Error::Refused(refusal) => Failure::Refused(refusal),
            Error::Send(SendError::Network | SendError::TimedOut) => Failure::NoReply,
            _ => return Err(error.into()),
        };
        let mut dice = [0; 4];
        host.fill_random(&mut dice);
        let Some(delay) = delay_ms(operation, &failure, attempts, u32::from_le_bytes(dice)) else {
            return Err(error.into());
        };
        host.sleep(delay)??;
        attempts += 1;
    }
}

fn exchange(host: &impl Host, request: &HttpRequest) -> Attempt<Reply> {
    let reply = host.send(request)??;
    if (200..300).contains(&reply.status) {
        return Ok(Reply { body: read(&reply.body)?, date: reply.date });
    }
    Err(Error::Refused(Box::new(Refusal::read(&reply))).into())
}

/// An empty body is what some operations without output answer (protocol page, 1.3).
fn read(body: &str) -> Result<Value, Violation> {
    if body.is_empty() {
        return Ok(Value::object());
    }
    match Value::parse(body) {
        Some(value @ Value::Object(_)) => Ok(value),
        _ => Err(Violation::NotJson),
    }
}
