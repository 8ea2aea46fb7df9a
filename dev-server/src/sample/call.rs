//! A call of a sample API, and what it is answered with.

use crate::sigv4::Request;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// A request, with the path below the API's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
}

impl Call<'_> {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let headers = &self.request.headers;
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What arrived, and from whom.
    pub(super) fn echo(&self, caller: &Value) -> Response<Body> {
        let query: Map<String, Value> = form_urlencoded::parse(self.query.as_bytes())
            // What belongs to the signature is nobody's parameter, and its token is a secret.
            .filter(|(name, _)| !name.starts_with("X-Amz-"))
            .map(|(name, value)| (name.into_owned(), json!(value)))
            .collect();
        let echo = json!({
            "method": self.request.method,
            "path": self.path,
            "query": query,
            "body": String::from_utf8_lossy(&self.request.body),
            "caller": caller,
        });
        reply(StatusCode::OK, &echo, &[])
    }
}

pub(super) fn reply(
    status: StatusCode,
    body: &Value,
    headers: &[(&'static str, &str)],
) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = [("content-type", "application/json"), ("cache-control", "no-store")];
    for (name, value) in json.iter().chain(headers) {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
