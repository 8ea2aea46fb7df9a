//! Signing out: first here, then at the service.

use super::exclusive::{self, Right};
use super::live::tell;
use super::shelf::{self, STORES};
use super::{legacy, upkeep};
use crate::client::Client;
use crate::client::call::{call, once};
use crate::client::events::Reason;
use crate::platform::{Platform, Store};
use crate::protocol::record;
use crate::protocol::session::{self, Session};
use crate::protocol::wire;
use crate::protocol::wire::Extras;

/// What a sign-out achieved.
pub struct SignedOut {
    /// Whether the stores let go of the session.
    pub cleared: bool,
    /// Whether the service confirmed that the refresh token is dead.
    pub revoked: bool,
    /// Whether the service confirmed that the person is signed out everywhere, where that was
    /// asked for.
    pub everywhere: Option<bool>,
}

/// Ends the session: it leaves this browser first, offline too, then the service is told, for which
/// an abort does not matter any more. `global`: ends the person's sessions on every device.
/// `reason` is what handlers are told.
pub async fn sign_out<P: Platform>(
    client: &Client,
    platform: &P,
    global: bool,
    reason: Reason,
) -> SignedOut {
    let platform = &platform.detached();
    let (cleared, session) = forget(client, platform, reason).await;
    let Some(session) = session else {
        return SignedOut { cleared, revoked: false, everywhere: global.then_some(false) };
    };
    let everywhere = match global {
        true => Some(sign_out_everywhere(client, platform, &session).await),
        false => None,
    };
    let revoked = match &session.refresh {
        _ if everywhere == Some(true) => true,
        Some(token) => {
            let revoke = wire::session::revoke(&client.pool, token);
            call(platform, &client.pool, client.timeout_ms, &revoke).await.is_ok()
        }
        None => false,
    };
    SignedOut { cleared, revoked, everywhere }
}

/// Takes the session out of this browser without a word to the service. Whether the stores let go
/// of it, and whose it was.
pub async fn forget(
    client: &Client,
    platform: &impl Platform,
    reason: Reason,
) -> (bool, Option<Session>) {
    let held = match upkeep::read(client, platform).await {
        Ok(held) => held,
        Err(_) => client.keeper.held.borrow().clone(),
    };
    client.keeper.events.assume(held.as_ref());
    let mut cleared = true;
    for store in STORES {
        let key = record::key(&client.pool);
        // The lasting store always: a refresh of another tab may be about to write into it.
        let is_empty = matches!(platform.load(store, &key).await, Ok(None));
        if store == Store::Lasting || !is_empty {
            cleared &= shelf::clear(client, platform, store).await;
        }
    }
    legacy::remove(client, platform).await;
    client.keeper.held.replace(None);
    client.credentials.replace(None);
    client.keeper.cooling.replace(None);
    platform.broadcast(reason.message());
    tell(client, platform, &Ok(None), reason);
    (cleared, held.map(|held| held.record.session))
}

/// The operation takes an access token that has not ended: a new one is asked for, and not stored,
/// where there is none.
async fn sign_out_everywhere(client: &Client, platform: &impl Platform, session: &Session) -> bool {
    let (pool, timeout_ms) = (&client.pool, client.timeout_ms);
    let access = if session.is_live(platform.now()) {
        session.access.clone()
    } else {
        let Some(token) = &session.refresh else { return false };
        let device = session.device_key.as_deref();
        let refresh = wire::session::refresh(pool, token, device, &Extras::default());
        // Another tab may be spending the same token.
        let guard = exclusive::enter(client, platform, Right::Refresh).await;
        let reply = once(platform, pool, timeout_ms, &refresh).await;
        guard.leave(client, platform).await;
        let Ok(reply) = reply else { return false };
        let Ok(tokens) = wire::session::read_refreshed(&reply) else { return false };
        match session::accept(tokens, None, pool, platform.now()) {
            Ok(session) => session.access,
            Err(_) => return false,
        }
    };
    let call_of = wire::session::global_sign_out(&access);
    call(platform, pool, timeout_ms, &call_of).await.is_ok()
}
