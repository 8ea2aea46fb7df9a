//! A refresh: under the browser's lock, from what is stored then, committed by compare-and-set.

use super::exclusive::{self, By, Guard, Right, SETTLE_MS};
use super::live::{Wanted, emit};
use super::stored::Stored;
use super::{legacy, memory, upkeep};
use crate::host::{Host, SendError, Slot};
use crate::operations::Client;
use crate::operations::call::{call, once};
use crate::operations::error::{Attempt, Error, settle};
use crate::operations::events::Reason;
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::refusal::{Kind, Refusal};
use crate::protocol::secret::Secret;
use crate::protocol::session::{self, Cooling, Next, Session, ends_session};
use crate::protocol::wire;

/// Runs it. `before` is what the caller saw before it waited.
pub(super) fn run(
    client: &Client,
    host: &impl Host,
    wanted: &Wanted,
    before: &Stored,
) -> Attempt<Option<Stored>> {
    let mut retries = 10;
    loop {
        let guard = exclusive::enter(client, host, Right::Refresh)?;
        let result = settle(match guard.by {
            By::Refused => waited_in_vain(client, host, before),
            _ => locked(client, host, wanted, before, &guard),
        })?;
        guard.leave(client, host)?;
        match result {
            // This page was frozen while it held the lock: from the beginning.
            Err(Error::Send(SendError::Unlocked)) if retries > 0 => retries -= 1,
            result => return Ok(result?),
        }
    }
}

/// Other tabs had the right all the time: perhaps one of them had success.
fn waited_in_vain(client: &Client, host: &impl Host, before: &Stored) -> Attempt<Option<Stored>> {
    match upkeep::read(client, host)? {
        Some(stored) if stored.record.session.is_same(&before.record.session) => {
            Err(SendError::TimedOut.into())
        }
        stored => Ok(stored),
    }
}

fn locked(
    client: &Client,
    host: &impl Host,
    wanted: &Wanted,
    before: &Stored,
    guard: &Guard,
) -> Attempt<Option<Stored>> {
    let Some(mut stored) = upkeep::read(client, host)? else { return Ok(None) };
    let forced = wanted.forced || wanted.early;
    let next = |stored: &Stored| {
        let (held, stored) = (&before.record.session, &stored.record.session);
        // Tokens that another call got carry no metadata of this one.
        let counts = if has_metadata(wanted) { stored } else { held };
        session::next(counts, Some(stored), host.now(), forced)
    };
    if let By::Lock { was_left } = guard.by {
        // A lock may come before what its last holder stored: browsers carry the two by different
        // ways (seen in Firefox, 4 ms), and a token that is spent twice can cost the session.
        let patience = if was_left { LEFT_MS } else { SETTLE_MS };
        let mut waited = 0;
        while waited < patience && next(&stored) == Next::Refresh {
            host.sleep(SETTLE_MS)??;
            waited += SETTLE_MS;
            let Some(settled) = upkeep::read(client, host)? else { return Ok(None) };
            stored = settled;
        }
    }
    let newest = &stored.record.session;
    let token = match next(&stored) {
        Next::Keep | Next::UseStored => return Ok(Some(stored)),
        Next::SignedOut => return Ok(None),
        Next::Refresh => newest.refresh.as_ref(),
    };
    let Some(token) = token else { return Ok(None) };
    // Another call of this page may have failed with it while this one waited.
    if let Some(error) = memory::cooling_of(host, token.expose("compared"), host.now()) {
        return Err(error.into());
    }
    match settle(exchange(client, host, wanted, newest, token))? {
        Ok(session) => commit(client, host, &stored, session),
        Err(Error::Refused(refusal)) if ends_session(refusal.kind) => {
            refused(client, host, &stored, &refusal, guard)
        }
        Err(error) => {
            if !matches!(error, Error::Send(SendError::Unlocked)) {
                cool(host, token, &error);
            }
            Err(error.into())
        }
    }
}

/// Whether a caller forces a refresh whose metadata its triggers must see.
fn has_metadata(wanted: &Wanted) -> bool {
    wanted.forced && !wanted.extras.metadata.is_empty()
}

/// Requests new tokens. A lost reply is retried once at once: where the service has acted,
/// the old token works for as long as its grace period lasts, and never again later.
fn exchange(
    client: &Client,
    host: &impl Host,
    wanted: &Wanted,
    before: &Session,
    token: &Secret<String>,
) -> Attempt<Session> {
    let (pool, device) = (&client.pool, before.device_key.as_deref());
    let mut lost = false;
    loop {
        let by_flow = host.recall(Slot::ByFlow) != Value::Null;
        let sent = match by_flow {
            false => wire::session::refresh(pool, token, device, &wanted.extras),
            true => wire::session::refresh_by_flow(pool, token, device, &wanted.extras),
        };
        match settle(once(host, pool, client.timeout_ms, &sent))? {
            Ok(reply) => {
                let tokens = wire::session::read_refreshed(&reply)?;
                let now = host.now();
                let new = session::accept(tokens, Some(token.clone()), pool, now)?;
                if new.sub != before.sub {
                    return Err(Violation::TokenSubject.into());
                }
                return Ok(Session {
                    device_key: new.device_key.or(before.device_key.clone()),
                    ..new
                });
            }
            Err(Error::Refused(refusal)) if refusal.kind == Kind::NotEnabled && !by_flow => {
                host.remember(Slot::ByFlow, Value::Bool(true));
            }
            Err(Error::Send(SendError::Network)) if !lost => {
                lost = true;
                let mut dice = [0; 1];
                host.fill_random(&mut dice);
                host.sleep(u32::from(dice[0]))??;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn commit(
    client: &Client,
    host: &impl Host,
    before: &Stored,
    session: Session,
) -> Attempt<Option<Stored>> {
    match upkeep::commit(client, host, before, session)? {
        Ok(stored) => {
            memory::thaw(host);
            host.broadcast("refreshed");
            legacy::keep_in_step(client, host, stored.store, &stored.record.session)?;
            Ok(Some(stored))
        }
        Err(void) => {
            // Signed out meanwhile: the tokens that just came must not outlive that.
            if let Some(token) = &void.refresh {
                let revoke = wire::session::revoke(&client.pool, token);
                let _ = settle(call(host, &client.pool, client.timeout_ms, &revoke))?;
            }
            upkeep::read(client, host)
        }
    }
}

/// The service says that the token is dead. Another tab may have spent it, and may be about to
/// store what came of it: what is stored decides.
fn refused(
    client: &Client,
    host: &impl Host,
    stored: &Stored,
    refusal: &Refusal,
    guard: &Guard,
) -> Attempt<Option<Stored>> {
    let is_about_token = matches!(refusal.kind, Kind::RefreshToken | Kind::RefreshTokenReuse);
    let patience = match guard.by {
        _ if !is_about_token => 0,
        By::Lock { .. } => LOOK_AGAIN_MS,
        By::Refused => 0,
        // A tab that was frozen while it held the lease before.
        By::Lease => client.timeout_ms / 5,
        By::Nothing => client.timeout_ms,
    };
    let (mut waited, mut pause) = (0, LOOK_AGAIN_MS);
    loop {
        match upkeep::read(client, host)? {
            Some(now) if !now.is_same(stored) => return Ok(Some(now)),
            None => return Ok(None),
            _ if waited >= patience => break,
            _ => {}
        }
        host.sleep(pause)??;
        waited += pause;
        // Seldom in the end: a store that hangs makes each look a long one.
        pause *= 2;
    }
    let ended = upkeep::end(client, host, stored)?;
    // What the store holds instead counts, though it may be older than what this page had.
    memory::forget_copy(client, host, stored);
    match ended {
        Some(true) => {}
        Some(false) => return upkeep::read(client, host),
        None => return Err(Error::Store.into()),
    }
    memory::thaw(host);
    host.broadcast(Reason::Refused.message());
    emit(client, host, &Ok(None), Reason::Refused);
    legacy::remove(client, host)?;
    Ok(None)
}

fn cool(host: &impl Host, token: &Secret<String>, error: &Error) {
    let retry_after = match error {
        Error::Refused(refusal) => refusal.retry_after_seconds,
        _ => None,
    };
    let mut dice = [0; 4];
    host.fill_random(&mut dice);
    let before = memory::cooling(host).map(|(before, _)| before);
    let dice = u32::from_le_bytes(dice);
    let next = Cooling::after(before.as_ref(), token, retry_after, host.now(), dice);
    memory::cool(host, &next, error.write());
}

/// How long what a holder of the lock stored may take to be seen, when its lease still is. One that
/// died in the middle of a refresh costs the next that much, once.
const LEFT_MS: u32 = 1_000;
const LOOK_AGAIN_MS: u32 = 500;
