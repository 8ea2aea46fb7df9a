//! The session: kept, read, refreshed and ended. It leaves storage only by a sign-out, which
//! the wrapper may make after a configured time, or by a definitive refusal of the service;
//! everything else (no connection, a failing service, a store that was wiped, a tab that died
//! half-way) keeps it.
//!
//! Decisions are taken when tokens are asked for; timers and events of the page only hint
//! (`live`). One refresh runs in a tab (`flight`) and one in a browser (`exclusive`); what
//! cannot be excluded is caught by comparing before writing (`upkeep`). A sign-in only puts its
//! session on the `shelf`, which is all that the module for it has of this room.

#[cfg_attr(feature = "sign-in", allow(dead_code, reason = "a sign-in asks for one right, one way"))]
mod exclusive;
#[cfg(feature = "account")]
mod flight;
#[cfg(feature = "account")]
mod legacy;
#[cfg(feature = "account")]
mod live;
mod put;
#[cfg(feature = "account")]
mod refresh;
mod shelf;
#[cfg(feature = "account")]
mod sign_out;
#[cfg(feature = "account")]
mod upkeep;

#[cfg(test)]
#[cfg(feature = "account")]
mod simulation;
#[cfg(test)]
#[cfg(feature = "account")]
mod tests;

use core::cell::RefCell;
#[cfg(feature = "account")]
use {
    super::error::Error, super::events::Events, crate::protocol::session::Cooling, core::cell::Cell,
};

#[cfg(feature = "account")]
pub(super) use exclusive::{Right, SETTLE_MS, enter};
#[cfg(feature = "account")]
pub use live::{Hint, Wanted, held, session, session_as, settle_legacy, wake};
pub use put::put;
pub use shelf::Held;
#[cfg(feature = "account")]
pub use sign_out::{SignedOut, forget, sign_out};
#[cfg(feature = "account")]
pub(super) use upkeep::is_current;

/// What a page's keeper knows.
#[derive(Default)]
pub struct Keeper {
    /// The session as this page last had it: survives a store that fails or is wiped.
    held: RefCell<Option<Held>>,
    #[cfg(feature = "account")]
    flights: flight::Flights,
    #[cfg(feature = "account")]
    cooling: RefCell<Option<(Cooling, Error)>>,
    /// Whether the pool lacks `GetTokensFromRefreshToken`.
    #[cfg(feature = "account")]
    by_flow: Cell<bool>,
    /// Whether sessions of other libraries were looked for.
    #[cfg(feature = "account")]
    looked_for_legacy: Cell<bool>,
    /// What the page's handlers have been told.
    #[cfg(feature = "account")]
    pub events: Events,
}

#[cfg(feature = "account")]
impl Keeper {
    /// Takes a session as the one this page has.
    pub(super) fn hold(&self, held: Option<Held>) {
        self.held.replace(held);
    }
}
