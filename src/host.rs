//! The effects: everything the core needs from the outside world, on one page. An operation is a
//! plain function over a [`Host`]. It runs until it needs an effect whose result is not known yet;
//! then it **suspends**, the host performs the effect, and the operation runs again from its
//! beginning. [`crate::transcript`] remembers what is known.

#[cfg(test)]
pub(crate) mod fake;

use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;

/// The operation needs an effect that has not been performed yet. It carries nothing: all that can
/// be done with it is to leave the function by `?`.
#[derive(Debug)]
pub struct Suspended(());

/// What a function returns that cannot fail, only suspend.
pub type Run<T> = Result<T, Suspended>;

impl Suspended {
    /// Only whoever keeps a transcript knows that an effect is missing.
    pub(crate) fn new() -> Self {
        Self(())
    }
}

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The device is offline.
    Offline,
    /// The request or its reply was lost: connection, name lookup, TLS, CORS.
    Network,
    /// No reply in time.
    TimedOut,
    /// The application aborted the call.
    Aborted,
    /// Not sent: the lock that it was to be sent under is lost, or held for too long.
    Unlocked,
}

impl SendError {
    /// The error of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Offline, Self::Network, Self::TimedOut, Self::Aborted, Self::Unlocked];
        all.into_iter().find(|error| error.name() == name)
    }

    /// The name that hosts answer with.
    pub fn name(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Network => "network",
            Self::TimedOut => "timeout",
            Self::Aborted => "aborted",
            Self::Unlocked => "unlocked",
        }
    }
}

/// Why a store did not read or write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// It threw, or is switched off.
    Unavailable,
    /// It did not answer in time.
    TimedOut,
}

impl StoreError {
    /// The error of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Unavailable, Self::TimedOut].into_iter().find(|error| error.name() == name)
    }

    /// The name that hosts answer with.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timeout",
        }
    }
}

/// Why there is no passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyError {
    /// This browser, page or authenticator does not support it.
    NotSupported,
    /// The user declined, or the time ran out: browsers do not say which.
    Cancelled,
    /// This authenticator has a passkey of the account already.
    AlreadyRegistered,
    /// The page's origin does not belong to the relying party.
    WrongRelyingParty,
    /// The time ran out, where the browser does say so.
    TimedOut,
    /// The application aborted the ceremony.
    Aborted,
    /// The authenticator or the browser failed: a retry may succeed.
    Failed,
}

impl PasskeyError {
    /// The error of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [
            Self::NotSupported,
            Self::Cancelled,
            Self::AlreadyRegistered,
            Self::WrongRelyingParty,
            Self::TimedOut,
            Self::Aborted,
            Self::Failed,
        ];
        all.into_iter().find(|error| error.name() == name)
    }

    /// The name that hosts answer with.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSupported => "notSupported",
            Self::Cancelled => "cancelled",
            Self::AlreadyRegistered => "alreadyRegistered",
            Self::WrongRelyingParty => "wrongRelyingParty",
            Self::TimedOut => "timedOut",
            Self::Aborted => "aborted",
            Self::Failed => "failed",
        }
    }
}

/// The stores of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Outlives the browser: `localStorage`, or the application's own adapter.
    Lasting,
    /// Ends with the tab: `sessionStorage`.
    Tab,
    /// Ends with the page.
    Memory,
    /// The page's cookies, read for sessions that other libraries left there.
    Cookies,
}

impl Store {
    /// The store of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Lasting, Self::Tab, Self::Memory, Self::Cookies];
        all.into_iter().find(|store| store.name() == name)
    }

    /// The name that hosts and applications use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lasting => "local",
            Self::Tab => "session",
            Self::Memory => "memory",
            Self::Cookies => "cookies",
        }
    }
}

/// The result of waiting for a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// No other tab holds it until [`Host::unlock`], or until the call ends.
    Held,
    /// Another tab held it all the time.
    Busy,
    /// This browser has no locks. No other call of this page holds it.
    Missing,
}

impl Locked {
    /// The name that hosts answer with.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Busy => "busy",
            Self::Missing => "missing",
        }
    }
}

/// Values that outlive a call: what the page remembers for this pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The stored session that event handlers know of: record text, `""` for nobody.
    Seen,
    /// Epoch of the session that ended last.
    Over,
    /// The status that was emitted last.
    Status,
    /// The session as this page last had it, where a store fails: `{ store, record }`.
    Copy,
    /// The refresh token that failed, when to retry it, and the failure.
    Cooling,
    /// Whether the pool lacks `GetTokensFromRefreshToken`.
    ByFlow,
    /// Whether sessions of other libraries were looked for.
    LookedForLegacy,
    /// AWS credentials, where a store fails: text as it is stored.
    Credentials,
}

impl Slot {
    /// Its member of the state object.
    pub fn name(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Over => "over",
            Self::Status => "status",
            Self::Copy => "copy",
            Self::Cooling => "cooling",
            Self::ByFlow => "byFlow",
            Self::LookedForLegacy => "lookedForLegacy",
            Self::Credentials => "credentials",
        }
    }
}

/// The outside world as one call sees it.
pub trait Host {
    /// Sends a request and reads the whole reply, whatever its status.
    fn send(&self, request: &HttpRequest) -> Run<Result<HttpResponse, SendError>>;

    /// Unix time of this device, in milliseconds.
    fn now(&self) -> u64;

    /// Fills with bytes fit for keys.
    fn fill_random(&self, bytes: &mut [u8]);

    /// The result of arithmetic that is not cheap, computed once in a call. `inputs` are what it
    /// follows from.
    fn compute(&self, inputs: &[&[u8]], work: &dyn Fn() -> Vec<u8>) -> Vec<u8>;

    /// Waits; ends early with `Aborted` when the application aborts the call.
    fn sleep(&self, ms: u32) -> Run<Result<(), SendError>>;

    /// Reads several values, in this order.
    fn read(&self, items: &[(Store, &str)]) -> Run<Vec<Result<Option<String>, StoreError>>>;

    /// Changes values of a store in this order; `None` removes one, and nothing to remove is fine.
    /// Where a value is not as `expected` (`None`: absent), nothing is changed, and the result is
    /// `false`: compared and changed in one step of the page. An error may leave some changed.
    fn write(
        &self,
        store: Store,
        expected: &[(&str, Option<&str>)],
        changes: &[(&str, Option<&str>)],
    ) -> Run<Result<bool, StoreError>>;

    /// Takes a lock that no other tab or call can hold at the same time; waits for it no longer
    /// than `wait_ms`. A tab that holds it for `hold_ms` while another waits is frozen: it loses the
    /// lock. Requests that a call sends while it holds the lock end within that time, or are not
    /// sent: [`SendError::Unlocked`].
    fn lock(&self, name: &str, wait_ms: u32, hold_ms: u32) -> Run<Locked>;

    /// Releases a lock.
    fn unlock(&self, name: &str);

    /// From now on no abort signal ends an effect of this call, or again it does.
    fn detach(&self, is_detached: bool);

    /// Emits a session event to the page's own handlers: `{ type, … }`. Never a token.
    fn notify(&self, event: Value);

    /// Sends a message to the other tabs. Never a secret.
    fn broadcast(&self, message: &str);

    /// Prompts the user for a passkey. `{ publicKey, mediation? }` and the credential are in their
    /// JSON form.
    fn passkey_get(&self, request: Value) -> Run<Result<String, PasskeyError>>;

    /// Creates a passkey. `{ publicKey }` and the credential are in their JSON form.
    fn passkey_create(&self, request: Value) -> Run<Result<String, PasskeyError>>;

    /// Whether one of the keys at a URL signed a token by RS256; the key is found by the token's
    /// key id. An error where the keys could not be loaded.
    fn verify_signature(&self, token: &str, keys: &str) -> Run<Result<bool, SendError>>;

    /// What the page remembers; `Null` for nothing.
    fn recall(&self, slot: Slot) -> Value;

    /// Changes what the page remembers; `Null` forgets.
    fn remember(&self, slot: Slot, value: Value);

    /// Reads one value.
    fn load(&self, store: Store, key: &str) -> Run<Result<Option<String>, StoreError>> {
        let mut values = self.read(&[(store, key)])?;
        Ok(values.pop().unwrap_or(Err(StoreError::Unavailable)))
    }

    /// Writes one value.
    fn save(&self, store: Store, key: &str, value: &str) -> Run<Result<(), StoreError>> {
        Ok(self.write(store, &[], &[(key, Some(value))])?.map(|_| ()))
    }

    /// Removes one value.
    fn remove(&self, store: Store, key: &str) -> Run<Result<(), StoreError>> {
        Ok(self.write(store, &[], &[(key, None)])?.map(|_| ()))
    }
}
