//! Signing out: first here, then at the service.

use super::exclusive::{self, Right};
use super::live::emit;
use super::stored::{self, STORES};
use super::{legacy, memory, upkeep};
use crate::host::{Host, Run, Slot, Store};
use crate::operations::Client;
use crate::operations::call::{call, once};
use crate::operations::error::settle;
use crate::operations::events::{self, Reason};
use crate::protocol::json::Value;
use crate::protocol::record;
use crate::protocol::session::{Session, accept};
use crate::protocol::wire;
use crate::protocol::wire::Extras;

/// What a sign-out achieved.
pub struct SignedOut {
    /// Whether the stores let go of the session.
    pub cleared: bool,
    /// Whether the service confirmed that the refresh token is revoked.
    pub revoked: bool,
    /// Whether the service confirmed that the user is signed out everywhere, where that was
    /// requested.
    pub everywhere: Option<bool>,
}

/// Ends the session: it leaves this browser first, offline too, then the service revokes it; an
/// abort does not matter any more. `global`: ends the user's sessions on every device. `reason` is
/// for event handlers.
pub fn sign_out(client: &Client, host: &impl Host, global: bool, reason: Reason) -> Run<SignedOut> {
    host.detach(true);
    let (cleared, session) = forget(client, host, reason)?;
    let Some(session) = session else {
        return Ok(SignedOut { cleared, revoked: false, everywhere: global.then_some(false) });
    };
    let everywhere = match global {
        true => Some(sign_out_everywhere(client, host, &session)?),
        false => None,
    };
    let revoked = match &session.refresh {
        _ if everywhere == Some(true) => true,
        Some(token) => {
            let revoke = wire::session::revoke(&client.pool, token);
            settle(call(host, &client.pool, client.timeout_ms, &revoke))?.is_ok()
        }
        None => false,
    };
    Ok(SignedOut { cleared, revoked, everywhere })
}

/// Takes the session out of this browser without a request. Whether the stores let go of it, and
/// whose it was.
pub fn forget(client: &Client, host: &impl Host, reason: Reason) -> Run<(bool, Option<Session>)> {
    let stored = match settle(upkeep::read(client, host))? {
        Ok(stored) => stored,
        Err(_) => memory::copy(client, host),
    };
    events::assume(client, host, stored.as_ref());
    let mut cleared = true;
    let key = record::key(&client.pool);
    let found = host.read(&STORES.map(|store| (store, key.as_str())))?;
    for (store, value) in STORES.into_iter().zip(&found) {
        // The lasting store always: a refresh of another tab may be about to write into it.
        if store == Store::Lasting || !matches!(value, Ok(None)) {
            cleared &= stored::clear(client, host, store)?;
        }
    }
    host.remember(Slot::Copy, Value::Null);
    host.remember(Slot::Credentials, Value::Null);
    memory::thaw(host);
    host.broadcast(reason.message());
    emit(client, host, &Ok(None), reason);
    legacy::remove(client, host)?;
    Ok((cleared, stored.map(|stored| stored.record.session)))
}

/// The operation takes an access token that has not expired: where there is none, a new one is
/// requested, and not stored.
fn sign_out_everywhere(client: &Client, host: &impl Host, session: &Session) -> Run<bool> {
    let (pool, timeout_ms) = (&client.pool, client.timeout_ms);
    let access = if session.is_live(host.now()) {
        session.access.clone()
    } else {
        let Some(token) = &session.refresh else { return Ok(false) };
        let device = session.device_key.as_deref();
        let extras = Extras::default();
        let refresh = match host.recall(Slot::ByFlow) {
            Value::Null => wire::session::refresh(pool, token, device, &extras),
            _ => wire::session::refresh_by_flow(pool, token, device, &extras),
        };
        // Another tab may be spending the same token.
        let guard = exclusive::enter(client, host, Right::Refresh)?;
        let reply = settle(once(host, pool, timeout_ms, &refresh))?;
        guard.leave(client, host)?;
        let Ok(reply) = reply else { return Ok(false) };
        let Ok(tokens) = wire::session::read_refreshed(&reply) else { return Ok(false) };
        match accept(tokens, None, pool, host.now()) {
            Ok(session) => session.access,
            Err(_) => return Ok(false),
        }
    };
    let request = wire::session::global_sign_out(&access);
    Ok(settle(call(host, pool, timeout_ms, &request))?.is_ok())
}
