//! Session events for the page's handlers: only what really changed, only after it is stored.

use super::Client;
use super::session::Stored;
use crate::host::{Host, Slot};
use crate::protocol::json::Value;
use crate::protocol::record::Record;

/// How the session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As it should be.
    Ok,
    /// The service cannot be had at the moment: nobody is signed out for it.
    Degraded,
    /// This device is offline.
    Offline,
    /// Nobody is signed in.
    SignedOut,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Somebody signed out.
    SignOut,
    /// The time that the application set for it was over.
    Timeout,
    /// The service refused to go on.
    Refused,
    /// Another tab ended it; which way is not known.
    Elsewhere,
}

impl Status {
    /// The name applications know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Offline => "offline",
            Self::SignedOut => "signedOut",
        }
    }
}

impl Reason {
    /// The name applications know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignOut => "signOut",
            Self::Timeout => "timeout",
            Self::Refused => "refused",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// What other tabs are told.
    pub fn message(self) -> &'static str {
        match self {
            Self::SignOut => "signedOut signOut",
            Self::Timeout => "signedOut timeout",
            Self::Refused => "signedOut refused",
            Self::Elsewhere => "signedOut",
        }
    }

    /// Reads what another tab says.
    pub fn of_message(message: &str) -> Option<Self> {
        [Self::SignOut, Self::Timeout, Self::Refused, Self::Elsewhere]
            .into_iter()
            .find(|reason| reason.message() == message)
    }
}

/// Whether nothing is known of the session yet.
pub(super) fn is_blank(host: &impl Host) -> bool {
    matches!(host.recall(Slot::Seen), Value::Null)
}

/// Sets what changes are compared with, where nothing is known yet: no change in itself.
pub(super) fn assume(client: &Client, host: &impl Host, stored: Option<&Stored>) {
    if is_blank(host) {
        see(client, host, stored);
    }
}

fn see(client: &Client, host: &impl Host, stored: Option<&Stored>) {
    let text = stored.map_or_else(String::new, |stored| stored.record.write(&client.pool));
    host.remember(Slot::Seen, text.into());
}

/// Compares what is stored with what handlers know, and emits the difference.
pub(super) fn observe(client: &Client, host: &impl Host, stored: Option<&Stored>, reason: Reason) {
    let seen = host.recall(Slot::Seen);
    let before = seen.as_str().and_then(|text| Record::read(text, &client.pool));
    let event = match (before, stored) {
        (None, None) => None,
        (None, Some(stored)) => {
            // Read before the end was: a late look at what is over.
            let over = host.recall(Slot::Over);
            if over.as_str() == Some(&stored.record.epoch) {
                return;
            }
            seen.as_str().map(|_| of_user("signedIn", stored))
        }
        (Some(before), None) => {
            host.remember(Slot::Over, before.epoch.into());
            Some(Value::object().with("type", "signedOut").with("reason", reason.name()))
        }
        (Some(before), Some(stored)) => {
            let session = &stored.record.session;
            let is_same_sign_in = before.epoch == stored.record.epoch;
            if before.session.sub != session.sub {
                Some(of_user("userChanged", stored))
            } else if before.session.is_same(session) {
                None
            } else if is_same_sign_in && session.issued_at() < before.session.issued_at() {
                return;
            } else {
                let seconds = (session.expires_at / 1000) as f64;
                Some(event("refreshed", stored).with("expiresAt", seconds))
            }
        }
    };
    see(client, host, stored);
    if let Some(event) = event {
        host.notify(event);
    }
}

/// Emits a status that is not the one emitted last.
pub(super) fn status(host: &impl Host, status: Status) {
    if host.recall(Slot::Status).as_str() != Some(status.name()) {
        host.remember(Slot::Status, status.name().into());
        host.notify(Value::object().with("type", "statusChanged").with("status", status.name()));
    }
}

/// An event of a session. Its time tells sessions of one user apart.
fn event(kind: &str, stored: &Stored) -> Value {
    Value::object().with("type", kind).with("receivedAt", stored.record.session.received_at)
}

fn of_user(kind: &str, stored: &Stored) -> Value {
    let session = &stored.record.session;
    let user = Value::object()
        .with("username", session.username.as_str())
        .with("sub", session.sub.as_str());
    event(kind, stored).with("user", user)
}
