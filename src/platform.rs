//! Everything the SDK needs from the world, on one page. `browser` implements it with web APIs, the
//! tests with a simulated world.

#[cfg(test)]
#[cfg(feature = "account")]
pub(crate) mod fake;

use maybe_async::maybe_async;

use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;

/// Why there is no reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The device says it is offline.
    Offline,
    /// The request or its reply was lost: connection, name lookup, TLS, CORS.
    Network,
    /// No reply in time.
    TimedOut,
    /// The application ended the call.
    Aborted,
}

/// Why a store did not do as told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// It threw, or is switched off.
    Unavailable,
    /// It did not answer in time.
    TimedOut,
}

/// Why there is no passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyError {
    /// This browser, page or authenticator cannot do it.
    NotSupported,
    /// The person said no, or the time ran out: browsers do not tell which.
    Cancelled,
    /// This authenticator has a passkey of the account already.
    AlreadyRegistered,
    /// The page's origin does not belong to the relying party.
    WrongRelyingParty,
    /// The time ran out, where the browser does tell.
    TimedOut,
    /// The application ended the ceremony.
    Aborted,
    /// The authenticator or the browser failed: another try may go better.
    Failed,
}

/// Which of the stores a value is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Survives the browser: `localStorage`, or the application's own adapter.
    Lasting,
    /// Ends with the tab: `sessionStorage`.
    Tab,
    /// Ends with the page.
    Memory,
    /// The page's cookies, read for sessions that other libraries left there.
    Cookies,
}

impl Store {
    /// The name applications know it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tab => "session",
            Self::Memory => "memory",
            Self::Lasting | Self::Cookies => "local",
        }
    }
}

/// What came of asking for a lock.
pub enum Locked<L> {
    /// Nobody else holds it until this is dropped.
    Held(L),
    /// Somebody held it all the time.
    Busy,
    /// This browser has no locks.
    Missing,
}

/// The world as one call sees it: the abort signal of the call is part of it.
#[maybe_async(AFIT)]
#[allow(async_fn_in_trait, reason = "everything runs on the page's one thread")]
pub trait Platform: Sized {
    /// A lock that is given back when it is dropped, or its page ends.
    type Lock;

    /// Sends a request and reads the whole reply, whatever its status.
    async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, SendError>;

    /// Unix time of this device, in milliseconds.
    fn now(&self) -> u64;

    /// Fills with bytes fit for keys.
    fn fill_random(&self, bytes: &mut [u8]);

    /// Waits; ends early with `Aborted` when the application ends the call.
    async fn sleep(&self, ms: u32) -> Result<(), SendError>;

    /// Reads a value.
    async fn load(&self, store: Store, key: &str) -> Result<Option<String>, StoreError>;

    /// Writes a value in one step.
    async fn save(&self, store: Store, key: &str, value: &str) -> Result<(), StoreError>;

    /// Removes a value; nothing there is fine.
    async fn remove(&self, store: Store, key: &str) -> Result<(), StoreError>;

    /// Takes a lock that no other tab can hold at the same time; waits for it no longer than
    /// `wait_ms`.
    async fn lock(&self, name: &str, wait_ms: u32) -> Locked<Self::Lock>;

    /// The same world for work that several callers share: no abort signal ends it.
    fn detached(&self) -> Self;

    /// Tells the page's own event handlers: `{ type, … }`. Never a token.
    fn notify(&self, event: Value);

    /// Tells the other tabs. Never a secret.
    fn broadcast(&self, message: &str);

    /// Asks the person for a passkey. `{ publicKey, mediation? }` and the credential are in their
    /// JSON form.
    async fn passkey_get(&self, request: &Value) -> Result<String, PasskeyError>;

    /// Makes a new passkey. `{ publicKey }` and the credential are in their JSON form.
    async fn passkey_create(&self, request: &Value) -> Result<String, PasskeyError>;

    /// Whether one of the keys at an address signed a token by RS256; the key is found by the token's
    /// key id. Without the keys nobody knows.
    async fn verify_signature(&self, token: &str, keys: &str) -> Result<bool, SendError>;

    /// What the service's threat-protection script says of this browser, when it is on the page.
    fn context_data(&self, username: &str, pool_id: &str, client_id: &str) -> Option<String>;

    /// A name for this browser, for lists of devices.
    fn device_name(&self) -> String;
}
