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
    let credentials_key = record::credentials_key(&client.pool);
    let text = record.write(&client.pool);
    // The record before its epoch: where it does not fit, the user who was signed in before still is.
    let changes =
        [(&*credentials_key, None), (&*key, Some(&*text)), (&*epoch_key, Some(&*record.epoch))];
    if host.write(store, &[], &changes)?.is_err() {
        let _ = host.write(store, &[(&key, Some(&text))], &[(&key, None)])?;
        return Err(Error::Store.into());
    }
    let stored = Stored { store, record };
    memory::keep_copy(client, host, &stored, false);
    let found = host.read(&STORES.map(|store| (store, key.as_str())))?;
    for (other, value) in STORES.into_iter().zip(&found) {
        match value {
            Ok(None) => {}
            _ if other != store => drop(clear(client, host, other)?),
            Ok(Some(now)) if *now == text => memory::keep_copy(client, host, &stored, true),
            Ok(Some(now)) => {
                let record = Record::read(now, &client.pool);
                if record.is_some_and(|record| record.epoch == stored.record.epoch) {
                    // Another tab has refreshed it already.
                    continue;
                }
                // Without locks a refresh of the session before may have written in between; a
                // sign-in that came after this one has left its own epoch, and stays.
                let expected = [(&*key, Some(&**now)), (&*epoch_key, Some(&*stored.record.epoch))];
                let _ = host.write(store, &expected, &[(&key, Some(&text))])?;
            }
            Err(_) => {}
        }
    }
    Ok(stored)
}

/// Empties a store of the session, whoever's it is, so that nothing can bring it back, and of what
/// was got with it. Whether the store did it.
pub(super) fn clear(client: &Client, host: &impl Host, store: Store) -> Run<bool> {
    for attempt in 0..ATTEMPTS {
        match end_all(client, host, store, &[], attempt)? {
            Ok(_) => return Ok(true),
            // It would hold the user up.
            Err(StoreError::TimedOut) if attempt > 0 => break,
            Err(_) => {}
        }
    }
    Ok(false)
}

/// Ends the sessions of a store, if it holds what is expected. Credentials are void with their
/// session's epoch: they are removed so that they do not lie about.
pub(super) fn end_all(
    client: &Client,
    host: &impl Host,
    store: Store,
    expected: &[(&str, Option<&str>)],
    attempt: usize,
) -> Run<Result<bool, StoreError>> {
    let (key, epoch_key) = keys(client);
    let credentials_key = record::credentials_key(&client.pool);
    let epoch = make_epoch(host);
    // The epoch first: where the store fails after it, the record is void all the same.
    let mut changes = [(&*epoch_key, Some(&*epoch)), (&*key, None), (&*credentials_key, None)];
    if attempt % 2 == 1 {
        // A full store has no room for an epoch. What is cleared as a whole is over, too.
        changes[0].1 = None;
        changes.swap(0, 1);
    }
    host.write(store, expected, &changes)
}

/// How often a store is tried that fails, or that others write to at the same time.
pub(super) const ATTEMPTS: usize = 6;

/// Whether a sign-in or sign-out voided a session. A store that fails voids nothing.
pub(super) fn is_over(client: &Client, host: &impl Host, stored: &Stored) -> Run<bool> {
    let epoch = host.load(stored.store, &record::epoch_key(&client.pool))?;
    Ok(epoch.is_ok_and(|epoch| !stored.record.is_valid(epoch.as_deref())))
}

pub(super) fn make_epoch(host: &impl Host) -> String {
    let mut bytes = [0; 9];
    host.fill_random(&mut bytes);
    text::base64url(&bytes)
}

pub(super) fn keys(client: &Client) -> (String, String) {
    (record::key(&client.pool), record::epoch_key(&client.pool))
}

/// In this order: the shortest-lived is the most recent choice of this tab.
pub(super) const STORES: [Store; 3] = [Store::Memory, Store::Tab, Store::Lasting];
