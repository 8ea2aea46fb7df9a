//! Sessions of other libraries: adopted, kept in step where that is configured, removed with ours.

use super::stored::Stored;
use crate::host::{Host, Run, Store};
use crate::operations::{Client, devices};
use crate::protocol::record::adopt::{self, Adopted};
use crate::protocol::record::{self, Record};
use crate::protocol::session::Session;

/// Where they may be, the likeliest first.
const PLACES: [Store; 3] = [Store::Lasting, Store::Tab, Store::Cookies];

/// Adopts a session that another library left. Two tabs that do it at once write the same.
pub(super) fn take_over(client: &Client, host: &impl Host) -> Run<()> {
    let pool = &client.pool;
    for (place, user) in last_users(client, host)? {
        let keys = adopt::READ_PARTS.map(|part| adopt::key(pool, &user, part));
        let mut found = [const { None }; 6];
        let values = host.read(&keys.each_ref().map(|key| (place, key.as_str())))?;
        for (slot, value) in found.iter_mut().zip(values) {
            *slot = value.ok().flatten();
        }
        let Some(Adopted { session, device }) = adopt::read(found, pool, host.now()) else {
            continue;
        };
        let store = if place == Store::Tab { Store::Tab } else { Store::Lasting };
        // No new epoch: the sign-in is not new, and a sign-out that comes in between voids it.
        let Ok(epoch) = host.load(store, &record::epoch_key(pool))? else { return Ok(()) };
        let epoch = epoch.unwrap_or_else(|| String::from("adopted"));
        let record = Record { session, epoch };
        let is_free = matches!(host.load(store, &record::key(pool))?, Ok(None));
        if is_free && host.save(store, &record::key(pool), &record.write(pool))?.is_err() {
            return Ok(());
        }
        if let Some(device) = device {
            for login in [&user, &record.session.username] {
                devices::save(client, host, login, &device)?;
            }
        }
        if !client.keeps_legacy {
            remove_of(client, host, place, &user)?;
        }
        return Ok(());
    }
    Ok(())
}

/// Removes what other libraries have of the user who was signed in before, or writes the new
/// session there.
pub(super) fn settle(client: &Client, host: &impl Host, stored: &Stored) -> Run<()> {
    remove(client, host)?;
    keep_in_step(client, host, stored.store, &stored.record.session)
}

/// Writes a session as the other libraries would, where the application configured that.
pub(super) fn keep_in_step(
    client: &Client,
    host: &impl Host,
    store: Store,
    session: &Session,
) -> Run<()> {
    if client.keeps_legacy {
        for (key, value) in adopt::layout(session, &client.pool) {
            let _ = host.save(store, &key, &value)?;
        }
    }
    Ok(())
}

/// Removes what would bring a session back that has ended.
pub(super) fn remove(client: &Client, host: &impl Host) -> Run<()> {
    for (place, user) in last_users(client, host)? {
        remove_of(client, host, place, &user)?;
    }
    Ok(())
}

fn remove_of(client: &Client, host: &impl Host, place: Store, user: &str) -> Run<()> {
    for part in adopt::SESSION_PARTS {
        let _ = host.remove(place, &adopt::key(&client.pool, user, part))?;
    }
    let _ = host.remove(place, &adopt::last_user_key(&client.pool))?;
    Ok(())
}

/// The places where another library has a user, with the name.
fn last_users(client: &Client, host: &impl Host) -> Run<Vec<(Store, String)>> {
    let key = adopt::last_user_key(&client.pool);
    let mut users = Vec::new();
    for (place, user) in
        PLACES.into_iter().zip(host.read(&PLACES.map(|place| (place, key.as_str())))?)
    {
        if let Ok(Some(user)) = user
            && !user.is_empty()
        {
            users.push((place, user));
        }
    }
    Ok(users)
}
