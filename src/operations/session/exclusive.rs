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
        if self.by != By::Refused {
            host.unlock(&self.right.name(client));
        }
        Ok(())
    }
}

/// Waits for the right to act. A tab that is frozen while it holds the right must not hang the
/// others: it loses it, and its request is not sent any more.
pub(in crate::operations) fn enter(client: &Client, host: &impl Host, right: Right) -> Run<Guard> {
    enter_within(client, host, right, hold_ms(client).saturating_mul(4))
}

/// [`enter`], for a caller with a limit of its own.
pub(super) fn enter_within(
    client: &Client,
    host: &impl Host,
    right: Right,
    wait_ms: u32,
) -> Run<Guard> {
    let mut nonce = [0; 9];
    host.fill_random(&mut nonce);
    let owner = [&text::base64url(&nonce), " "].concat();
    let name = right.name(client);
    let by = match host.lock(&name, wait_ms, hold_ms(client))? {
        Locked::Held if !client.shares_store => mark(client, host, right, &owner)?,
        Locked::Busy => By::Refused,
        // Where there is no lock, or where it does not reach all pages that use the store.
        _ => lease(client, host, right, wait_ms.min(hold_ms(client)), &owner)?,
    };
    Ok(Guard { by, right, owner })
}

/// Says in the store that the lock is held, until what this tab stores is there to be seen.
fn mark(client: &Client, host: &impl Host, right: Right, owner: &str) -> Run<By> {
    let key = right.key(client);
    let found = host.load(Store::Lasting, &key)?.unwrap_or_default();
    let now = host.now();
    let was_left = is_in_force(client, found.as_deref(), now);
    // Where the store refuses, the lock alone has to do.
    let _ = host.save(Store::Lasting, &key, &lease_text(owner, now + lease_ms(client)))?;
    Ok(By::Lock { was_left })
}

/// Writes a lease, waits until every tab that read before has written, and looks whose it is.
fn lease(client: &Client, host: &impl Host, right: Right, wait_ms: u32, owner: &str) -> Run<By> {
    let by = obtain_lease(client, host, right, wait_ms, owner)?;
    if by == By::Refused {
        // The turn among the calls of this page.
        host.unlock(&right.name(client));
    }
    Ok(by)
}

fn obtain_lease(
    client: &Client,
    host: &impl Host,
    right: Right,
    wait_ms: u32,
    owner: &str,
) -> Run<By> {
    let key = right.key(client);
    let mut waited = 0;
    loop {
        let Ok(found) = host.load(Store::Lasting, &key)? else { return Ok(By::Nothing) };
        if is_in_force(client, found.as_deref(), host.now()) {
            if waited >= wait_ms {
                return Ok(By::Refused);
            }
            let mut dice = [0; 1];
            host.fill_random(&mut dice);
            // Seldom in the end: each look makes the call's transcript longer.
            let pause = SETTLE_MS + u32::from(dice[0]) + waited / 8;
            let _ = host.sleep(pause)?;
            waited += pause;
            continue;
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

/// Whether a lease is to be respected.
fn is_in_force(client: &Client, lease: Option<&str>, now: u64) -> bool {
    let until = lease.and_then(|lease| text::whole_number(text::cut(lease, b' ')?.1)).unwrap_or(0);
    // One that ends later than any that is written now dates from another time of the clock.
    until > now && until <= now + lease_ms(client)
}

/// As long as a refresh may take that goes well, with one reply lost.
fn hold_ms(client: &Client) -> u32 {
    client.timeout_ms.saturating_mul(2).saturating_add(SLACK_MS)
}

fn lease_ms(client: &Client) -> u64 {
    u64::from(client.timeout_ms) * 2
}

fn lease_text(owner: &str, until: u64) -> String {
    let mut lease = String::from(owner);
    text::push_integer(&mut lease, until as i64);
    lease
}

/// Longer than a tab needs between reading and writing.
pub(in crate::operations) const SETTLE_MS: u32 = 50;
/// Longer than a browser needs to show other tabs what one has written; seen in WebKit on a busy
/// machine: more than 50 ms.
pub(super) const SEEN_MS: u32 = 200;
/// What a tab needs besides its requests.
const SLACK_MS: u32 = 8_000;
