//! One operation: sent, repeated only as `retry` allows, and read.

use maybe_async::maybe_async;

use super::error::Error;
use crate::platform::{Platform, SendError};
use crate::protocol::error::Violation;
use crate::protocol::http::HttpRequest;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::refusal::Refusal;
use crate::protocol::retry::{Failure, delay_ms};
use crate::protocol::wire::Call;

/// Sends a call once and returns the reply's body.
///
/// # Errors
/// As [`call`].
#[maybe_async]
pub async fn once(
    platform: &impl Platform,
    pool: &Pool,
    timeout_ms: u32,
    call: &Call,
) -> Result<Value, Error> {
    exchange(platform, &call.request(pool, timeout_ms)).await.map(|reply| reply.body)
}

/// What a call came to.
pub struct Reply {
    /// The reply's body.
    pub body: Value,
    /// When the service says it answered: its own clock, in Unix seconds.
    pub date: Option<u64>,
}

#[maybe_async]
async fn exchange(platform: &impl Platform, request: &HttpRequest) -> Result<Reply, Error> {
    match platform.send(request).await {
        Ok(reply) if (200..300).contains(&reply.status) => {
            Ok(Reply { body: read(&reply.body)?, date: reply.date })
        }
        Ok(reply) => Err(Error::Refused(Box::new(Refusal::read(&reply)))),
        Err(error) => Err(Error::Send(error)),
    }
}

/// Sends a call and returns the reply's body.
///
/// # Errors
/// `Refused` with the service's name for it, `Send` when there is no reply, `Violation` when the
/// reply is no JSON object.
#[maybe_async]
pub async fn call(
    platform: &impl Platform,
    pool: &Pool,
    timeout_ms: u32,
    call: &Call,
) -> Result<Value, Error> {
    dated(platform, pool, timeout_ms, call).await.map(|reply| reply.body)
}

/// [`call`], for those who want to know the service's time too.
///
/// # Errors
/// As [`call`].
#[maybe_async]
pub async fn dated(
    platform: &impl Platform,
    pool: &Pool,
    timeout_ms: u32,
    call: &Call,
) -> Result<Reply, Error> {
    repeated(platform, call.operation, &call.request(pool, timeout_ms)).await
}

/// [`dated`], for requests of other services.
///
/// # Errors
/// As [`call`].
#[maybe_async]
pub async fn repeated(
    platform: &impl Platform,
    operation: &str,
    request: &HttpRequest,
) -> Result<Reply, Error> {
    let mut attempts = 1;
    loop {
        let error = match exchange(platform, request).await {
            Err(error) => error,
            read => return read,
        };
        let failure = match &error {
            Error::Refused(refusal) => Failure::Refused(refusal),
            Error::Send(SendError::Network | SendError::TimedOut) => Failure::NoReply,
            _ => return Err(error),
        };
        let mut dice = [0; 4];
        platform.fill_random(&mut dice);
        let Some(delay) = delay_ms(operation, &failure, attempts, u32::from_le_bytes(dice)) else {
            return Err(error);
        };
        platform.sleep(delay).await?;
        attempts += 1;
    }
}

/// An empty body is what some operations without output answer (protocol page, 1.3).
fn read(body: &str) -> Result<Value, Error> {
    if body.is_empty() {
        return Ok(Value::object());
    }
    match Value::parse(body) {
        Some(value @ Value::Object(_)) => Ok(value),
        _ => Err(Error::Violation(Violation::NotJson)),
    }
}
