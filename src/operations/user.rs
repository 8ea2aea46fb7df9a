//! What the signed-in user's own calls have in common.

use super::error::{Attempt, Error, settle};
use super::session::{self, Stored, Wanted};
use super::{Client, call};
use crate::host::Host;
use crate::protocol::json::Value;
use crate::protocol::refusal::Kind;
use crate::protocol::session::Session;
use crate::protocol::wire::Call;

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

/// Sends a call of the signed-in user. Where the access token was revoked, a refresh decides: the
/// session goes on with new tokens, or it has ended.
///
/// # Errors
/// `SignedOut` when it has ended; else as [`call::call`].
pub fn call(
    client: &Client,
    host: &impl Host,
    session: &Session,
    make: &dyn Fn(&Session) -> Attempt<Call>,
) -> Attempt<Value> {
    let send = |call: &Call| settle(call::call(host, &client.pool, client.timeout_ms, call));
    match send(&make(session)?)? {
        Err(Error::Refused(refusal)) if refusal.kind == Kind::AccessToken => {}
        result => return Ok(result?),
    }
    let wanted = Wanted { forced: true, ..Wanted::default() };
    let stored = session::find(client, host, &wanted)?.ok_or(Error::SignedOut)?;
    Ok(send(&make(&stored.record.session)?)??)
}
