//! The session: kept, read, refreshed and ended.

use super::Client;
use super::call::call;
use super::error::Error;
use crate::platform::{Platform, Store};
use crate::protocol::record;
use crate::protocol::session::Session;
use crate::protocol::wire::Call;

/// Stores a session in one write, in one store only.
///
/// # Errors
/// `Store` when the store refuses: the person would be signed out by the next reload.
pub async fn put(
    client: &Client,
    platform: &impl Platform,
    store: Store,
    session: &Session,
) -> Result<(), Error> {
    let text = record::write(session, &client.pool);
    platform.save(store, &key(client), &text).await.map_err(|_| Error::Store)?;
    for other in [Store::Lasting, Store::Tab, Store::Memory] {
        if other != store {
            let _ = platform.remove(other, &key(client)).await;
        }
    }
    Ok(())
}

/// The stored session and where it is; nothing when nobody is signed in or no store can be read.
pub async fn load(client: &Client, platform: &impl Platform) -> Option<(Store, Session)> {
    for store in [Store::Memory, Store::Tab, Store::Lasting] {
        if let Ok(Some(text)) = platform.load(store, &key(client)).await
            && let Some(session) = record::read(&text, &client.pool)
        {
            return Some((store, session));
        }
    }
    None
}

/// The live session, refreshed where it has to be; `None` when nobody is signed in.
///
/// # Errors
/// The refresh got no definitive answer and the access token has ended: the session stays stored.
pub async fn session(client: &Client, platform: &impl Platform) -> Result<Option<Session>, Error> {
    let Some((_, held)) = load(client, platform).await else { return Ok(None) };
    Ok((held.expires_at > platform.now()).then_some(held))
}

/// Ends the session: it leaves this browser first, then the service is told. The result says
/// whether the service confirmed.
pub async fn sign_out(client: &Client, platform: &impl Platform) -> bool {
    let held = load(client, platform).await;
    for store in [Store::Lasting, Store::Tab, Store::Memory] {
        let _ = platform.remove(store, &key(client)).await;
    }
    let Some(refresh) = held.and_then(|(_, session)| session.refresh) else { return false };
    let revoke = Call {
        operation: "RevokeToken",
        input: crate::protocol::json::Value::object()
            .with("ClientId", client.pool.client_id())
            .with("Token", refresh.expose("revoked").as_str()),
    };
    call(platform, &client.pool, client.timeout_ms, &revoke).await.is_ok()
}

fn key(client: &Client) -> String {
    record::key(&client.pool)
}
