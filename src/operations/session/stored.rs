//! Where the session is stored: what a sign-in writes, and what ends every session of a store. The
//! rest is in `upkeep`.

use super::memory;
use crate::host::{Host, Run, Store, StoreError};
use crate::operations::Client;
use crate::operations::error::{Attempt, Error};
use crate::protocol::record::{self, Record};
use crate::protocol::session::Session;
use crate::protocol::text;

/// A session and the store it is in.
#[derive(Clone)]
pub struct Stored {
    /// Where it is.
    pub store: Store,
    /// What is stored.
    pub record: Record,
}

/// Stores a session of a new sign-in.
pub(super) fn put(
    client: &Client,
    host: &impl Host,
    store: Store,
    session: Session,
) -> Attempt<Stored> {
    let record = Record { session, epoch: make_epoch(host) };
    let (key, epoch_key) = keys(client);
    let text = record.write(&client.pool);
    // The record first: where it does not fit, the user who was signed in before still is.
    host.save(store, &key, &text)?.map_err(|_| Error::Store)?;
    if host.save(store, &epoch_key, &record.epoch)?.is_err() {
        let _ = host.remove(store, &key)?;
        return Err(Error::Store.into());
    }
    let stored = Stored { store, record };
    memory::keep_copy(client, host, &stored, false);
    let items = STORES.map(|store| (store, key.as_str()));
    let found = host.read(&items)?;
    for (other, value) in STORES.into_iter().zip(&found) {
        if other != store && !matches!(value, Ok(None)) {
            clear(client, host, other)?;
        }
    }
    if let Ok(Some(now)) = host.load(store, &key)? {
        if now == text {
            memory::keep_copy(client, host, &stored, true);
        } else if !is_over(client, host, &stored)? {
            // Without locks a refresh of the session before may have written in between; a sign-in
            // that came after this one has left its own epoch, and is not to be written over.
            let _ = host.save(store, &key, &text)?;
        }
    }
    remove_credentials(client, host, store)?;
    Ok(stored)
}

/// Empties a store of the session, whoever's it is, so that nothing can bring it back, and of what
/// was got with it. Whether the store did it.
pub(super) fn clear(client: &Client, host: &impl Host, store: Store) -> Run<bool> {
    let cleared = clear_session(client, host, store)?;
    Ok(remove_credentials(client, host, store)? && cleared)
}

/// Credentials are void with their session's epoch: they are removed so that they do not lie about.
fn remove_credentials(client: &Client, host: &impl Host, store: Store) -> Run<bool> {
    Ok(host.remove(store, &record::credentials_key(&client.pool))?.is_ok())
}

fn clear_session(client: &Client, host: &impl Host, store: Store) -> Run<bool> {
    let (key, epoch_key) = keys(client);
    let epoch = make_epoch(host);
    for _ in 0..3 {
        let marked = host.save(store, &epoch_key, &epoch)?.is_ok();
        let removed = host.remove(store, &key)?.is_ok();
        // A full store may have room for the epoch now.
        let marked = marked || host.save(store, &epoch_key, &epoch)?.is_ok();
        if !marked || !removed {
            return Ok(false);
        }
        // A sign-in that came in between would be left with an epoch and no record.
        match host.load(store, &epoch_key)? {
            Ok(Some(other)) if other != epoch => {}
            _ => break,
        }
    }
    Ok(true)
}

/// Whether a sign-in or sign-out voided a session. A store that fails voids nothing.
pub(super) fn is_over(client: &Client, host: &impl Host, stored: &Stored) -> Run<bool> {
    Ok(judge(client, host, stored)? == Ok(true))
}

/// [`is_over`]; `Err` where the store fails.
pub(super) fn judge(
    client: &Client,
    host: &impl Host,
    stored: &Stored,
) -> Run<Result<bool, StoreError>> {
    let epoch = host.load(stored.store, &record::epoch_key(&client.pool))?;
    Ok(epoch.map(|epoch| !stored.record.is_valid(epoch.as_deref())))
}

fn make_epoch(host: &impl Host) -> String {
    let mut bytes = [0; 9];
    host.fill_random(&mut bytes);
    text::base64url(&bytes)
}

pub(super) fn keys(client: &Client) -> (String, String) {
    (record::key(&client.pool), record::epoch_key(&client.pool))
}

/// In this order: the shortest-lived is the most recent choice of this tab.
pub(super) const STORES: [Store; 3] = [Store::Memory, Store::Tab, Store::Lasting];
