//! The session: stored, read, refreshed and ended. It leaves storage only by a sign-out, which
//! the wrapper may make after a configured time, or by a definitive refusal of the service;
//! everything else (no connection, a failing service, a store that was wiped, a tab that died
//! half-way) keeps it.
//!
//! Decisions are taken when tokens are needed; timers and events of the page only hint
//! (`live`). One refresh runs in a browser (`exclusive`); what cannot be excluded is caught by
//! comparing before writing (`upkeep`).

mod exclusive;
mod legacy;
mod live;
mod memory;
mod put;
mod refresh;
mod sign_out;
mod stored;
mod upkeep;

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

pub(super) use exclusive::{Right, SETTLE_MS, enter};
pub use live::{Hint, Wanted, find, session, wake};
pub use put::put;
pub use sign_out::{SignedOut, forget, sign_out};
pub use stored::Stored;
pub(super) use upkeep::is_current;
