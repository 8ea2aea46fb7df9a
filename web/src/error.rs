//! The one error: a code to switch on, and what goes with it.

use std::fmt;

use lifeguard::protocol::json::Value;

use crate::challenge::Challenge;
pub use crate::codes::ErrorCode;

/// What every call of [`Auth`](crate::Auth) fails with.
///
/// ```no_run
/// # use lifeguard_web::{Answer, Auth, AuthError, Challenge, ErrorCode, SignIn};
/// # async fn answer(auth: &Auth, challenge: Challenge, code: String) {
/// match auth.answer_challenge(&challenge, Answer::Code(code)).await {
///     Ok(SignIn::SignedIn(user)) => { /* show the page of `user` */ }
///     Ok(SignIn::Challenge(next)) => { /* prompt for `next` */ }
///     // The challenge stays open: the user types the code again.
///     Err(AuthError { code: ErrorCode::CodeMismatch, .. }) => {}
///     // A sign-in that took too long goes on from here.
///     Err(AuthError { challenge: Some(again), .. }) => { /* prompt for `again` */ }
///     Err(error) => { /* show `error.code` in the user's language */ }
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuthError {
    /// What went wrong.
    pub code: ErrorCode,
    /// Whether the same call may succeed later without a change.
    pub retryable: bool,
    /// How long the service wants to be left alone, in milliseconds.
    pub retry_after_ms: Option<u32>,
    /// For developers: the fix of a misuse, or the rule that the service broke.
    pub detail: Option<String>,
    /// The service's own name for it and its words, those of the pool's triggers included: show
    /// them only if you trust them.
    pub service: Option<ServiceWords>,
    /// The challenge from which the sign-in goes on: always with
    /// [`SessionExpired`](ErrorCode::SessionExpired), else where it has changed.
    pub challenge: Option<Box<Challenge>>,
}

/// What the service said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceWords {
    /// The service's name of the error: `NotAuthorized`, without the ending `Exception`.
    pub name: String,
    /// Its message.
    pub message: String,
}

impl AuthError {
    pub(crate) fn new(code: ErrorCode) -> Self {
        let (retry_after_ms, detail, service, challenge) = (None, None, None, None);
        Self { code, retryable: false, retry_after_ms, detail, service, challenge }
    }

    pub(crate) fn misuse(detail: &str) -> Self {
        Self { detail: Some(String::from(detail)), ..Self::new(ErrorCode::Misuse) }
    }

    /// The error for a failure of the core, as it writes it.
    pub(crate) fn of_core(written: &Value) -> Self {
        let code = written.str("code").and_then(ErrorCode::of_name);
        let has_challenge = written.get("challenge").is_some();
        let challenge = has_challenge.then(|| Challenge::read(written).ok()).flatten();
        Self {
            code: code.unwrap_or(ErrorCode::Internal),
            retryable: written.is_true("retryable"),
            retry_after_ms: written.number("retryAfterMs").map(|ms| ms as u32),
            detail: written.string("detail"),
            service: written.get("service").and_then(ServiceWords::read),
            challenge: challenge.map(Box::new),
        }
    }
}

impl ServiceWords {
    fn read(value: &Value) -> Option<Self> {
        Some(Self { name: value.string("name")?, message: value.string("message")? })
    }
}

impl ErrorCode {
    /// The code of a name, where there is one.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.message())?;
        match &self.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for AuthError {}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Codes and messages of the npm package, of the two files that have them.
    fn of_the_package() -> BTreeMap<String, String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../js/errors/");
        let read = |name: &str| std::fs::read_to_string([folder, name].concat()).unwrap();
        let table = |text: &str, name: &str| {
            let begin = text.split(&format!("const {name} = {{")).nth(1).unwrap();
            begin.split("} as const").next().unwrap().to_owned()
        };
        let text =
            [table(&read("codes.ts"), "MESSAGES"), table(&read("auth-error.ts"), "OWN_MESSAGES")]
                .concat();
        let mut all = BTreeMap::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find("*/") {
            let (entry, _) = rest[at + 2..].split_once("\",").unwrap();
            let (name, message) = entry.split_once(':').unwrap();
            all.insert(name.trim().to_owned(), message.trim().trim_matches('"').to_owned());
            rest = &rest[at + 2..];
        }
        all
    }

    #[test]
    fn codes_and_messages_are_those_of_the_npm_package() {
        let ours: BTreeMap<String, String> = ErrorCode::ALL
            .iter()
            .map(|code| (code.name().to_owned(), code.message().to_owned()))
            .collect();

        assert!(ours.len() > 50);
        assert_eq!(ours, of_the_package());
    }
}
