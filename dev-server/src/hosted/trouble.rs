//! What goes wrong, and to whom it is told: the person on a page, the app by a redirect, a caller in JSON.

use super::paper;
use crate::refusal::Refusal;
use crate::server::Failure;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// A request that was not granted.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Shown on a page of this server: the app's address is not known to be the app's.
    Page { error: &'static str, text: String },
    /// Told to the app at its registered address.
    Redirect { error: &'static str, location: String },
    /// Told to the caller of an endpoint (RFC 6749, section 5.2).
    Json { status: StatusCode, error: &'static str, text: &'static str },
    /// Told to the bearer of a token (RFC 6750, section 3).
    Bearer { status: StatusCode, error: &'static str, text: &'static str },
    /// This server's own fault, or a refusal no page foresaw.
    Refused(Refusal),
}

impl Trouble {
    /// On a page.
    pub(super) fn page(error: &'static str, text: impl Into<String>) -> Self {
        Self::Page { error, text: text.into() }
    }

    /// In JSON with status 400.
    pub(super) fn json(error: &'static str, text: &'static str) -> Self {
        Self::Json { status: StatusCode::BAD_REQUEST, error, text }
    }

    /// The error's name, for the log.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Page { error, .. }
            | Self::Redirect { error, .. }
            | Self::Json { error, .. }
            | Self::Bearer { error, .. } => error,
            Self::Refused(refusal) => refusal.name,
        }
    }

    /// The response that tells it.
    pub(super) fn show(self) -> Response<Body> {
        match self {
            Self::Page { error, text } => paper::error(StatusCode::BAD_REQUEST, error, &text),
            Self::Redirect { location, .. } => redirect(&location),
            Self::Json { status, error, text } => {
                let body = json!({ "error": error, "error_description": text });
                reply_json(status, &body)
            }
            Self::Bearer { status, error, text } => {
                let mut response = reply_json(status, &json!({ "error": error }));
                let challenge = format!("Bearer error=\"{error}\", error_description=\"{text}\"");
                if let Ok(challenge) = HeaderValue::from_str(&challenge) {
                    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
                }
                response
            }
            Self::Refused(refusal) => {
                let error = if refusal.status.is_server_error() {
                    "server_error"
                } else {
                    "invalid_request"
                };
                paper::error(refusal.status, error, &refusal.message)
            }
        }
    }
}

impl Failure for Trouble {
    fn is_internal(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.is_internal())
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A document for a caller that is no person; never kept.
pub(super) fn reply_json(status: StatusCode, body: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// `303`: what came by POST is to be fetched by GET.
pub(super) fn see_other(location: &str) -> Response<Body> {
    let mut response = redirect(location);
    if response.status() == StatusCode::FOUND {
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    response
}

/// `302` to an address.
pub(super) fn redirect(location: &str) -> Response<Body> {
    let Ok(location) = HeaderValue::from_str(location) else {
        let text = "The address to return to cannot be written into a header.";
        return paper::error(StatusCode::BAD_REQUEST, "invalid_request", text);
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    response.headers_mut().insert(header::LOCATION, location);
    response
}
