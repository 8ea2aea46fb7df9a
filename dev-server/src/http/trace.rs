//! One line for each call: which operation or address, for which client, how it ended and how long it took. Never a person,
//! and nothing of a query, a header or a body.

use crate::dispatch;
use axum::extract::MatchedPath;
use axum::http::{Method, Request, Response};
use std::time::Duration;
use tracing::Span;
use tracing::field::Empty;

/// What a call's lines say of it. All texts are of this server's own tables.
pub(crate) fn span<B>(request: &Request<B>) -> Span {
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let name = target.and_then(dispatch::named).or(path).unwrap_or("an address that is not here");
    let method = method(request.method());
    // `client` is filled in where the client is found: what a stranger names as one may be anything.
    tracing::info_span!("call", method, name, client = Empty, refusal = Empty)
}

/// The method, if it is one that somebody may mean: a stranger's may be any word, and of any length.
fn method(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] =
        ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}

/// The name of the refusal.
pub(crate) fn refused(name: &str) {
    Span::current().record("refusal", name);
}

/// The line.
pub(crate) fn answered<B>(response: &Response<B>, took: Duration, _: &Span) {
    let status = response.status().as_u16();
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(status, ms);
}
