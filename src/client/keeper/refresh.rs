//! A refresh: under the browser's lock, from what is stored then, committed by compare-and-set.

use super::exclusive::{self, Guard, Right, SETTLE_MS};
use super::live::Wanted;
use super::shelf::Held;
use super::{Cooling, legacy, upkeep};
use crate::client::Client;
use crate::client::call::{call, once};
use crate::client::error::Error;
use crate::client::events::Reason;
use crate::platform::{Platform, SendError};
use crate::protocol::error::Violation;
use crate::protocol::refusal::{Kind, Refusal};
use crate::protocol::secret::Secret;
use crate::protocol::session::{self, Next, Session, ends_session};
use crate::protocol::wire;

/// Runs it. `held` is what the caller saw before it waited.
pub(super) async fn run<P: Platform>(
    client: &Client,
    platform: &P,
    wanted: &Wanted,
    held: &Held,
) -> Result<Option<Held>, Error> {
    let guard = exclusive::enter(client, platform, Right::Refresh).await;
    let result = match guard {
        Guard::Refused => waited_in_vain(client, platform, held).await,
        _ => locked(client, platform, wanted, held, &guard).await,
    };
    guard.leave(client, platform).await;
    result
}

/// Others were at it all the time: perhaps one of them had success.
async fn waited_in_vain(
    client: &Client,
    platform: &impl Platform,
    held: &Held,
) -> Result<Option<Held>, Error> {
    match upkeep::read(client, platform).await? {
        Some(stored) if stored.record.session.is_same(&held.record.session) => {
            Err(Error::Send(SendError::TimedOut))
        }
        stored => Ok(stored),
    }
}

async fn locked<L>(
    client: &Client,
    platform: &impl Platform,
    wanted: &Wanted,
    held: &Held,
    guard: &Guard<L>,
) -> Result<Option<Held>, Error> {
    let Some(mut stored) = upkeep::read(client, platform).await? else { return Ok(None) };
    let forced = wanted.forced || wanted.early;
    let next = |stored: &Held| {
        session::next(&held.record.session, Some(&stored.record.session), platform.now(), forced)
    };
    if let Guard::Lock { was_left, .. } = guard {
        // A lock may come before what its last holder stored: browsers carry the two by different
        // ways (seen in Firefox, 4 ms), and a token that is spent twice can cost the session.
        let patience = if *was_left { LEFT_MS } else { SETTLE_MS };
        let mut waited = 0;
        while waited < patience && next(&stored) == Next::Refresh {
            platform.sleep(SETTLE_MS).await?;
            waited += SETTLE_MS;
            let Some(settled) = upkeep::read(client, platform).await? else { return Ok(None) };
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
    match exchange(client, platform, wanted, newest, token).await {
        Ok(session) => commit(client, platform, &stored, session).await,
        Err(Error::Refused(refusal)) if ends_session(refusal.kind) => {
            refused(client, platform, &stored, &refusal, guard).await
        }
        Err(error) => {
            cool(client, platform, token, &error);
            Err(error)
        }
    }
}

/// Asks for new tokens. A lost reply is asked for once more at once: where the service has acted,
/// the old token works for as long as its grace period lasts, and never again later.
async fn exchange(
    client: &Client,
    platform: &impl Platform,
    wanted: &Wanted,
    before: &Session,
    token: &Secret<String>,
) -> Result<Session, Error> {
    let (pool, device) = (&client.pool, before.device_key.as_deref());
    let mut lost = false;
    loop {
        let by_flow = client.keeper.by_flow.get();
        let sent = match by_flow {
            false => wire::session::refresh(pool, token, device, &wanted.extras),
            true => wire::session::refresh_by_flow(pool, token, device, &wanted.extras),
        };
        match once(platform, pool, client.timeout_ms, &sent).await {
            Ok(reply) => {
                let tokens = wire::session::read_refreshed(&reply)?;
                let now = platform.now();
                let new = session::accept(tokens, Some(token.clone()), pool, now)?;
                if new.sub != before.sub {
                    return Err(Error::Violation(Violation::TokenSubject));
                }
                return Ok(Session {
                    device_key: new.device_key.or(before.device_key.clone()),
                    ..new
                });
            }
            Err(Error::Refused(refusal)) if refusal.kind == Kind::NotEnabled && !by_flow => {
                client.keeper.by_flow.set(true);
            }
            Err(Error::Send(SendError::Network)) if !lost => {
                lost = true;
                let mut dice = [0; 1];
                platform.fill_random(&mut dice);
                platform.sleep(u32::from(dice[0])).await?;
            }
            Err(error) => return Err(error),
        }
    }
}

async fn commit(
    client: &Client,
    platform: &impl Platform,
    before: &Held,
    session: Session,
) -> Result<Option<Held>, Error> {
    match upkeep::commit(client, platform, before, session).await {
        Ok(held) => {
            client.keeper.cooling.replace(None);
            platform.broadcast("refreshed");
            legacy::keep_in_step(client, platform, held.store, &held.record.session).await;
            Ok(Some(held))
        }
        Err(void) => {
            // Signed out meanwhile: the tokens that just came must not outlive that.
            if let Some(token) = &void.refresh {
                let revoke = wire::session::revoke(&client.pool, token);
                let _ = call(platform, &client.pool, client.timeout_ms, &revoke).await;
            }
            upkeep::read(client, platform).await
        }
    }
}

/// The service says that the token is dead. Another tab may have spent it, and may be about to
/// store what came of it: what is stored decides.
async fn refused<L>(
    client: &Client,
    platform: &impl Platform,
    held: &Held,
    refusal: &Refusal,
    guard: &Guard<L>,
) -> Result<Option<Held>, Error> {
    let is_about_token = matches!(refusal.kind, Kind::RefreshToken | Kind::RefreshTokenReuse);
    let patience = match guard {
        _ if !is_about_token => 0,
        Guard::Lock { .. } => LOOK_AGAIN_MS,
        Guard::Refused => 0,
        // A tab that was frozen while it held the lease before.
        Guard::Lease { .. } => client.timeout_ms / 5,
        Guard::Unguarded => client.timeout_ms,
    };
    let mut waited = 0;
    loop {
        match upkeep::read(client, platform).await? {
            Some(stored) if !stored.is_same(held) => return Ok(Some(stored)),
            None => return Ok(None),
            _ if waited >= patience => break,
            _ => {}
        }
        platform.sleep(LOOK_AGAIN_MS).await?;
        waited += LOOK_AGAIN_MS;
    }
    if !upkeep::end(client, platform, held).await {
        return upkeep::read(client, platform).await;
    }
    legacy::remove(client, platform).await;
    client.keeper.cooling.replace(None);
    platform.broadcast(Reason::Refused.message());
    client.keeper.events.ended(Reason::Refused);
    Ok(None)
}

fn cool(client: &Client, platform: &impl Platform, token: &Secret<String>, error: &Error) {
    let retry_after = match error {
        Error::Refused(refusal) => refusal.retry_after_seconds,
        _ => None,
    };
    let mut dice = [0; 4];
    platform.fill_random(&mut dice);
    let mut cooling = client.keeper.cooling.borrow_mut();
    let next = Cooling::after(
        cooling.as_ref().map(|(before, _)| before),
        token,
        retry_after,
        platform.now(),
        u32::from_le_bytes(dice),
    );
    *cooling = Some((next, error.clone()));
}

/// How long what a holder of the lock stored may take to be seen, when its lease still is. One that
/// died in the middle of a refresh costs the next that much, once.
const LEFT_MS: u32 = 1_000;
const LOOK_AGAIN_MS: u32 = 500;
