//! What the page remembers of its session from one call to the next, as data in the host's slots.

use super::Stored;
use crate::host::{Host, Slot, Store};
use crate::operations::Client;
use crate::operations::error::Error;
use crate::protocol::json::Value;
use crate::protocol::record::Record;
use crate::protocol::session::Cooling;

/// The session as this page last had it: it stands in for a store that fails or was wiped.
pub(super) fn copy(client: &Client, host: &impl Host) -> Option<Stored> {
    let copy = host.recall(Slot::Copy);
    let record = Record::read(copy.str("record")?, &client.pool)?;
    let store = match copy.str("store") {
        Some("memory") => Store::Memory,
        Some("session") => Store::Tab,
        _ => Store::Lasting,
    };
    Some(Stored { store, record })
}

/// Keeps a copy of the session. `was_found`: its store was seen to hold it.
pub(super) fn keep_copy(client: &Client, host: &impl Host, stored: &Stored, was_found: bool) {
    let copy = Value::object()
        .with("store", stored.store.name())
        .with("record", stored.record.write(&client.pool))
        .with("found", was_found);
    host.remember(Slot::Copy, copy);
}

/// Whether the store of the copy was seen to hold it: a store that keeps nothing never is.
pub(super) fn was_found(host: &impl Host) -> bool {
    host.recall(Slot::Copy).is_true("found")
}

/// Forgets the copy, if it is of this sign-in.
pub(super) fn forget_copy(client: &Client, host: &impl Host, of: &Stored) {
    if copy(client, host).is_some_and(|copy| copy.record.epoch == of.record.epoch) {
        host.remember(Slot::Copy, Value::Null);
    }
}

/// A refresh token that failed, until when it is left alone, and the failure.
pub(super) fn cooling(host: &impl Host) -> Option<(Cooling, Value)> {
    let value = host.recall(Slot::Cooling);
    Some((Cooling::read(&value)?, value.get("failure")?.clone()))
}

/// Remembers that a refresh failed.
pub(super) fn cool(host: &impl Host, cooling: &Cooling, failure: Value) {
    host.remember(Slot::Cooling, cooling.write().with("failure", failure));
}

/// Forgets the failure: something has changed.
pub(super) fn thaw(host: &impl Host) {
    host.remember(Slot::Cooling, Value::Null);
}

/// Why a token must not be retried yet.
pub(super) fn cooling_of(host: &impl Host, token: &str, now: u64) -> Option<Error> {
    let (cooling, failure) = cooling(host)?;
    (cooling.is_of(token) && cooling.is_on(now)).then_some(Error::Cooling(failure))
}
