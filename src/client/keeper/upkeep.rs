//! What lies on the shelf, as a page that goes on with it reads, replaces and ends it. Each write is
//! one record; what decides between tabs that write at once is the epoch beside it.

use super::exclusive::{SEEN_MS, SETTLE_MS};
use super::legacy;
use super::shelf::{Held, STORES, clear, is_over, judge, keys};
use crate::client::Client;
use crate::client::error::Error;
use crate::platform::{Platform, Store, StoreError};
use crate::protocol::record::{self, Record};
use crate::protocol::session::Session;

impl Held {
    /// Whether both hold the same access token of the same sign-in.
    pub(super) fn is_same(&self, other: &Held) -> bool {
        self.record.epoch == other.record.epoch
            && self.record.session.is_same(&other.record.session)
    }
}

/// What a store says.
enum Found {
    Valid(Record),
    /// A record of an epoch that is over, or nothing.
    Nothing,
    /// Something that is not ours to judge or replace.
    Unreadable,
}

/// The session of this browser. The copy in memory stands in for a store that fails or was wiped;
/// only a sign-out, which leaves another epoch, makes it void.
pub(super) async fn read(client: &Client, platform: &impl Platform) -> Result<Option<Held>, Error> {
    let mut failed = false;
    for store in STORES {
        let record = match look(client, platform, store).await {
            Ok(Found::Valid(record)) => record,
            Ok(_) => continue,
            Err(_) => {
                failed = true;
                continue;
            }
        };
        let found = Held { store, record };
        let copy = client.keeper.held.borrow().clone();
        return Ok(match copy {
            Some(copy) if is_older(&found, &copy) => write(client, platform, copy).await.ok(),
            _ => {
                client.keeper.held.replace(Some(found.clone()));
                Some(found)
            }
        });
    }
    let copy = client.keeper.held.borrow().clone();
    let Some(copy) = copy else {
        if failed {
            return Err(Error::Store);
        }
        if client.keeper.looked_for_legacy.get() {
            return Ok(None);
        }
        legacy::take_over(client, platform).await;
        client.keeper.looked_for_legacy.set(true);
        // Another caller may have taken it over while this one looked.
        return Box::pin(read(client, platform)).await;
    };
    match write(client, platform, copy).await {
        Ok(held) => Ok(Some(held)),
        // That sign-in is over; whether there is another cannot be told.
        Err(_) if failed => Err(Error::Store),
        Err(_) => Ok(None),
    }
}

/// Stores what a refresh of `before` brought, unless the session was ended or replaced meanwhile.
/// Returns what counts now; `Err` with the new session when that is void.
pub(super) async fn commit(
    client: &Client,
    platform: &impl Platform,
    before: &Held,
    session: Session,
) -> Result<Held, Box<Session>> {
    let (store, epoch) = (before.store, before.record.epoch.clone());
    let new = Held { store, record: Record { session, epoch } };
    if let Ok(Found::Valid(record)) = look(client, platform, store).await {
        let stored = Held { store, record };
        let newer = stored.record.session.issued_at() > new.record.session.issued_at();
        if !stored.is_same(before) && newer {
            return Ok(stored);
        }
    }
    write(client, platform, new).await
}

/// Whether a session is still the one of this browser: nobody signed out, or in, since.
pub(in crate::client) async fn is_current(
    client: &Client,
    platform: &impl Platform,
    held: &Held,
) -> bool {
    if is_over(client, platform, held).await {
        return false;
    }
    let copy = client.keeper.held.borrow();
    copy.as_ref().is_some_and(|copy| copy.record.epoch == held.record.epoch)
}

/// Ends the session that the service refused, if it is still the one. Whether it was.
pub(super) async fn end(client: &Client, platform: &impl Platform, refused: &Held) -> bool {
    if is_over(client, platform, refused).await {
        forget_copy(client, refused);
        return true;
    }
    match look(client, platform, refused.store).await {
        Ok(Found::Valid(record)) => {
            if !refused.is_same(&Held { store: refused.store, record }) {
                return false;
            }
            clear(client, platform, refused.store).await;
        }
        // The store was wiped, nothing there is to be ended; or it does not say what is there, which may
        // be somebody else's session by now: a dead one is refused again when it is read again.
        Ok(Found::Nothing) | Err(_) => {}
        Ok(Found::Unreadable) => {
            clear(client, platform, refused.store).await;
        }
    }
    forget_copy(client, refused);
    true
}

/// Forgets the copy in memory when the record it is of has gone: another tab says that somebody
/// signed out, which matters where the store could not take the new epoch.
pub(super) async fn drop_copy_if_gone(client: &Client, platform: &impl Platform) {
    let Some(copy) = client.keeper.held.borrow().clone() else { return };
    if copy.store == Store::Lasting
        && matches!(look(client, platform, copy.store).await, Ok(Found::Nothing))
    {
        forget_copy(client, &copy);
    }
}

async fn look(
    client: &Client,
    platform: &impl Platform,
    store: Store,
) -> Result<Found, StoreError> {
    let (key, epoch_key) = keys(client);
    let mut pauses = [SETTLE_MS, SEEN_MS].into_iter();
    loop {
        let Some(text) = platform.load(store, &key).await? else { return Ok(Found::Nothing) };
        let Some(record) = Record::read(&text, &client.pool) else { return Ok(Found::Unreadable) };
        if record.is_valid(platform.load(store, &epoch_key).await?.as_deref()) {
            return Ok(Found::Valid(record));
        }
        // Perhaps read in the middle of another tab's sign-in, of which a browser may show one write
        // before the other.
        let Some(pause) = pauses.next() else { return Ok(Found::Nothing) };
        let _ = platform.sleep(pause).await;
    }
}

/// Writes a session of a sign-in that is not over, and keeps a copy: where the store will not have
/// it, this page has it all the same. `Err` when a sign-in or sign-out voided it.
async fn write(
    client: &Client,
    platform: &impl Platform,
    held: Held,
) -> Result<Held, Box<Session>> {
    let void = |held: Held| {
        forget_copy(client, &held);
        Err(Box::new(held.record.session))
    };
    let is_over_before = judge(client, platform, &held).await;
    if is_over_before == Ok(true) {
        return void(held);
    }
    client.keeper.held.replace(Some(held.clone()));
    // A store that does not say whose session it has may have somebody else's: the copy is enough
    // until it does.
    if is_over_before.is_ok()
        && !matches!(look(client, platform, held.store).await, Ok(Found::Unreadable))
    {
        let key = record::key(&client.pool);
        let text = held.record.write(&client.pool);
        if platform.save(held.store, &key, &text).await.is_err() {
            let _ = platform.save(held.store, &key, &text).await;
        }
    }
    // SECURITY: whoever signed out between the look and the write has left another epoch by now;
    // whoever does it from here on removes what was just written.
    if is_over(client, platform, &held).await {
        remove_if_same(client, platform, &held).await;
        return void(held);
    }
    Ok(held)
}

async fn remove_if_same(client: &Client, platform: &impl Platform, held: &Held) {
    let key = record::key(&client.pool);
    if let Ok(Some(text)) = platform.load(held.store, &key).await
        && let Some(record) = Record::read(&text, &client.pool)
        && record.epoch == held.record.epoch
    {
        let _ = platform.remove(held.store, &key).await;
    }
}

fn forget_copy(client: &Client, copy: &Held) {
    let mut held = client.keeper.held.borrow_mut();
    if held.as_ref().is_some_and(|held| held.record.epoch == copy.record.epoch) {
        *held = None;
    }
}

/// Whether the store has gone back behind what this page had: it was wiped, and another tab wrote
/// an older copy.
fn is_older(stored: &Held, copy: &Held) -> bool {
    stored.store == copy.store
        && !stored.is_same(copy)
        && stored.record.epoch == copy.record.epoch
        && stored.record.session.issued_at() < copy.record.session.issued_at()
}
