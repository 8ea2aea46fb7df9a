//! Calls to identity providers: little patience, small answers.

use super::Failure;
use crate::outbound::{self, Trouble};
use axum::body::Bytes;
use axum::http::Request;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http_body_util::Full;
use serde_json::Value;
use std::time::Duration;
use url::form_urlencoded::Serializer;

/// The service gives a provider five seconds; here it may share a busy laptop with us.
const PATIENCE: Duration = Duration::from_secs(15);
const LONGEST_ANSWER: usize = 1 << 20;

/// Asks for a JSON document; `what` names the endpoint in the failure.
pub(super) async fn get(url: &str, bearer: Option<&str>, what: &str) -> Result<Value, Failure> {
    let mut request = Request::get(url).header(ACCEPT, "application/json");
    if let Some(token) = bearer {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    read(request.body(Full::default()), what).await
}

/// Asks for a document that is text.
pub(super) async fn text(url: &str, what: &str) -> Result<String, Failure> {
    let body = fetch(Request::get(url).body(Full::default()), what).await?;
    String::from_utf8(body.to_vec())
        .map_err(|_| Failure::invalid(format!("The answer of the IdP {what} is not text")))
}

/// Sends a form and reads the JSON it is answered with.
pub(super) async fn post(url: &str, fields: &[(&str, &str)], what: &str) -> Result<Value, Failure> {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(url)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    read(request.body(Full::new(Bytes::from(body))), what).await
}

async fn read(
    request: Result<Request<Full<Bytes>>, axum::http::Error>,
    what: &str,
) -> Result<Value, Failure> {
    serde_json::from_slice(&fetch(request, what).await?)
        .map_err(|_| Failure::invalid(format!("The answer of the IdP {what} is not JSON")))
}

async fn fetch(
    request: Result<Request<Full<Bytes>>, axum::http::Error>,
    what: &str,
) -> Result<Bytes, Failure> {
    let request = request.map_err(|_| Failure::invalid(format!("The {what} is no address")))?;
    let (status, body) = tokio::time::timeout(PATIENCE, outbound::send(request, LONGEST_ANSWER))
        .await
        .map_err(|_| Failure::invalid(format!("Timeout occurred in calling IdP {what}")))?
        .map_err(|trouble| {
            let problem = match trouble {
                Trouble::Unreachable => "Connection refused",
                Trouble::BrokenOff => "Connection reset",
            };
            Failure::invalid(format!("{problem} in calling IdP {what}"))
        })?;
    if !status.is_success() {
        let told: Value = serde_json::from_slice(&body).unwrap_or_default();
        let error = told.get("error").and_then(Value::as_str).unwrap_or("no error name");
        let error: String = error.chars().filter(char::is_ascii_graphic).take(60).collect();
        return Err(Failure::invalid(format!("IdP {what} Error - {} {error}", status.as_u16())));
    }
    Ok(body)
}
