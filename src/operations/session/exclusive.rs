//! One tab at a time: a lock of the browser, or a lease in the store where there are no locks.

use crate::host::{Host, Locked, Run, Store};
use crate::operations::Client;
use crate::protocol::text;

/// What one tab at a time may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::operations) enum Right {
    /// Spend the refresh token.
    Refresh,
    /// Fetch AWS credentials.
    Credentials,
}

impl Right {
    /// Name of the browser's lock.
    fn name(self, client: &Client) -> String {
        let name = match self {
            Self::Refresh => ".refresh",
            Self::Credentials => ".credentials",
        };
        ["lifeguard.", client.pool.client_id(), name].concat()
    }

    /// Name of the lease in the store.
    fn key(self, client: &Client) -> String {
        let name = match self {
            Self::Refresh => ".lease",
            Self::Credentials => ".credentials-lease",
        };
        ["lifeguard.", client.pool.client_id(), name].concat()
    }
}

/// The right to act for the whole browser, as far as it could be had.
pub(in crate::operations) struct Guard {
    pub(super) by: By,
    right: Right,
    owner: String,
    is_locked: bool,
}

/// How the right was had.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// By a lock of the browser.
    Lock {
        /// Whether the last holder's lease was still there: it died, or what it stored is on its
        /// way to this tab.
        was_left: bool,
    },
    /// By a lease: all tabs respect it, but a tab that was frozen may not know that it has expired.
    Lease,
    /// The store cannot carry a lease: what is read before a write decides.
    Nothing,
    /// Not at all: other tabs had it all the time.
    Refused,
}

impl Guard {
    /// Whether the browser gave the right, perhaps before it shows what the last holder stored.
    pub(in crate::operations) fn is_shared(&self) -> bool {
        matches!(self.by, By::Lock { .. })
    }

    /// Gives the right back.
    pub(in crate::operations) fn leave(self, client: &Client, host: &impl Host) -> Run<()> {
        let key = self.right.key(client);
        if matches!(self.by, By::Lock { .. } | By::Lease)
            && let Ok(Some(lease)) = host.load(Store::Lasting, &key)?
            && lease.starts_with(self.owner.as_str())
        {
            let _ = host.remove(Store::Lasting, &key)?;
        }
        if self.is_locked {
            host.unlock(&self.right.name(client));
        }
        Ok(())
    }
}

/// Waits for the right to act. A tab that is frozen while it holds the lock must not hang the
/// others: when its lease has expired too, they go on.
pub(in crate::operations) fn enter(client: &Client, host: &impl Host, right: Right) -> Run<Guard> {
    // As long as a refresh may take that goes well, with one reply lost.
    let wait_ms = client.timeout_ms.saturating_mul(2).saturating_add(SLACK_MS);
    enter_within(client, host, right, wait_ms, client.timeout_ms)
}

/// [`enter`], for a caller with limits of its own: for the lock, and for a lease beyond a lock that
/// stayed busy.
pub(super) fn enter_within(
    client: &Client,
    host: &impl Host,
    right: Right,
    wait_ms: u32,
    busy_wait_ms: u32,
) -> Run<Guard> {
    let mut nonce = [0; 9];
    host.fill_random(&mut nonce);
    let owner = [&text::base64url(&nonce), " "].concat();
    let locked = host.lock(&right.name(client), wait_ms)?;
    let by = match locked {
        Locked::Held => mark(client, host, right, wait_ms, &owner)?,
        Locked::Busy => lease(client, host, right, busy_wait_ms, &owner)?,
        Locked::Missing => lease(client, host, right, wait_ms, &owner)?,
    };
    Ok(Guard { by, right, owner, is_locked: locked != Locked::Busy })
}

/// Says in the store that the lock is held, for tabs that cannot have it. A lease that was taken
/// without the lock is respected; one that a holder of the lock left means nothing any more.
fn mark(client: &Client, host: &impl Host, right: Right, wait_ms: u32, owner: &str) -> Run<By> {
    let Some(found) = free_lease(client, host, right, wait_ms, |lease| {
        if lease.ends_with(UNDER_LOCK) { None } else { end_of(lease) }
    })?
    else {
        return Ok(By::Refused);
    };
    let Ok(found) = found else { return Ok(By::Lock { was_left: false }) };
    let (now, duration) = (host.now(), lease_ms(client));
    let was_left = found
        .as_deref()
        .filter(|lease| lease.ends_with(UNDER_LOCK))
        .and_then(end_of)
        .is_some_and(|until| until > now && until <= now + duration);
    let text = [&lease_text(owner, now + duration), UNDER_LOCK].concat();
    // Where the store refuses, the lock alone has to do.
    let _ = host.save(Store::Lasting, &right.key(client), &text)?;
    Ok(By::Lock { was_left })
}

/// Writes a lease, waits until every tab that read before has written, and looks whose it is.
fn lease(client: &Client, host: &impl Host, right: Right, wait_ms: u32, owner: &str) -> Run<By> {
    let key = right.key(client);
    let mut waited = 0;
    loop {
        let Some(found) = free_lease(client, host, right, wait_ms, end_of)? else {
            return Ok(By::Refused);
        };
        if found.is_err() {
            return Ok(By::Nothing);
        }
        let text = lease_text(owner, host.now() + lease_ms(client));
        if host.save(Store::Lasting, &key, &text)?.is_err() {
            return Ok(By::Nothing);
        }
        let _ = host.sleep(SEEN_MS)?;
        match host.load(Store::Lasting, &key)? {
            Ok(Some(found)) if found == text => return Ok(By::Lease),
            // A store that does not keep what it takes would have this go on for ever.
            Ok(None) if waited >= wait_ms => return Ok(By::Nothing),
            Ok(_) => waited += SEEN_MS,
            Err(_) => return Ok(By::Nothing),
        }
    }
}

/// Waits until no lease is in force: what the store holds then, or its failure; `None` where one
/// was in force all the time. `end` tells until when a lease is to be respected.
fn free_lease(
    client: &Client,
    host: &impl Host,
    right: Right,
    wait_ms: u32,
    end: impl Fn(&str) -> Option<u64>,
) -> Run<Option<Result<Option<String>, ()>>> {
    let key = right.key(client);
    let mut waited = 0;
    loop {
        let Ok(found) = host.load(Store::Lasting, &key)? else { return Ok(Some(Err(()))) };
        let now = host.now();
        let until = found.as_deref().and_then(&end).unwrap_or(0);
        // One that ends later than any that is written now dates from another time of the clock.
        if until <= now || until > now + lease_ms(client) {
            return Ok(Some(Ok(found)));
        }
        if waited >= wait_ms {
            return Ok(None);
        }
        let mut dice = [0; 1];
        host.fill_random(&mut dice);
        let pause = SETTLE_MS + u32::from(dice[0]);
        let _ = host.sleep(pause)?;
        waited += pause;
    }
}

fn lease_ms(client: &Client) -> u64 {
    u64::from(client.timeout_ms) * 2
}

fn lease_text(owner: &str, until: u64) -> String {
    let mut lease = String::from(owner);
    text::push_integer(&mut lease, until as i64);
    lease
}

/// When a lease ends.
fn end_of(lease: &str) -> Option<u64> {
    let until = text::cut(lease, b' ')?.1;
    text::whole_number(until.strip_suffix(UNDER_LOCK).unwrap_or(until))
}

const UNDER_LOCK: &str = " lock";
/// Longer than a tab needs between reading and writing.
pub(in crate::operations) const SETTLE_MS: u32 = 50;
/// Longer than a browser needs to show other tabs what one has written; seen in WebKit on a busy
/// machine: more than 50 ms.
pub(super) const SEEN_MS: u32 = 200;
/// What a tab needs besides its requests.
const SLACK_MS: u32 = 8_000;
