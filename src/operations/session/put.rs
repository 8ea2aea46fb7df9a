//! A new sign-in's session: stored in place of the one before.

use super::exclusive::{self, Right};
use super::live::emit;
use super::stored::{self, Stored};
use super::{legacy, memory, upkeep};
use crate::host::{Host, Store};
use crate::operations::Client;
use crate::operations::error::{Attempt, settle};
use crate::operations::events::{self, Reason};
use crate::protocol::session::Session;

/// Stores a session in one store only, in place of the one before.
///
/// # Errors
/// `Store` when the store refuses: the user would be signed out by the next reload.
pub fn put(client: &Client, host: &impl Host, store: Store, session: Session) -> Attempt<Stored> {
    if events::is_blank(host) {
        let before = settle(upkeep::read(client, host))?.unwrap_or_default();
        events::assume(client, host, before.as_ref());
    }
    // Not around the whole sign-in: only so that no refresh writes over the new session.
    let guard = exclusive::enter_within(client, host, Right::Refresh, PUT_WAIT_MS, 0)?;
    let stored = settle(stored::put(client, host, store, session))?;
    guard.leave(client, host)?;
    let stored = stored?;
    legacy::settle(client, host, &stored)?;
    memory::thaw(host);
    host.broadcast("signedIn");
    emit(client, host, &Ok(Some(stored.clone())), Reason::Elsewhere);
    Ok(stored)
}

/// How long a sign-in waits for another tab's refresh to end, in milliseconds.
const PUT_WAIT_MS: u32 = 5_000;
