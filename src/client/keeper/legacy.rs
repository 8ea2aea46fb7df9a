//! Sessions of other libraries: taken over, kept in step where that is asked for, removed with ours.

use super::Held;
use crate::client::{Client, devices};
use crate::platform::{Platform, Store};
use crate::protocol::record::adopt::{self, Adopted};
use crate::protocol::record::{self, Record};
use crate::protocol::session::Session;

/// Where they may be, the likeliest first.
const PLACES: [Store; 3] = [Store::Lasting, Store::Tab, Store::Cookies];

/// Takes over a session another library left. Two tabs that do it at once write the same.
pub(super) async fn take_over(client: &Client, platform: &impl Platform) {
    let pool = &client.pool;
    for place in PLACES {
        let Some(user) = last_user(client, platform, place).await else { continue };
        let mut found = [const { None }; 6];
        for (slot, part) in found.iter_mut().zip(adopt::READ_PARTS) {
            let key = adopt::key(pool, &user, part);
            *slot = platform.load(place, &key).await.ok().flatten();
        }
        let Some(Adopted { session, device }) = adopt::read(found, pool, platform.now()) else {
            continue;
        };
        let store = if place == Store::Tab { Store::Tab } else { Store::Lasting };
        // No new epoch: the sign-in is not new, and a sign-out that comes in between voids it.
        let Ok(epoch) = platform.load(store, &record::epoch_key(pool)).await else { return };
        let epoch = epoch.unwrap_or_else(|| String::from("adopted"));
        let record = Record { session, epoch };
        let is_free = matches!(platform.load(store, &record::key(pool)).await, Ok(None));
        if is_free && platform.save(store, &record::key(pool), &record.write(pool)).await.is_err() {
            return;
        }
        if let Some(device) = device {
            for login in [&user, &record.session.username] {
                devices::save(client, platform, login, &device).await;
            }
        }
        if !client.keeps_legacy {
            remove_of(client, platform, place, &user).await;
        }
        return;
    }
}

/// Removes what other libraries have of whoever was signed in before, or writes the new session
/// there.
pub(super) async fn settle(client: &Client, platform: &impl Platform, held: &Held) {
    remove(client, platform).await;
    keep_in_step(client, platform, held.store, &held.record.session).await;
}

/// Writes a session as the other libraries would, where the application wants that.
pub(super) async fn keep_in_step(
    client: &Client,
    platform: &impl Platform,
    store: Store,
    session: &Session,
) {
    if client.keeps_legacy {
        for (key, value) in adopt::layout(session, &client.pool) {
            let _ = platform.save(store, &key, &value).await;
        }
    }
}

/// Removes what would bring a session back that has ended.
pub(super) async fn remove(client: &Client, platform: &impl Platform) {
    for place in PLACES {
        if let Some(user) = last_user(client, platform, place).await {
            remove_of(client, platform, place, &user).await;
        }
    }
}

async fn remove_of(client: &Client, platform: &impl Platform, place: Store, user: &str) {
    for part in adopt::SESSION_PARTS {
        let _ = platform.remove(place, &adopt::key(&client.pool, user, part)).await;
    }
    let _ = platform.remove(place, &adopt::last_user_key(&client.pool)).await;
}

async fn last_user(client: &Client, platform: &impl Platform, place: Store) -> Option<String> {
    let key = adopt::last_user_key(&client.pool);
    platform.load(place, &key).await.ok()?.filter(|user| !user.is_empty())
}
