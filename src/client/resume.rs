//! Half-finished sign-ins that outlive the page, where the application asks for that: one record in
//! the tab's own store. Never a password, an SRP value, a code or the secret of a new authenticator.

use maybe_async::maybe_async;

use super::Client;
use super::sign_in::Question;
use crate::platform::{Platform, Store};
use crate::protocol::json::Value;
use crate::protocol::record;
use crate::protocol::sign_in::Pending;
use crate::protocol::text;

/// Gives a question its handle, and keeps it for a reload of the page.
#[maybe_async]
pub async fn keep(
    client: &Client,
    platform: &impl Platform,
    pending: Pending,
    store: Store,
    id: Option<String>,
) -> Question {
    let id = id.unwrap_or_else(|| {
        let mut bytes = [0; 12];
        platform.fill_random(&mut bytes);
        text::hex(&bytes)
    });
    if let Some(valid_ms) = client.resume_ms {
        let entry = Value::object()
            .with("id", id.as_str())
            .with("until", platform.now().saturating_add(valid_ms))
            .with("store", store.name())
            .with("pending", pending.write_stored());
        let mut entries = entries(client, platform).await;
        entries.retain(|entry| entry.str("id") != Some(&id));
        entries.push(entry);
        let extra = entries.len().saturating_sub(MAX_ENTRIES);
        save(client, platform, entries.split_off(extra)).await;
    }
    Question { id, pending, store }
}

/// Every sign-in of this tab that can still go on, oldest first.
#[maybe_async]
pub async fn all(client: &Client, platform: &impl Platform) -> Vec<Question> {
    let question = |entry: &Value| {
        Some(Question {
            id: entry.string("id")?,
            pending: Pending::read(entry.get("pending")?)?,
            store: store_of(entry.str("store")?)?,
        })
    };
    entries(client, platform).await.iter().filter_map(question).collect()
}

/// Drops a question that was answered or cancelled.
#[maybe_async]
pub async fn forget(client: &Client, platform: &impl Platform, id: &str) {
    if client.resume_ms.is_none() {
        return;
    }
    let mut entries = entries(client, platform).await;
    entries.retain(|entry| entry.str("id") != Some(id));
    save(client, platform, entries).await;
}

/// What is stored and not over yet. The service ends its session after a while, so that an older
/// question cannot be answered any more.
#[maybe_async]
async fn entries(client: &Client, platform: &impl Platform) -> Vec<Value> {
    let Some(valid_ms) = client.resume_ms else { return Vec::new() };
    let stored = platform.load(Store::Tab, &key(client)).await.ok().flatten();
    let Some(record) = stored.and_then(|stored| Value::parse(&stored)) else { return Vec::new() };
    if record.number("v") != Some(VERSION) || record.str("pool") != Some(client.pool.id()) {
        return Vec::new();
    }
    let now = platform.now();
    // A time further away than it can be was written by another clock.
    let latest = now.saturating_add(valid_ms);
    let is_live = |entry: &&Value| {
        entry.number("until").is_some_and(|until| until > now as f64 && until <= latest as f64)
    };
    let list = record.get("entries").map(Value::items).unwrap_or_default();
    list.iter().filter(is_live).cloned().collect()
}

#[maybe_async]
async fn save(client: &Client, platform: &impl Platform, entries: Vec<Value>) {
    // A store that refuses costs a resumption, not the sign-in.
    let _ = if entries.is_empty() {
        platform.remove(Store::Tab, &key(client)).await
    } else {
        let record = Value::object()
            .with("v", VERSION)
            .with("pool", client.pool.id())
            .with("entries", entries);
        platform.save(Store::Tab, &key(client), &record.write()).await
    };
}

fn key(client: &Client) -> String {
    record::pending_key(&client.pool)
}

fn store_of(name: &str) -> Option<Store> {
    [Store::Lasting, Store::Tab, Store::Memory].into_iter().find(|store| store.name() == name)
}

const VERSION: f64 = 1.0;

/// More than any person has at once.
const MAX_ENTRIES: usize = 16;
