//! The twin of `js/types.ts`: reads what the page hands over, writes what it gets.

#[cfg(feature = "sign-in")]
mod challenge;
#[cfg(feature = "account")]
mod identity;
#[cfg(feature = "account")]
mod session;
#[cfg(feature = "sign-in")]
mod start;
#[cfg(feature = "vectors")]
mod vector;

#[cfg(feature = "sign-in")]
pub(super) use challenge::{Answered, answer, question};
#[cfg(feature = "account")]
pub(super) use identity::identity_pool;
#[cfg(feature = "account")]
pub(super) use session::{hint, reason, wanted};
#[cfg(feature = "sign-in")]
pub(super) use start::start;
#[cfg(feature = "vectors")]
pub(super) use vector::srp_vector;

use crate::platform::Store;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::session::Session;
use crate::protocol::wire::Extras;
use crate::protocol::wire::auth::Pairs;

/// What the page handed over.
pub(super) struct Input<'a>(&'a Value);

impl<'a> Input<'a> {
    pub(super) fn new(value: &'a Value) -> Self {
        Self(value)
    }

    /// All of it, for a task of the table.
    #[cfg(feature = "account")]
    pub(super) fn value(&self) -> Value {
        self.0.clone()
    }

    /// A text that must be there.
    pub(super) fn text(&self, name: &'static str) -> Result<String, Misuse> {
        self.optional(name).ok_or(Misuse(name))
    }

    /// A text that may be there.
    pub(super) fn optional(&self, name: &str) -> Option<String> {
        self.0.string(name)
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.0.number(name)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.0.is_true(name)
    }

    fn pairs(&self, name: &str) -> Pairs {
        self.0.get(name).map(Value::string_pairs).unwrap_or_default()
    }

    /// What every call may carry.
    pub(super) fn extras(&self) -> Extras {
        Extras { metadata: self.pairs("clientMetadata"), context: self.optional("userContextData") }
    }

    /// The store that a member names: where a session goes, or is.
    pub(super) fn store(&self, name: &str) -> Store {
        match self.0.str(name) {
            Some("session") => Store::Tab,
            Some("memory") => Store::Memory,
            _ => Store::Lasting,
        }
    }
}

/// What the page gets.
pub(super) trait Output {
    fn output(&self) -> Value;
}

/// `User`
pub(super) fn user(session: &Session) -> Value {
    let claims = crate::protocol::session::user_claims(session);
    let groups = claims.get("cognito:groups").map(Value::strings).unwrap_or_default();
    Value::object()
        .with("username", session.username.as_str())
        .with("sub", session.sub.as_str())
        .with("groups", Value::from_strings(&groups))
        .with("claims", claims)
}
