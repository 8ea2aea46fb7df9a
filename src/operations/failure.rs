//! Errors as data: a stable `code`, and what the host needs beside it.

use super::error::Error;
use crate::host::{PasskeyError, SendError};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::refusal::Refusal;
use crate::protocol::text;

impl Error {
    /// `{ code, retryable?, detail?, service?, retryAfterMs? }`. Messages for developers are in
    /// `js/errors/codes.ts`.
    pub fn write(&self) -> Value {
        let code = |code: &str| Value::object().with("code", code);
        let retryable = |name: &str| code(name).with("retryable", true);
        match self {
            // A bare name is an input that is missing.
            Self::Misuse(Misuse(name)) if !text::has(name, " ") => {
                code("misuse").with("detail", [name, " is missing or is no text"].concat())
            }
            Self::Misuse(misuse) => code("misuse").with("detail", misuse.0),
            Self::Violation(violation) => {
                code("protocolViolation").with("detail", violation.rule())
            }
            Self::Refused(refusal) | Self::Restart(refusal, _) => refused(refusal),
            Self::Send(SendError::Offline) => retryable("offline"),
            Self::Send(SendError::Network) => retryable("network"),
            Self::Send(SendError::TimedOut) => retryable("timeout"),
            Self::Send(SendError::Aborted) | Self::Passkey(PasskeyError::Aborted) => {
                code("aborted")
            }
            Self::Store => code("storage"),
            Self::SignedOut => code("signedOut"),
            Self::Passkey(PasskeyError::NotSupported) => code("passkeyNotSupported"),
            Self::Passkey(PasskeyError::Cancelled) => retryable("passkeyCancelled"),
            Self::Passkey(PasskeyError::AlreadyRegistered) => code("passkeyAlreadyRegistered"),
            Self::Passkey(PasskeyError::WrongRelyingParty) => code("passkeyWrongRelyingParty"),
            Self::Passkey(PasskeyError::Failed) => retryable("passkeyFailed"),
            Self::Passkey(PasskeyError::TimedOut) => retryable("passkeyTimedOut"),
            Self::Cooling(failure) => failure.clone(),
        }
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
