//! Errors as data: a stable `code`, and what the wrapper needs to say the rest.

#[cfg(feature = "sign-in")]
use super::types::Output;
use crate::client::error::Error;
use crate::platform::{PasskeyError, SendError};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::refusal::Refusal;
use crate::protocol::text;

/// `{ code, retryable?, detail?, service?, retryAfterMs?, challenge?, pending?, store? }`. Texts for people
/// are in `js/errors.ts`.
pub(super) fn write(error: Error) -> Value {
    let code = |code: &str| Value::object().with("code", code);
    match error {
        // A bare name is an input that is missing.
        Error::Misuse(Misuse(name)) if !text::has(name, " ") => {
            code("misuse").with("detail", [name, " is missing or is no text"].concat())
        }
        Error::Misuse(misuse) => code("misuse").with("detail", misuse.0),
        Error::Violation(violation) => code("protocolViolation").with("detail", violation.rule()),
        Error::Refused(refusal) => refused(&refusal),
        #[cfg(not(feature = "sign-in"))]
        Error::Restart(refusal, _) => refused(&refusal),
        #[cfg(feature = "sign-in")]
        Error::Restart(refusal, question) => {
            let mut error = refused(&refusal);
            error.append(question.output());
            error
        }
        Error::Send(SendError::Offline) => code("offline").with("retryable", true),
        Error::Send(SendError::Network) => code("network").with("retryable", true),
        Error::Send(SendError::TimedOut) => code("timeout").with("retryable", true),
        Error::Send(SendError::Aborted) | Error::Passkey(PasskeyError::Aborted) => code("aborted"),
        Error::Store => code("storage"),
        Error::SignedOut => code("signedOut"),
        Error::Passkey(PasskeyError::NotSupported) => code("passkeyNotSupported"),
        Error::Passkey(PasskeyError::Cancelled) => code("passkeyCancelled").with("retryable", true),
        Error::Passkey(PasskeyError::AlreadyRegistered) => code("passkeyAlreadyRegistered"),
        Error::Passkey(PasskeyError::WrongRelyingParty) => code("passkeyWrongRelyingParty"),
        Error::Passkey(PasskeyError::Failed) => code("passkeyFailed").with("retryable", true),
        Error::Passkey(PasskeyError::TimedOut) => code("passkeyTimedOut").with("retryable", true),
    }
}

fn refused(refusal: &Refusal) -> Value {
    // Where nobody but this browser refused, there are no words of a service.
    let service = (!refusal.name.is_empty()).then(|| {
        Value::object().with("name", refusal.name.as_str()).with("message", refusal.text.as_str())
    });
    let after = refusal.retry_after_seconds.map(|seconds| f64::from(seconds) * 1000.0);
    Value::object()
        .with("code", refusal.kind.code())
        .with("retryable", refusal.kind.is_retryable())
        .with_some("service", service)
        .with_some("retryAfterMs", after)
}
