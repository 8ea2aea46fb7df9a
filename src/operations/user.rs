//! What the signed-in user's own calls have in common.

use super::Client;
use super::error::{Attempt, Error};
use super::session::{self, Stored, Wanted};
use crate::host::Host;
use crate::protocol::session::Session;

/// The live session of the signed-in user.
///
/// # Errors
/// `SignedOut` when nobody is signed in; else as [`session::session`].
pub fn session(client: &Client, host: &impl Host) -> Attempt<Session> {
    session::session(client, host)?.ok_or(Error::SignedOut.into())
}

/// The live session and where it is stored; `None` when nobody is signed in.
///
/// # Errors
/// As [`session::session`].
pub fn stored(client: &Client, host: &impl Host) -> Attempt<Option<Stored>> {
    session::find(client, host, &Wanted::default())
}
