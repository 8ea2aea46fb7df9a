//! The twin of `js/types.ts`: reads what the page hands over, writes what it gets.

mod challenge;
mod identity;
mod vector;

pub(super) use challenge::{Answered, answer};
pub(super) use identity::identity_pool;
pub(super) use vector::srp_vector;

use crate::client::events::Reason;
use crate::client::keeper::{Hint, SignedOut, Wanted};
use crate::platform::Store;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::session::{self, Session};
use crate::protocol::sign_in::{Flow, Start};
use crate::protocol::wire::Extras;
use crate::protocol::wire::auth::Pairs;

/// What the page handed over.
pub(super) struct Input(Value);

impl Input {
    pub(super) fn new(value: Value) -> Self {
        Self(value)
    }

    /// All of it, for a task of the table.
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

    pub(super) fn secret(&self, name: &'static str) -> Result<Secret<String>, Misuse> {
        self.text(name).map(Secret::new)
    }

    fn pairs(&self, name: &str) -> Pairs {
        self.0.get(name).map(Value::string_pairs).unwrap_or_default()
    }

    /// What every call may carry.
    pub(super) fn extras(&self) -> Extras {
        Extras { metadata: self.pairs("clientMetadata"), context: self.optional("userContextData") }
    }

    /// Where the session goes.
    pub(super) fn store(&self) -> Store {
        match self.0.str("store") {
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

/// `SignInInput`
pub(super) fn start(
    input: &Input,
    context: impl FnOnce(&str) -> Option<String>,
) -> Result<Start, Misuse> {
    let username = input.text("username")?;
    let password = input.optional("password").map(Secret::new);
    let session = input.optional("session");
    let by_password = password.is_some() && session.is_none();
    let flow = match (input.optional("authFlow").as_deref(), by_password) {
        (Some("USER_SRP_AUTH"), _) | (None, true) => Flow::Srp,
        (Some("USER_PASSWORD_AUTH"), _) => Flow::Password,
        // The session of a confirmation is good for this flow only.
        (Some("USER_AUTH"), _) | (None, false) => Flow::Choice,
        (Some("CUSTOM_AUTH"), _) => Flow::Custom,
        (Some(_), _) => return Err(Misuse("authFlow must be one of the AuthFlow names")),
    };
    let mut extras = input.extras();
    extras.context = extras.context.or_else(|| context(&username));
    let preferred = input.optional("preferredChallenge");
    Ok(Start { username, password, flow, preferred, session, extras, device: None })
}

impl Output for Session {
    /// `Session`
    fn output(&self) -> Value {
        Value::object()
            .with("accessToken", self.access.expose("the page asked for it").as_str())
            .with_some(
                "idToken",
                self.id.as_ref().map(|id| id.expose("the page asked for it").as_str()),
            )
            .with("expiresAt", (self.expires_at / 1000) as f64)
            .with("user", user(self))
    }
}

/// `SessionOptions`
pub(super) fn wanted(input: &Input) -> Wanted {
    Wanted { forced: input.is_true("forceRefresh"), early: false, extras: input.extras() }
}

/// What the wrapper says about the page: `{ renew?, online?, message? }`.
pub(super) fn hint(input: &Input) -> Hint {
    Hint {
        renew: input.is_true("renew"),
        online: input.is_true("online"),
        reason: input.optional("message").as_deref().and_then(Reason::of_message),
    }
}

impl Output for SignedOut {
    /// `SignOutResult`
    fn output(&self) -> Value {
        Value::object()
            .with("cleared", self.cleared)
            .with("revoked", self.revoked)
            .with_some("everywhere", self.everywhere)
    }
}

/// `User`
fn user(session: &Session) -> Value {
    let claims = session::user_claims(session);
    let groups = claims.get("cognito:groups").map(Value::strings).unwrap_or_default();
    Value::object()
        .with("username", session.username.as_str())
        .with("sub", session.sub.as_str())
        .with("groups", Value::from_strings(&groups))
        .with("claims", claims)
}
