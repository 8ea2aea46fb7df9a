//! Signatures for requests that the page itself sends. The secret stays in the core.

use super::Client;
use super::credentials::credentials;
use super::error::Attempt;
use crate::host::Host;
use crate::protocol::date;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::sigv4::{self, Request, Scope};

/// Signs what the page describes: `{ method, host, path, query, headers, payloadHash, region?, service?,
/// expiresSeconds?, serviceSeconds? }`. Answers `{ headers, query }`, or with `expiresSeconds` only the
/// query of a link.
///
/// `serviceSeconds` is the `Date`, in Unix seconds, of a reply that found this device's clock wrong.
///
/// # Errors
/// As [`credentials`]; `Misuse` for what is missing.
pub fn sign(client: &Client, host: &impl Host, input: &Value) -> Attempt<Value> {
    let text = |name: &'static str| input.str(name).ok_or(Misuse(name));
    let (authority, query) = (text("host")?, text("query")?);
    let found = credentials(client, host, input.is_true("forceRefresh"))?;
    let now = host.now();
    let service_seconds = match input.number("serviceSeconds") {
        Some(seconds) => date::agreed(now / 1000, Some(seconds as u64)),
        None => found.service_time(now) / 1000,
    };
    let date = date::compact(service_seconds);
    let home = client.identity.as_ref().map_or("", |pool| pool.region());
    let scope = Scope {
        region: input.str("region").unwrap_or(home),
        service: input.str("service").unwrap_or("execute-api"),
        date: &date,
    };
    let mut headers = input.get("headers").map(Value::string_pairs).unwrap_or_default();
    headers.push((String::from("host"), String::from(authority)));
    let payload_hash = text("payloadHash")?;
    let request =
        Request { method: text("method")?, path: text("path")?, query, headers, payload_hash };
    if let Some(seconds) = input.number("expiresSeconds") {
        let query = sigv4::presign(&request, &found.key, &scope, seconds as u32);
        return Ok(Value::object().with("query", query));
    }
    let signed = sigv4::sign(request, &found.key, &scope);
    Ok(Value::object()
        .with("headers", Value::from_pairs(&signed))
        .with("query", sigv4::wire_query(query)))
}
