//! One tab at a time: a lock of the browser, or a lease in the store where there are no locks.

use maybe_async::maybe_async;

use crate::client::Client;
use crate::platform::{Locked, Platform, Store};
use crate::protocol::text;

/// What one tab at a time may do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::client) enum Right {
    /// Spend the refresh token.
    Refresh,
    /// Fetch AWS credentials.
    #[cfg(feature = "account")]
    Credentials,
}

impl Right {
    fn name(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            #[cfg(feature = "account")]
            Self::Credentials => "credentials",
        }
    }

    /// Name of the lease in the store.
    fn key(self, client: &Client) -> String {
        let name = match self {
            Self::Refresh => ".lease",
            #[cfg(feature = "account")]
            Self::Credentials => ".credentials-lease",
        };
        ["lifeguard.", client.pool.client_id(), name].concat()
    }
}

/// The right to act for the whole browser, as far as it could be had.
pub(in crate::client) enum Guard<L> {
    /// By a lock of the browser.
    Lock {
        /// The lock.
        _held: L,
        owner: String,
        right: Right,
        /// Whether the last holder's lease was still to be seen: it died, or what it stored is on its
        /// way to this tab.
        was_left: bool,
    },
    /// By a lease: all tabs respect it, but a tab that was frozen may not know that it is over.
    Lease { owner: String, right: Right },
    /// The store cannot carry a lease: what is read before a write decides.
    Unguarded,
    /// Others are at it all the time.
    Refused,
}

impl<L> Guard<L> {
    /// Whether the browser gave the right, perhaps before it shows what the last holder stored.
    pub(in crate::client) fn is_shared(&self) -> bool {
        matches!(self, Self::Lock { .. })
    }

    /// Gives the right back.
    #[maybe_async]
    pub(in crate::client) async fn leave(self, client: &Client, platform: &impl Platform) {
        if let Self::Lease { owner, right } | Self::Lock { owner, right, .. } = &self
            && let key = right.key(client)
            && let Ok(Some(lease)) = platform.load(Store::Lasting, &key).await
            && lease.starts_with(owner.as_str())
        {
            let _ = platform.remove(Store::Lasting, &key).await;
        }
    }
}

/// As long as a refresh may take that goes well, with one reply lost.
fn wait_ms(client: &Client) -> u32 {
    client.timeout_ms.saturating_mul(2).saturating_add(SLACK_MS)
}

/// Waits for the right to act. A tab that is frozen while it holds the lock must not hang the
/// others: when its lease has run out too, they go on.
#[maybe_async]
pub(in crate::client) async fn enter<P: Platform>(
    client: &Client,
    platform: &P,
    right: Right,
) -> Guard<P::Lock> {
    enter_within(client, platform, right, wait_ms(client)).await
}

/// [`enter`], for somebody with a patience of their own.
#[maybe_async]
pub(super) async fn enter_within<P: Platform>(
    client: &Client,
    platform: &P,
    right: Right,
    wait_ms: u32,
) -> Guard<P::Lock> {
    let name = ["lifeguard.", client.pool.client_id(), ".", right.name()].concat();
    let mut nonce = [0; 9];
    platform.fill_random(&mut nonce);
    let owner = [&text::base64url(&nonce), " "].concat();
    let locked = platform.lock(&name, wait_ms).await;
    let (wait_ms, by) = match &locked {
        // Whoever died with the lock in hand has left a lease that means nothing now.
        Locked::Held(_) => (wait_ms, By::Lock),
        Locked::Busy => (client.timeout_ms, By::Lease),
        Locked::Missing => (wait_ms, By::Lease),
    };
    match (lease(client, platform, right, wait_ms, &owner, by).await, locked) {
        (Won::Nothing, _) => Guard::Refused,
        (won, Locked::Held(held)) => {
            let was_left = matches!(won, Won::Mark { was_left: true });
            Guard::Lock { _held: held, owner, right, was_left }
        }
        (Won::Lease, _) => Guard::Lease { owner, right },
        (Won::Unguarded | Won::Mark { .. }, _) => Guard::Unguarded,
    }
}

/// What came of asking for a lease.
enum Won {
    Lease,
    /// The lock is held, and says so in the store.
    Mark {
        was_left: bool,
    },
    /// The store cannot carry one.
    Unguarded,
    /// Others are at it all the time.
    Nothing,
}

/// What a lease stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Lock,
    Lease,
}

/// Writes a lease, waits until every tab that read before has written, and looks whose it is.
#[maybe_async]
async fn lease(
    client: &Client,
    platform: &impl Platform,
    right: Right,
    wait_ms: u32,
    owner: &str,
    by: By,
) -> Won {
    let key = right.key(client);
    let duration = u64::from(client.timeout_ms) * 2;
    let mut waited = 0;
    loop {
        let Ok(found) = platform.load(Store::Lasting, &key).await else { return Won::Unguarded };
        let now = platform.now();
        let until = found.as_deref().and_then(|lease| end_of(lease, by)).unwrap_or(0);
        // One that ends later than any that is written now dates from another time of the clock.
        if until > now && until <= now + duration {
            if waited >= wait_ms {
                return Won::Nothing;
            }
            let mut dice = [0; 1];
            platform.fill_random(&mut dice);
            let pause = SETTLE_MS + u32::from(dice[0]);
            let _ = platform.sleep(pause).await;
            waited += pause;
            continue;
        }
        let mut lease = String::from(owner);
        text::push_integer(&mut lease, (now + duration) as i64);
        if by == By::Lock {
            lease.push_str(UNDER_LOCK);
        }
        if platform.save(Store::Lasting, &key, &lease).await.is_err() {
            return Won::Unguarded;
        }
        if by == By::Lock {
            let was_left = found.as_deref().and_then(|lease| end_of(lease, By::Lease));
            return Won::Mark { was_left: was_left.is_some_and(|until| until > now) };
        }
        let _ = platform.sleep(SEEN_MS).await;
        match platform.load(Store::Lasting, &key).await {
            Ok(Some(found)) if found == lease => {
                return Won::Lease;
            }
            // A store that does not keep what it takes would have this go on for ever.
            Ok(None) if waited >= wait_ms => return Won::Unguarded,
            Ok(_) => waited += SEEN_MS,
            Err(_) => return Won::Unguarded,
        }
    }
}

/// When a lease ends that has to be respected: who holds the lock respects only those that were
/// taken without it.
fn end_of(lease: &str, by: By) -> Option<u64> {
    let until = text::cut(lease, b' ')?.1;
    match (until.strip_suffix(UNDER_LOCK), by) {
        (Some(_), By::Lock) => None,
        (Some(until), By::Lease) => text::whole_number(until),
        (None, _) => text::whole_number(until),
    }
}

const UNDER_LOCK: &str = " lock";
/// Longer than a tab needs between reading and writing.
pub(in crate::client) const SETTLE_MS: u32 = 50;
/// Longer than a browser needs to show other tabs what one has written; seen in WebKit on a busy
/// machine: more than 50 ms.
pub(super) const SEEN_MS: u32 = 200;
/// What a tab needs besides its requests.
const SLACK_MS: u32 = 8_000;
