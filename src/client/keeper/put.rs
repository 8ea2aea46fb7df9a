//! A new sign-in's session: stored in place of whoever was signed in before.

use maybe_async::maybe_async;

use super::exclusive::{self, Right};
use super::shelf::{self, Held};
#[cfg(feature = "account")]
use super::{super::events::Reason, legacy, live::tell, upkeep};
use crate::client::Client;
use crate::client::error::Error;
use crate::platform::{Platform, Store};
#[cfg(feature = "sign-in")]
use crate::protocol::json::Value;
use crate::protocol::session::Session;

/// Stores a session in one store only, in place of whoever was signed in before.
///
/// # Errors
/// `Store` when the store refuses: the person would be signed out by the next reload.
#[maybe_async]
pub async fn put(
    client: &Client,
    platform: &impl Platform,
    store: Store,
    session: &Session,
) -> Result<(), Error> {
    #[cfg(feature = "account")]
    if client.keeper.events.is_blank() {
        let before = upkeep::read(client, platform).await.unwrap_or_default();
        client.keeper.events.assume(before.as_ref());
    }
    // Not around the whole sign-in: only so that no refresh writes over the new session.
    let guard = exclusive::enter_within(client, platform, Right::Refresh, PUT_WAIT_MS).await;
    let stored = shelf::put(client, platform, store, session).await;
    guard.leave(client, platform).await;
    announce(client, platform, stored?).await;
    Ok(())
}

/// Tells of a new session, and takes away what would speak for another.
#[cfg(feature = "account")]
async fn announce(client: &Client, platform: &impl Platform, held: Held) {
    legacy::settle(client, platform, &held).await;
    client.keeper.cooling.replace(None);
    platform.broadcast("signedIn");
    tell(client, platform, &Ok(Some(held)), Reason::Elsewhere);
}

/// The module that signs people in has no more to do: the wrapper knows what the page's handlers
/// were told last, and whether another library has left something.
#[cfg(feature = "sign-in")]
#[maybe_async]
async fn announce(client: &Client, platform: &impl Platform, held: Held) {
    platform.broadcast("signedIn");
    let stored = Value::object()
        .with("type", "stored")
        .with("store", held.store.name())
        .with("record", held.record.write(&client.pool));
    platform.notify(stored);
}

/// How long a sign-in waits for another tab's refresh to end, in milliseconds.
const PUT_WAIT_MS: u32 = 5_000;
