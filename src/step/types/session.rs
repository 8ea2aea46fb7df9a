//! A session and its end, as `js/types/session.ts` has them.

use super::{Input, Output};
use crate::operations::Client;
use crate::operations::events::Reason;
use crate::operations::session::{Hint, SignedOut, Stored, Wanted};
use crate::protocol::json::Value;

impl Stored {
    /// The stored record, of which the host reads `Session` and `User`, and its store.
    pub(in crate::step) fn output(&self, client: &Client) -> Value {
        Value::object()
            .with("record", self.record.write(&client.pool))
            .with("store", self.store.name())
    }
}

/// `SessionOptions`
pub(in crate::step) fn wanted(input: &Input) -> Wanted {
    Wanted { forced: input.is_true("forceRefresh"), early: false, extras: input.extras() }
}

/// Why the wrapper signs out: `{ timedOut? }`.
pub(in crate::step) fn reason(input: &Input) -> Reason {
    if input.is_true("timedOut") { Reason::Timeout } else { Reason::SignOut }
}

/// What the wrapper says about the page: `{ renew?, online?, message? }`.
pub(in crate::step) fn hint(input: &Input) -> Hint {
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
