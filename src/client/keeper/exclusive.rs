//! One tab at a time: a lock of the browser, or a lease in the store where there are no locks.

use crate::client::Client;
use crate::platform::{Locked, Platform, Store};
use crate::protocol::text;

/// The right to act for the whole browser, as far as it could be had.
pub(super) enum Guard<L> {
    Lock {
        _held: L,
    },
    Lease {
        owner: String,
    },
    /// Nobody promises anything: what is read before a write decides.
    None,
}

impl<L> Guard<L> {
    /// Whether no other tab can be at the same work.
    pub(super) fn is_exclusive(&self) -> bool {
        matches!(self, Self::Lock { .. })
    }

    /// Gives the right back.
    pub(super) async fn leave(self, client: &Client, platform: &impl Platform) {
        if let Self::Lease { owner } = &self
            && let Ok(Some(lease)) = platform.load(Store::Lasting, &key(client)).await
            && lease.starts_with(owner.as_str())
        {
            let _ = platform.remove(Store::Lasting, &key(client)).await;
        }
    }
}

/// Waits for the right to act, and goes on without it after `wait_ms`: a frozen tab must not hang
/// the others.
pub(super) async fn enter<P: Platform>(
    client: &Client,
    platform: &P,
    wait_ms: u32,
) -> Guard<P::Lock> {
    let name = ["lifeguard.", client.pool.client_id(), ".refresh"].concat();
    match platform.lock(&name, wait_ms).await {
        Locked::Held(held) => Guard::Lock { _held: held },
        Locked::Busy => Guard::None,
        Locked::Missing => lease(client, platform, wait_ms).await,
    }
}

/// Writes a lease, waits until every tab that read before has written, and looks whose it is.
async fn lease<P: Platform>(client: &Client, platform: &P, wait_ms: u32) -> Guard<P::Lock> {
    let key = key(client);
    let mut nonce = [0; 9];
    platform.fill_random(&mut nonce);
    let owner = [&text::base64url(&nonce), " "].concat();
    let duration = u64::from(client.timeout_ms) * 2;
    let mut waited = 0;
    while waited <= wait_ms {
        let Ok(found) = platform.load(Store::Lasting, &key).await else { return Guard::None };
        let now = platform.now();
        let until = found.as_deref().and_then(end_of).unwrap_or(0);
        // One that ends later than any that is written now dates from another time of the clock.
        let mut pause = SETTLE_MS;
        if until > now && until <= now + duration {
            let mut dice = [0; 1];
            platform.fill_random(&mut dice);
            pause += u32::from(dice[0]);
        } else {
            let mut lease = owner.clone();
            text::push_integer(&mut lease, (now + duration) as i64);
            if platform.save(Store::Lasting, &key, &lease).await.is_err()
                || platform.sleep(SETTLE_MS).await.is_err()
            {
                return Guard::None;
            }
            match platform.load(Store::Lasting, &key).await {
                Ok(Some(found)) if found == lease => return Guard::Lease { owner },
                Ok(_) => {}
                Err(_) => return Guard::None,
            }
        }
        if platform.sleep(pause).await.is_err() {
            return Guard::None;
        }
        waited += pause;
    }
    Guard::None
}

fn end_of(lease: &str) -> Option<u64> {
    lease.split_once(' ')?.1.parse().ok()
}

fn key(client: &Client) -> String {
    ["lifeguard.", client.pool.client_id(), ".lease"].concat()
}

/// Longer than a tab needs between reading and writing.
const SETTLE_MS: u32 = 50;
