//! A session and its end, as `js/types/session.ts` has them.

use super::{Input, Output, user};
use crate::client::events::Reason;
use crate::client::keeper::{Hint, SignedOut, Wanted};
use crate::protocol::json::Value;
use crate::protocol::session::Session;

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
pub(in crate::bindings) fn wanted(input: &Input) -> Wanted {
    Wanted { forced: input.is_true("forceRefresh"), early: false, extras: input.extras() }
}

/// Why the wrapper signs out: `{ timedOut? }`.
pub(in crate::bindings) fn reason(input: &Input) -> Reason {
    if input.is_true("timedOut") { Reason::Timeout } else { Reason::SignOut }
}

/// What the wrapper says about the page: `{ renew?, online?, message? }`.
pub(in crate::bindings) fn hint(input: &Input) -> Hint {
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
