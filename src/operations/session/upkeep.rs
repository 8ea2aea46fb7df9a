//! The stored session, as a page that goes on with it reads, replaces and ends it. Each write is
//! one record; what decides between tabs that write at once is the epoch beside it.

use super::exclusive::{SEEN_MS, SETTLE_MS};
use super::stored::{ATTEMPTS, STORES, Stored, end_all, is_over, keys};
use super::{legacy, memory};
use crate::host::{Host, Run, Slot, Store, StoreError};
use crate::operations::Client;
use crate::operations::error::{Attempt, Error};
use crate::protocol::json::Value;
use crate::protocol::record::Record;
use crate::protocol::session::Session;

impl Stored {
    /// Whether both hold the same access token of the same sign-in.
    pub(super) fn is_same(&self, other: &Stored) -> bool {
        self.record.epoch == other.record.epoch
            && self.record.session.is_same(&other.record.session)
    }
}

/// What a store holds.
struct Looked {
    found: Found,
    /// The record's text and the epoch, as they were read.
    text: Option<String>,
    epoch: Option<String>,
}

enum Found {
    Valid(Record),
    /// A record of an epoch that is over, or nothing.
    Nothing,
    /// Neither record nor epoch: nobody signed in here, or the store was cleared as a whole.
    Empty,
    /// Something that is not ours to judge or replace.
    Unreadable,
}

impl Looked {
    /// For a change of the store that must still hold what was read.
    fn expected<'a>(&'a self, keys: &'a (String, String)) -> [(&'a str, Option<&'a str>); 2] {
        [(&keys.0, self.text.as_deref()), (&keys.1, self.epoch.as_deref())]
    }

    /// Whether it ends a session: a sign-in or sign-out left another epoch, or the store was cleared
    /// as a whole, by the application or the user. A single key that another script removed is
    /// written back.
    fn ends(&self, host: &impl Host, stored: &Stored) -> bool {
        !stored.record.is_valid(self.epoch.as_deref())
            || (matches!(self.found, Found::Empty) && memory::was_found(host))
    }
}

/// The session of this browser. The copy in memory stands in for a store that fails or was wiped;
/// only a sign-out, which leaves another epoch, makes it void.
///
/// # Errors
/// `Store` where a store fails and no copy stands in.
pub(super) fn read(client: &Client, host: &impl Host) -> Attempt<Option<Stored>> {
    'look: loop {
        let mut failed = false;
        for (store, looked) in look_everywhere(client, host)? {
            let Ok(looked) = looked else {
                failed = true;
                continue;
            };
            if let Some(copy) = memory::copy(client, host)
                && copy.store == store
                && looked.ends(host, &copy)
            {
                memory::forget_copy(client, host, &copy);
            }
            let Found::Valid(record) = looked.found else { continue };
            let found = Stored { store, record };
            let copy = memory::copy(client, host).filter(|copy| is_older(&found, copy));
            let Some(copy) = copy else {
                memory::keep_copy(client, host, &found, true);
                return Ok(Some(found));
            };
            match write(client, host, copy, None)? {
                Ok(stored) => return Ok(Some(stored)),
                // Somebody signed in or out meanwhile.
                Err(_) => continue 'look,
            }
        }
        if let Some(copy) = memory::copy(client, host) {
            match write(client, host, copy, None)? {
                Ok(stored) => return Ok(Some(stored)),
                // That sign-in is over; whether there is another cannot be known.
                Err(_) if failed => return Err(Error::Store.into()),
                Err(_) => continue,
            }
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
) -> Run<Vec<(Store, Result<Looked, StoreError>)>> {
    let (key, epoch_key) = keys(client);
    let mut items = Vec::new();
    for store in STORES {
        items.push((store, key.as_str()));
        items.push((store, epoch_key.as_str()));
    }
    let mut values = host.read(&items)?.into_iter();
    let mut all = Vec::new();
    for store in STORES {
        let looked = match judged(client, (values.next(), values.next())) {
            Ok((_, false)) => look(client, host, store)?,
            Ok((looked, true)) => Ok(looked),
            Err(error) => Err(error),
        };
        all.push((store, looked));
    }
    Ok(all)
}

/// What a record and an epoch amount to, and whether they fit.
fn judged(client: &Client, pair: (Read, Read)) -> Result<(Looked, bool), StoreError> {
    let (Some(text), Some(epoch)) = pair else { return Err(StoreError::Unavailable) };
    // One without the other tells nothing: a store that was cleared would be written to.
    let (text, epoch) = (text?, epoch?);
    let Some(written) = &text else {
        let found = if epoch.is_none() { Found::Empty } else { Found::Nothing };
        return Ok((Looked { found, text, epoch }, true));
    };
    let Some(record) = Record::read(written, &client.pool) else {
        return Ok((Looked { found: Found::Unreadable, text, epoch }, true));
    };
    let fits = record.is_valid(epoch.as_deref());
    let found = if fits { Found::Valid(record) } else { Found::Nothing };
    Ok((Looked { found, text, epoch }, fits))
}

type Read = Option<Result<Option<String>, StoreError>>;

/// What one store holds.
fn look(client: &Client, host: &impl Host, store: Store) -> Run<Result<Looked, StoreError>> {
    let (key, epoch_key) = keys(client);
    let mut pauses = [SETTLE_MS, SEEN_MS].into_iter();
    loop {
        let mut values = host.read(&[(store, &key), (store, &epoch_key)])?.into_iter();
        let looked = match judged(client, (values.next(), values.next())) {
            Ok((looked, true)) => return Ok(Ok(looked)),
            Err(error) => return Ok(Err(error)),
            // Perhaps read in the middle of another tab's sign-in, of which a browser may show one
            // write before the other.
            Ok((looked, false)) => looked,
        };
        let Some(pause) = pauses.next() else { return Ok(Ok(looked)) };
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
    write(client, host, Stored { store, record: Record { session, epoch } }, Some(before))
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

/// Ends the session that the service refused, if it is still the one. Whether it was; `None` where
/// the store fails: what it holds may be another session by now. A dead one is refused again when
/// it is read again.
pub(super) fn end(client: &Client, host: &impl Host, refused: &Stored) -> Run<Option<bool>> {
    let keys = keys(client);
    for attempt in 0..ATTEMPTS {
        let Ok(looked) = look(client, host, refused.store)? else { return Ok(None) };
        match &looked.found {
            _ if looked.ends(host, refused) => break,
            Found::Valid(record) if !record.session.is_same(&refused.record.session) => {
                return Ok(Some(false));
            }
            Found::Valid(_) | Found::Unreadable => {}
            // The store was wiped, nothing there is to be ended.
            Found::Nothing | Found::Empty => break,
        }
        // What another tab stores between the look and this stays.
        if end_all(client, host, refused.store, &looked.expected(&keys), attempt)? == Ok(true) {
            break;
        }
    }
    Ok(Some(true))
}

/// Forgets the copy in memory when another tab says that the user signed out, unless its store holds
/// a session: it may have failed to take the new epoch, or fail now.
pub(super) fn drop_copy_if_gone(client: &Client, host: &impl Host) -> Run<()> {
    let Some(copy) = memory::copy(client, host).filter(|copy| copy.store == Store::Lasting) else {
        return Ok(());
    };
    let looked = look(client, host, copy.store)?;
    if !matches!(looked, Ok(Looked { found: Found::Valid(_), .. })) {
        memory::forget_copy(client, host, &copy);
    }
    Ok(())
}

/// Writes a session of a sign-in that is not over, and keeps a copy: where the store does not take
/// it, this page has it all the same. Where another tab has stored a newer one, that one counts.
/// `before`: what was refreshed, for tokens that have just come; a copy of this page counts only
/// where the store has gone back behind it. `Err` when a sign-in or sign-out voided it.
fn write(
    client: &Client,
    host: &impl Host,
    stored: Stored,
    before: Option<&Stored>,
) -> Run<Result<Stored, Box<Session>>> {
    let keys = keys(client);
    let text = stored.record.write(&client.pool);
    let new = [(&*keys.0, Some(&*text))];
    let mut has_failed = false;
    for _ in 0..ATTEMPTS {
        let looked = look(client, host, stored.store)?;
        match memory::copy(client, host).filter(|copy| copy.record.epoch == stored.record.epoch) {
            // Another call of this page came to have it during the look.
            Some(copy) if is_older(&stored, &copy) => return write(client, host, copy, None),
            Some(_) => {}
            // This page has forgotten it, or has another: only the store can bring it back.
            None if !matches!(looked, Ok(Looked { found: Found::Valid(_), .. })) => {
                return void(client, host, stored);
            }
            None => {}
        }
        let Ok(looked) = looked else {
            // A store that does not say whose session it has may have another user's: the copy is
            // enough until it does.
            memory::keep_copy(client, host, &stored, memory::was_found(host));
            return Ok(Ok(stored));
        };
        let was_found = memory::was_found(host) || matches!(looked.found, Found::Valid(_));
        if looked.ends(host, &stored) {
            return void(client, host, stored);
        }
        if let Found::Valid(record) = &looked.found {
            let found = Stored { store: stored.store, record: record.clone() };
            let counts = match before {
                Some(before) => {
                    !found.is_same(before)
                        && found.record.session.is_newer_than(&stored.record.session)
                }
                None => !is_older(&found, &stored),
            };
            if counts {
                memory::keep_copy(client, host, &found, true);
                return Ok(Ok(found));
            }
        }
        memory::keep_copy(client, host, &stored, was_found);
        if matches!(looked.found, Found::Unreadable) {
            break;
        }
        match host.write(stored.store, &looked.expected(&keys), &new)? {
            Ok(false) => {}
            // A full store stays full: once more is enough, where another tab's write is not in the way.
            Err(_) if !has_failed => has_failed = true,
            _ => break,
        }
    }
    // SECURITY: whoever signed out between the look and the write has left another epoch by now;
    // whoever does it from here on removes what was just written.
    if is_over(client, host, &stored)? {
        let _ = host.write(stored.store, &new, &[(&keys.0, None)])?;
        return void(client, host, stored);
    }
    Ok(Ok(stored))
}

/// Forgets what a sign-in or sign-out voided.
fn void(client: &Client, host: &impl Host, stored: Stored) -> Run<Result<Stored, Box<Session>>> {
    memory::forget_copy(client, host, &stored);
    Ok(Err(Box::new(stored.record.session)))
}

/// Whether the store has gone back behind what this page had: it was wiped, and another tab wrote
/// an older copy.
fn is_older(stored: &Stored, copy: &Stored) -> bool {
    stored.store == copy.store
        && !stored.is_same(copy)
        && stored.record.epoch == copy.record.epoch
        && copy.record.session.is_newer_than(&stored.record.session)
}
