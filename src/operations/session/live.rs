//! The live session: decided when tokens are needed, and the events that come of it.

use super::stored::Stored;
use super::{memory, refresh, upkeep};
use crate::host::{Host, Run, SendError};
use crate::operations::Client;
use crate::operations::error::{Attempt, Error, settle};
use crate::operations::events::{self, Reason, Status};
use crate::protocol::session::Session;
use crate::protocol::wire::Extras;

/// What a caller needs of the session.
#[derive(Clone, Default)]
pub struct Wanted {
    /// Tokens newer than the ones there are.
    pub forced: bool,
    /// A refresh ahead of time, when one is due.
    pub early: bool,
    /// For the pool's triggers, should there be a refresh.
    pub extras: Extras,
}

/// The live session, refreshed where it has to be; `None` when nobody is signed in.
///
/// # Errors
/// The refresh got no definitive answer and the access token has expired: the session stays stored.
pub fn session(client: &Client, host: &impl Host) -> Attempt<Option<Session>> {
    let found = find(client, host, &Wanted::default())?;
    Ok(found.map(|stored| stored.record.session))
}

/// [`session`], as a caller needs it, with where it is stored and which sign-in it is of.
///
/// # Errors
/// As [`session`]; with `forced`, also where the access token has not expired.
pub fn find(client: &Client, host: &impl Host, wanted: &Wanted) -> Attempt<Option<Stored>> {
    let result = settle(obtain(client, host, wanted))?;
    emit(client, host, &result, Reason::Elsewhere);
    Ok(result?)
}

/// Attempts until what comes is live: a page may be frozen in the middle of one, and a session that
/// the service refuses may leave an older one in the store, to be tried in its turn.
fn obtain(client: &Client, host: &impl Host, wanted: &Wanted) -> Attempt<Option<Stored>> {
    for _ in 0..ATTEMPTS {
        match attempt(client, host, wanted)? {
            Some(stored) if !stored.record.session.is_live(host.now()) => {}
            found => return Ok(found),
        }
    }
    Err(SendError::TimedOut.into())
}

fn attempt(client: &Client, host: &impl Host, wanted: &Wanted) -> Attempt<Option<Stored>> {
    let Some(stored) = upkeep::read(client, host)? else { return Ok(None) };
    let (now, session) = (host.now(), &stored.record.session);
    let is_wanted = wanted.forced || (wanted.early && session.is_due(now));
    if session.is_fresh(now) && !is_wanted {
        return Ok(Some(stored));
    }
    let Some(token) = &session.refresh else {
        return Ok(session.is_live(now).then_some(stored));
    };
    let failed = match memory::cooling_of(host, token.expose("compared"), now) {
        Some(error) => error,
        None => {
            // It is not this caller's alone: no abort signal ends it.
            host.detach(true);
            let refreshed = settle(refresh::run(client, host, wanted, &stored))?;
            host.detach(false);
            match refreshed {
                Ok(found) => return Ok(found),
                Err(error) => error,
            }
        }
    };
    // A token that still works is worth more than the reason why there is no newer one.
    match upkeep::read(client, host)? {
        None => Ok(None),
        Some(stored) if stored.record.session.is_live(host.now()) && !wanted.forced => {
            Ok(Some(stored))
        }
        Some(_) => Err(failed.into()),
    }
}

/// What the page reports: an event of its own or a message of another tab.
#[derive(Default)]
pub struct Hint {
    /// Whether a refresh may be made for it: the page is visible, or its timer ran out.
    pub renew: bool,
    /// Whether the connection has just come back, so that waiting makes no sense any more.
    pub online: bool,
    /// Why another tab says that the session ended.
    pub reason: Option<Reason>,
}

/// Looks at the session, emits what changed, refreshes ahead of time where that is due. Returns
/// after how many milliseconds to look again; `None`: not before a sign-in.
pub fn wake(client: &Client, host: &impl Host, hint: &Hint) -> Run<Option<u32>> {
    if hint.reason.is_some() {
        upkeep::drop_copy_if_gone(client, host)?;
    }
    if hint.online
        && let Some((mut cooling, failure)) = memory::cooling(host)
    {
        cooling.until = 0;
        memory::cool(host, &cooling, failure);
    }
    let wanted = Wanted { early: true, ..Wanted::default() };
    let found = match hint.renew {
        true => settle(obtain(client, host, &wanted))?,
        false => settle(upkeep::read(client, host))?,
    };
    emit(client, host, &found, hint.reason.unwrap_or(Reason::Elsewhere));
    let now = host.now();
    if let Some((cooling, _)) = memory::cooling(host) {
        return Ok(Some(clamp(cooling.until.saturating_sub(now))));
    }
    let Ok(Some(Stored { record, .. })) = found else { return Ok(None) };
    if record.session.refresh.is_none() {
        return Ok(None);
    }
    let mut dice = [0; 4];
    host.fill_random(&mut dice);
    Ok(Some(clamp(record.session.due_in_ms(now, u32::from_le_bytes(dice)))))
}

/// Emits what a look at the session changed.
pub(super) fn emit(
    client: &Client,
    host: &impl Host,
    found: &Result<Option<Stored>, Error>,
    reason: Reason,
) {
    if let Ok(stored) = found {
        events::observe(client, host, stored.as_ref(), reason);
    }
    events::status(host, status(host, found));
}

fn status(host: &impl Host, found: &Result<Option<Stored>, Error>) -> Status {
    match found {
        Ok(None) => Status::SignedOut,
        Ok(Some(stored)) => {
            let session = &stored.record.session;
            let token = session.refresh.as_ref().map(|token| token.expose("compared").as_str());
            match (memory::cooling(host), token) {
                // Another tab may have had success with the same token.
                (Some((cooling, failure)), Some(token))
                    if cooling.is_of(token) && session.is_due(host.now()) =>
                {
                    trouble(failure.str("code") == Some("offline"))
                }
                _ => Status::Ok,
            }
        }
        Err(Error::Cooling(failure)) => trouble(failure.str("code") == Some("offline")),
        Err(error) => trouble(matches!(error, Error::Send(SendError::Offline))),
    }
}

fn trouble(is_offline: bool) -> Status {
    if is_offline { Status::Offline } else { Status::Degraded }
}

fn clamp(ms: u64) -> u32 {
    ms.clamp(1_000, 24 * 3_600_000) as u32
}

/// How often tokens may have ended by the time they are there.
const ATTEMPTS: usize = 4;
