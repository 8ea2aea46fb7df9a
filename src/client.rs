//! Waits: drives `protocol` over any `Platform`. One file per user task.

pub mod account;
pub mod call;
pub mod devices;
pub mod error;
pub mod keeper;
pub mod sign_in;

use core::cell::RefCell;

use crate::platform::Platform;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Ephemeral;

/// What lives as long as the page: the pool, and an SRP ephemeral made ahead of time.
pub struct Client {
    /// The pool all calls go to.
    pub pool: Pool,
    /// How long one attempt of a request may take, in milliseconds.
    pub timeout_ms: u32,
    spare: RefCell<Option<Ephemeral>>,
}

impl Client {
    /// A client of one pool.
    pub fn new(pool: Pool, timeout_ms: u32) -> Self {
        Self { pool, timeout_ms, spare: RefCell::new(None) }
    }

    /// Does the arithmetic of the next sign-in's first message now, in idle time.
    pub fn prepare(&self, platform: &impl Platform) {
        let mut spare = self.spare.borrow_mut();
        if spare.is_none() {
            let ephemeral = fresh(platform);
            ephemeral.wire();
            *spare = Some(ephemeral);
        }
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
