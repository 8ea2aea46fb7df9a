//! What the page's handlers are told: only what really changed, only after it is stored.

use core::cell::{Cell, RefCell};

use super::keeper::Held;
use crate::platform::Platform;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;

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

/// What handlers have been told last.
#[derive(Default)]
pub struct Events {
    seen: RefCell<Seen>,
    status: Cell<Option<Status>>,
    ended: Cell<Option<Reason>>,
}

#[derive(Default)]
enum Seen {
    /// Nothing yet: what is found first is no change.
    #[default]
    Unknown,
    /// Nobody; the last session was of this epoch.
    Nobody(String),
    Person {
        sub: String,
        access: Secret<String>,
        epoch: String,
        issued_at: f64,
    },
}

impl Events {
    /// What was known of the session before: no change, but what changes are compared with.
    pub fn assume(&self, held: Option<&Held>) {
        let mut seen = self.seen.borrow_mut();
        if matches!(*seen, Seen::Unknown) {
            *seen = held.map_or_else(|| Seen::Nobody(String::new()), Seen::of);
        }
    }

    /// Whether nothing is known yet.
    #[cfg(feature = "account")]
    pub(super) fn is_blank(&self) -> bool {
        matches!(*self.seen.borrow(), Seen::Unknown)
    }

    /// The next end of the session has this reason, whoever comes to tell it.
    pub(super) fn ended(&self, reason: Reason) {
        self.ended.set(Some(reason));
    }

    /// Compares what is there with what was told last, and tells the difference.
    pub(super) fn observe(&self, platform: &impl Platform, held: Option<&Held>, reason: Reason) {
        let mut seen = self.seen.borrow_mut();
        let events = match (&*seen, held) {
            (Seen::Unknown, _) | (Seen::Nobody(_), None) => Vec::new(),
            // Read before the end was: a late look at what is over.
            (Seen::Nobody(epoch), Some(held)) if *epoch == held.record.epoch => return,
            (Seen::Nobody(_), Some(held)) => vec![person("signedIn", held)],
            (Seen::Person { .. }, None) => {
                let reason = self.ended.take().unwrap_or(reason);
                vec![Value::object().with("type", "signedOut").with("reason", reason.name())]
            }
            (Seen::Person { sub, access, epoch, issued_at }, Some(held)) => {
                let session = &held.record.session;
                let is_same_sign_in = *epoch == held.record.epoch;
                if *sub != session.sub {
                    vec![person("userChanged", held)]
                } else if access.expose("compared") == session.access.expose("compared") {
                    Vec::new()
                } else if is_same_sign_in && session.issued_at() < *issued_at {
                    return;
                } else {
                    let seconds = (session.expires_at / 1000) as f64;
                    vec![event("refreshed", held).with("expiresAt", seconds)]
                }
            }
        };
        let next = match (held, &*seen) {
            (Some(held), _) => Seen::of(held),
            (None, Seen::Person { epoch, .. } | Seen::Nobody(epoch)) => Seen::Nobody(epoch.clone()),
            (None, Seen::Unknown) => Seen::Nobody(String::new()),
        };
        *seen = next;
        drop(seen);
        self.ended.set(None);
        events.into_iter().for_each(|event| platform.notify(event));
    }

    /// Tells a status that is not the one told last.
    pub(super) fn status(&self, platform: &impl Platform, status: Status) {
        if self.status.replace(Some(status)) != Some(status) {
            let event = Value::object().with("type", "statusChanged").with("status", status.name());
            platform.notify(event);
        }
    }
}

impl Seen {
    fn of(held: &Held) -> Self {
        let session = &held.record.session;
        Self::Person {
            sub: session.sub.clone(),
            access: session.access.clone(),
            epoch: held.record.epoch.clone(),
            issued_at: session.issued_at(),
        }
    }
}

/// An event of a session. By its time the wrapper tells whether it knows of this session already:
/// signing in is another module's, which makes it known by itself.
fn event(kind: &str, held: &Held) -> Value {
    Value::object().with("type", kind).with("receivedAt", held.record.session.received_at)
}

fn person(kind: &str, held: &Held) -> Value {
    let session = &held.record.session;
    let user = Value::object()
        .with("username", session.username.as_str())
        .with("sub", session.sub.as_str());
    event(kind, held).with("user", user)
}
