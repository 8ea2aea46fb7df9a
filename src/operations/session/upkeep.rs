//! The stored session, as a page that goes on with it reads, replaces and ends it. Each write is
//! one record; what decides between tabs that write at once is the epoch beside it.

use super::exclusive::{SEEN_MS, SETTLE_MS};
use super::stored::{STORES, Stored, clear, is_over, judge, keys};
use super::{legacy, memory};
use crate::host::{Host, Run, Slot, Store, StoreError};
use crate::operations::Client;
use crate::operations::error::{Attempt, Error};
use crate::protocol::json::Value;
use crate::protocol::record::{self, Record};
use crate::protocol::session::Session;

impl Stored {
    /// Whether both hold the same access token of the same sign-in.
    pub(super) fn is_same(&self, other: &Stored) -> bool {
        self.record.epoch == other.record.epoch
            && self.record.session.is_same(&other.record.session)
    }
}

/// What a store holds.
enum Found {
    Valid(Record),
    /// A record of an epoch that is over, or nothing.
    Nothing,
    /// Neither record nor epoch: nobody signed in here, or the store was cleared as a whole.
    Empty,
    /// Something that is not ours to judge or replace.
    Unreadable,
}

/// The session of this browser. The copy in memory stands in for a store that fails or was wiped;
/// only a sign-out, which leaves another epoch, makes it void.
///
/// # Errors
/// `Store` where a store fails and no copy stands in.
pub(super) fn read(client: &Client, host: &impl Host) -> Attempt<Option<Stored>> {
    loop {
        let (mut failed, mut empty) = (false, Vec::new());
        for (store, found) in look_everywhere(client, host)? {
            let record = match found {
                Ok(Found::Valid(record)) => record,
                Ok(Found::Empty) => {
                    empty.push(store);
                    continue;
                }
                Ok(_) => continue,
                Err(_) => {
                    failed = true;
                    continue;
                }
            };
            let found = Stored { store, record };
            return Ok(match memory::copy(client, host) {
                Some(copy) if is_older(&found, &copy) => write(client, host, copy)?.ok(),
                _ => {
                    memory::keep_copy(client, host, &found, true);
                    Some(found)
                }
            });
        }
        if let Some(copy) = memory::copy(client, host) {
            // Cleared as a whole, by the application or the user: that is a sign-out. A single key
            // that another script removed is written back.
            if empty.contains(&copy.store) && memory::was_found(host) {
                memory::forget_copy(client, host, &copy);
                return Ok(None);
            }
            return match write(client, host, copy)? {
                Ok(stored) => Ok(Some(stored)),
                // That sign-in is over; whether there is another cannot be known.
                Err(_) if failed => Err(Error::Store.into()),
                Err(_) => Ok(None),
            };
        }
        if failed {
            return Err(Error::Store.into());
        }
        if host.recall(Slot::LookedForLegacy) != Value::Null {
            return Ok(None);
        }
        legacy::take_over(client, host)?;
        host.remember(Slot::LookedForLegacy, Value::Bool(true));
        // Another call may have taken it over while this one looked.
    }
}

/// What each store holds, read at once; a store whose two values do not fit is read again.
fn look_everywhere(
    client: &Client,
    host: &impl Host,
) -> Run<Vec<(Store, Result<Found, StoreError>)>> {
    let (key, epoch_key) = keys(client);
    let mut items = Vec::new();
    for store in STORES {
        items.push((store, key.as_str()));
        items.push((store, epoch_key.as_str()));
    }
    let mut values = host.read(&items)?.into_iter();
    let mut all = Vec::new();
    for store in STORES {
        let pair = (values.next(), values.next());
        let found = match judged(client, pair) {
            Ok(Some(found)) => Ok(found),
            Ok(None) => look(client, host, store)?,
            Err(error) => Err(error),
        };
        all.push((store, found));
    }
    Ok(all)
}

/// What a record and an epoch amount to; `None` where they do not fit.
fn judged(client: &Client, pair: (Read, Read)) -> Result<Option<Found>, StoreError> {
    let (Some(text), Some(epoch)) = pair else { return Err(StoreError::Unavailable) };
    let Some(text) = text? else {
        let is_empty = matches!(epoch, Ok(None));
        return Ok(Some(if is_empty { Found::Empty } else { Found::Nothing }));
    };
    let Some(record) = Record::read(&text, &client.pool) else {
        return Ok(Some(Found::Unreadable));
    };
    Ok(record.is_valid(epoch?.as_deref()).then_some(Found::Valid(record)))
}

type Read = Option<Result<Option<String>, StoreError>>;

/// What one store holds.
fn look(client: &Client, host: &impl Host, store: Store) -> Run<Result<Found, StoreError>> {
    let (key, epoch_key) = keys(client);
    let mut pauses = [SETTLE_MS, SEEN_MS].into_iter();
    loop {
        let mut values = host.read(&[(store, &key), (store, &epoch_key)])?.into_iter();
        match judged(client, (values.next(), values.next())) {
            Ok(Some(found)) => return Ok(Ok(found)),
            Err(error) => return Ok(Err(error)),
            // Perhaps read in the middle of another tab's sign-in, of which a browser may show one
            // write before the other.
            Ok(None) => {}
        }
        let Some(pause) = pauses.next() else { return Ok(Ok(Found::Nothing)) };
        let _ = host.sleep(pause)?;
    }
}

/// Stores what a refresh of `before` brought, unless the session was ended or replaced meanwhile.
/// Returns what counts now; `Err` with the new session when that is void.
pub(super) fn commit(
    client: &Client,
    host: &impl Host,
    before: &Stored,
    session: Session,
) -> Run<Result<Stored, Box<Session>>> {
    let (store, epoch) = (before.store, before.record.epoch.clone());
    let new = Stored { store, record: Record { session, epoch } };
    if let Ok(Found::Valid(record)) = look(client, host, store)? {
        let stored = Stored { store, record };
        let newer = stored.record.session.issued_at() > new.record.session.issued_at();
        if !stored.is_same(before) && newer {
            return Ok(Ok(stored));
        }
    }
    write(client, host, new)
}

/// Whether a session is still the one of this browser: nobody signed out, or in, since.
pub(in crate::operations) fn is_current(
    client: &Client,
    host: &impl Host,
    stored: &Stored,
) -> Run<bool> {
    if is_over(client, host, stored)? {
        return Ok(false);
    }
    let copy = memory::copy(client, host);
    Ok(copy.is_some_and(|copy| copy.record.epoch == stored.record.epoch))
}

/// Ends the session that the service refused, if it is still the one. Whether it was.
pub(super) fn end(client: &Client, host: &impl Host, refused: &Stored) -> Run<bool> {
    if is_over(client, host, refused)? {
        memory::forget_copy(client, host, refused);
        return Ok(true);
    }
    match look(client, host, refused.store)? {
        Ok(Found::Valid(record)) => {
            if !refused.is_same(&Stored { store: refused.store, record }) {
                return Ok(false);
            }
            clear(client, host, refused.store)?;
        }
        // The store was wiped, nothing there is to be ended; or it fails, and what it holds may be
        // another session by now: a dead one is refused again when it is read again.
        Ok(Found::Nothing | Found::Empty) | Err(_) => {}
        Ok(Found::Unreadable) => {
            clear(client, host, refused.store)?;
        }
    }
    memory::forget_copy(client, host, refused);
    Ok(true)
}

/// Forgets the copy in memory when the record it is of has gone: another tab says that the user
/// signed out, which matters where the store could not take the new epoch.
pub(super) fn drop_copy_if_gone(client: &Client, host: &impl Host) -> Run<()> {
    if let Some(copy) = memory::copy(client, host)
        && copy.store == Store::Lasting
        && matches!(look(client, host, copy.store)?, Ok(Found::Nothing | Found::Empty))
    {
        memory::forget_copy(client, host, &copy);
    }
    Ok(())
}

/// Writes a session of a sign-in that is not over, and keeps a copy: where the store does not take
/// it, this page has it all the same. `Err` when a sign-in or sign-out voided it.
fn write(client: &Client, host: &impl Host, stored: Stored) -> Run<Result<Stored, Box<Session>>> {
    let void = |stored: Stored| {
        memory::forget_copy(client, host, &stored);
        Ok(Err(Box::new(stored.record.session)))
    };
    let is_over_before = judge(client, host, &stored)?;
    if is_over_before == Ok(true) {
        return void(stored);
    }
    memory::keep_copy(client, host, &stored, memory::was_found(host));
    // A store that does not say whose session it has may have another user's: the copy is enough
    // until it does.
    if is_over_before.is_ok() && !matches!(look(client, host, stored.store)?, Ok(Found::Unreadable))
    {
        let key = record::key(&client.pool);
        let text = stored.record.write(&client.pool);
        if host.save(stored.store, &key, &text)?.is_err() {
            let _ = host.save(stored.store, &key, &text)?;
        }
    }
    // SECURITY: whoever signed out between the look and the write has left another epoch by now;
    // whoever does it from here on removes what was just written.
    if is_over(client, host, &stored)? {
        remove_if_same(client, host, &stored)?;
        return void(stored);
    }
    Ok(Ok(stored))
}

fn remove_if_same(client: &Client, host: &impl Host, stored: &Stored) -> Run<()> {
    let key = record::key(&client.pool);
    if let Ok(Some(text)) = host.load(stored.store, &key)?
        && let Some(record) = Record::read(&text, &client.pool)
        && record.epoch == stored.record.epoch
    {
        let _ = host.remove(stored.store, &key)?;
    }
    Ok(())
}

/// Whether the store has gone back behind what this page had: it was wiped, and another tab wrote
/// an older copy.
fn is_older(stored: &Stored, copy: &Stored) -> bool {
    stored.store == copy.store
        && !stored.is_same(copy)
        && stored.record.epoch == copy.record.epoch
        && stored.record.session.issued_at() < copy.record.session.issued_at()
}
