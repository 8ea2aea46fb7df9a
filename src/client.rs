//! Waits: drives `protocol` over any `Platform`. One file per user task.

#[cfg(feature = "account")]
pub mod account;
#[cfg(feature = "account")]
pub mod admin;
pub mod call;
#[cfg(feature = "account")]
pub mod credentials;
pub mod devices;
pub mod error;
#[cfg(feature = "account")]
pub mod events;
pub mod keeper;
pub mod passkeys;
#[cfg(feature = "account")]
pub mod person;
#[cfg(feature = "account")]
pub mod redirect;
pub mod sign_in;
#[cfg(feature = "account")]
pub mod signing;
#[cfg(feature = "account")]
pub mod tasks;

#[cfg(test)]
#[cfg(feature = "account")]
mod tests;

use core::cell::RefCell;

use crate::platform::Platform;
#[cfg(feature = "account")]
use crate::platform::Store;
use crate::protocol::identity::IdentityPool;
use crate::protocol::pool::Pool;
#[cfg(feature = "account")]
use crate::protocol::record::Record;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Ephemeral;

/// What lives as long as the page: the pool, and an SRP ephemeral made ahead of time.
pub struct Client {
    /// The pool all calls go to.
    pub pool: Pool,
    /// How long one attempt of a request may take, in milliseconds.
    pub timeout_ms: u32,
    spare: RefCell<Option<Ephemeral>>,
    /// The identity pool that credentials come from, where there is one.
    pub identity: Option<IdentityPool>,
    /// Credentials as they are stored, should the store fail.
    #[cfg(feature = "account")]
    credentials: RefCell<Option<Secret<String>>>,
    /// Whether what other libraries read is kept in step with the session.
    pub keeps_legacy: bool,
    /// What is known of the session.
    pub keeper: keeper::Keeper,
}

impl Client {
    /// A client of one pool.
    pub fn new(pool: Pool, timeout_ms: u32) -> Self {
        Self {
            pool,
            timeout_ms,
            identity: None,
            #[cfg(feature = "account")]
            credentials: RefCell::new(None),
            keeps_legacy: false,
            spare: RefCell::new(None),
            keeper: keeper::Keeper::default(),
        }
    }

    /// Takes over what the page knew before this client was there: the stored record its handlers
    /// count with, empty for none, so that the first look tells what has changed since. `held_in`: the
    /// page signed that person in itself, and has the session also where this store loses it.
    #[cfg(feature = "account")]
    pub fn assume(&self, record: &str, held_in: Option<Store>) {
        let held = Record::read(record, &self.pool)
            .map(|record| keeper::Held { store: held_in.unwrap_or(Store::Lasting), record });
        if record.is_empty() || held.is_some() {
            self.keeper.events.assume(held.as_ref());
        }
        if held_in.is_some() {
            self.keeper.hold(held);
        }
    }

    /// Takes an ephemeral that was made ahead of time elsewhere.
    pub fn lend(&self, spare: Option<Ephemeral>) {
        *self.spare.borrow_mut() = spare;
    }

    /// Gives the one made ahead of time to somebody else.
    pub fn take_back(&self) -> Option<Ephemeral> {
        self.spare.borrow_mut().take()
    }

    /// An ephemeral for one conversation: the prepared one, else one whose arithmetic is done when
    /// it is first needed.
    pub fn ephemeral(&self, platform: &impl Platform) -> Ephemeral {
        self.spare.borrow_mut().take().unwrap_or_else(|| fresh(platform))
    }
}

/// 256 random bits: what RFC 5054, section 2.5.4 asks for.
fn fresh(platform: &impl Platform) -> Ephemeral {
    let mut a = vec![0; 32];
    platform.fill_random(&mut a);
    Ephemeral::new(Secret::new(a))
}
