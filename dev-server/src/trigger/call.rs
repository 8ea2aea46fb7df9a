//! The POST to a trigger's address, with the service's patience: five seconds, three tries.

use super::kind::Trigger;
use crate::input;
use crate::outbound::{self, Trouble};
use crate::refusal::Refusal;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use http_body_util::Full;
use serde_json::Value;
use std::time::Duration;

/// The most bytes an answer may have: as much as a Lambda function may return.
const LONGEST_ANSWER: usize = 6 * 1024 * 1024;

/// How long to wait for an answer, and how often.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) timeout: Duration,
    pub(super) tries: u32,
}

impl Patience {
    /// As documented for the service.
    pub(super) const OF_THE_SERVICE: Self = Self { timeout: Duration::from_secs(5), tries: 3 };
}

/// Sends the event until something answers; gives the answer's JSON.
pub(super) async fn post(
    trigger: Trigger,
    address: &str,
    event: &Value,
    patience: Patience,
) -> Result<Value, Refusal> {
    for _ in 0..patience.tries {
        match tokio::time::timeout(patience.timeout, send(address, event)).await {
            Ok(Ok((status, body))) if is_answer(status) => return read(trigger, status, &body),
            Ok(Ok((status, _))) => report(trigger, &format!("answered {status}")),
            Ok(Err(problem)) => report(trigger, &problem),
            Err(_) => report(trigger, "did not answer in time"),
        }
    }
    let message = format!("{} invocation failed due to error Unavailable.", trigger.name());
    Err(Refusal::new("UnexpectedLambdaException", message))
}

/// A gateway's complaint or throttling is not an answer of the trigger's: it is tried again.
fn is_answer(status: StatusCode) -> bool {
    !matches!(status.as_u16(), 429 | 502..=504)
}

fn read(trigger: Trigger, status: StatusCode, body: &[u8]) -> Result<Value, Refusal> {
    let answer: Option<Value> = serde_json::from_slice(body).ok();
    if status.is_success() {
        return Ok(answer.unwrap_or_default());
    }
    let text = answer.as_ref().and_then(|answer| input::text(answer, "errorMessage"));
    let text = text.map_or_else(|| String::from_utf8_lossy(body).trim().to_owned(), str::to_owned);
    Err(trigger.threw(&text))
}

async fn send(address: &str, event: &Value) -> Result<(StatusCode, Bytes), String> {
    let request = Request::post(address)
        .header(CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(event.to_string())))
        .map_err(|_| "has an address that is none".to_owned())?;
    outbound::send(request, LONGEST_ANSWER).await.map_err(|trouble| {
        let text = match trouble {
            Trouble::Unreachable => "could not be reached",
            Trouble::BrokenOff => "broke off its answer",
        };
        text.to_owned()
    })
}

fn report(trigger: Trigger, problem: &str) {
    tracing::warn!("trigger {} {problem}", trigger.name());
}
