//! An answer in the service's frame.

use crate::refusal::Answer;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::Value;

/// An answer in the service's frame.
pub(crate) fn frame(answer: Answer, request_id: &str) -> Response<Body> {
    let refusal = match answer {
        Ok(value) => return json(StatusCode::OK, &value, request_id),
        Err(refusal) => refusal,
    };
    let mut response = json(refusal.status, &refusal.body(), request_id);
    set(response.headers_mut(), "x-amzn-errortype", &format!("{}:", refusal.name));
    set(response.headers_mut(), "x-amzn-errormessage", &refusal.message);
    response
}

pub(crate) fn json(status: StatusCode, value: &Value, request_id: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from(value.to_string())));
    *response.status_mut() = status;
    set(response.headers_mut(), "content-type", "application/x-amz-json-1.1");
    if !request_id.is_empty() {
        set(response.headers_mut(), "x-amzn-requestid", request_id);
    }
    response
}

/// Sets a header; a value that no header can carry (a trigger's text with a line break) is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
