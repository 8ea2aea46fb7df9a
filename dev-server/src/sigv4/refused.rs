//! What AWS's services answer to a signature that they do not believe.

use crate::refusal::Refusal;
use axum::http::StatusCode;

pub(super) fn missing() -> Refusal {
    Refusal::new("MissingAuthenticationTokenException", "Missing Authentication Token")
}

pub(super) fn unrecognized() -> Refusal {
    let message = "The security token included in the request is invalid.";
    forbidden("UnrecognizedClientException", message)
}

pub(super) fn incomplete(message: impl Into<String>) -> Refusal {
    forbidden("IncompleteSignature", message)
}

pub(super) fn wrong(message: impl Into<String>) -> Refusal {
    forbidden("InvalidSignatureException", message)
}

pub(super) fn forbidden(name: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(name, message).with_status(StatusCode::FORBIDDEN)
}
