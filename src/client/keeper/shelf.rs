//! Where the session lies: what a sign-in writes, and what ends every session of a store. The rest is
//! `upkeep`.

use maybe_async::maybe_async;

use crate::client::Client;
use crate::client::error::Error;
use crate::platform::{Platform, Store, StoreError};
use crate::protocol::record::{self, Record};
use crate::protocol::session::Session;
use crate::protocol::text;

/// A session and the store it is in.
#[derive(Clone)]
pub struct Held {
    /// Where it is.
    pub store: Store,
    /// What is stored.
    pub record: Record,
}

/// Stores a session of a new sign-in.
#[maybe_async]
pub(super) async fn put(
    client: &Client,
    platform: &impl Platform,
    store: Store,
    session: &Session,
) -> Result<Held, Error> {
    let record = Record { session: session.clone(), epoch: make_epoch(platform) };
    let (key, epoch_key) = keys(client);
    let text = record.write(&client.pool);
    // The record first: where it does not fit, whoever was signed in before still is.
    platform.save(store, &key, &text).await.map_err(|_| Error::Store)?;
    if platform.save(store, &epoch_key, &record.epoch).await.is_err() {
        let _ = platform.remove(store, &key).await;
        return Err(Error::Store);
    }
    let held = Held { store, record };
    client.keeper.held.replace(Some(held.clone()));
    for other in STORES {
        if other == store {
            continue;
        }
        let Ok(None) = platform.load(other, &key).await else {
            clear(client, platform, other).await;
            continue;
        };
    }
    // Without locks a refresh of the session before may have written in between; a sign-in that came
    // after this one has left its own epoch, and is not to be written over.
    if let Ok(Some(stored)) = platform.load(store, &key).await
        && stored != text
        && !is_over(client, platform, &held).await
    {
        let _ = platform.save(store, &key, &text).await;
    }
    remove_credentials(client, platform, store).await;
    Ok(held)
}

/// Empties a store of the session, whoever's it is, so that nothing can bring it back, and of what
/// was got with it. Whether the store did it.
#[maybe_async]
pub(super) async fn clear(client: &Client, platform: &impl Platform, store: Store) -> bool {
    let cleared = clear_session(client, platform, store).await;
    remove_credentials(client, platform, store).await && cleared
}

/// Credentials are void with their session's epoch: they are removed so that they do not lie about.
#[maybe_async]
async fn remove_credentials(client: &Client, platform: &impl Platform, store: Store) -> bool {
    platform.remove(store, &record::credentials_key(&client.pool)).await.is_ok()
}

#[maybe_async]
async fn clear_session(client: &Client, platform: &impl Platform, store: Store) -> bool {
    let (key, epoch_key) = keys(client);
    let epoch = make_epoch(platform);
    for _ in 0..3 {
        let marked = platform.save(store, &epoch_key, &epoch).await.is_ok();
        let removed = platform.remove(store, &key).await.is_ok();
        // A full store may have room for the epoch now.
        let marked = marked || platform.save(store, &epoch_key, &epoch).await.is_ok();
        if !marked || !removed {
            return false;
        }
        // A sign-in that came in between would be left with an epoch and no record.
        match platform.load(store, &epoch_key).await {
            Ok(Some(other)) if other != epoch => {}
            _ => break,
        }
    }
    true
}

/// Whether a sign-in or sign-out voided a session. A store that fails voids nothing.
#[maybe_async]
pub(super) async fn is_over(client: &Client, platform: &impl Platform, held: &Held) -> bool {
    judge(client, platform, held).await == Ok(true)
}

/// [`is_over`]; `Err` where the store does not say.
#[maybe_async]
pub(super) async fn judge(
    client: &Client,
    platform: &impl Platform,
    held: &Held,
) -> Result<bool, StoreError> {
    let epoch = platform.load(held.store, &record::epoch_key(&client.pool)).await?;
    Ok(!held.record.is_valid(epoch.as_deref()))
}

fn make_epoch(platform: &impl Platform) -> String {
    let mut bytes = [0; 9];
    platform.fill_random(&mut bytes);
    text::base64url(&bytes)
}

pub(super) fn keys(client: &Client) -> (String, String) {
    (record::key(&client.pool), record::epoch_key(&client.pool))
}

/// In this order: the shortest-lived is the most recent choice of this tab.
pub(super) const STORES: [Store; 3] = [Store::Memory, Store::Tab, Store::Lasting];
