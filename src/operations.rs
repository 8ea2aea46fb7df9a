//! What users do, one file per task: plain functions over a [`Host`] that put the steps of
//! `protocol` in order. A function suspends where it needs an effect; `?` hands that on.

pub mod account;
pub mod admin;
pub mod call;
pub mod credentials;
pub mod devices;
pub mod error;
pub mod events;
mod failure;
pub mod passkeys;
pub mod redirect;
pub mod session;
pub mod sign_in;
pub mod signing;
pub mod tasks;
pub mod user;

#[cfg(test)]
mod tests;

use crate::host::Host;
use crate::protocol::group::Arithmetic;
use crate::protocol::identity::IdentityPool;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Ephemeral;

/// What the application configured: a pool and its app client.
pub struct Client {
    /// The pool that requests go to.
    pub pool: Pool,
    /// How long one attempt of a request may take, in milliseconds.
    pub timeout_ms: u32,
    /// The identity pool that credentials come from, where there is one.
    pub identity: Option<IdentityPool>,
    /// Whether the stored session of other libraries is kept in step with ours.
    pub keeps_legacy: bool,
    /// A name for this browser, for lists of devices.
    pub device_name: String,
    /// An ephemeral that was computed ahead of time.
    pub spare: Option<Ephemeral>,
}

impl Client {
    /// A client of one pool.
    pub fn new(pool: Pool, timeout_ms: u32) -> Self {
        let device_name = String::from("browser");
        Self { pool, timeout_ms, identity: None, keeps_legacy: false, device_name, spare: None }
    }

    /// An ephemeral for one conversation: the one made ahead of time, else a new one.
    pub fn ephemeral(&self, host: &impl Host) -> Ephemeral {
        self.spare.clone().unwrap_or_else(|| fresh(host))
    }
}

/// 256 random bits: what RFC 5054, section 2.5.4 asks for.
fn fresh(host: &impl Host) -> Ephemeral {
    let mut a = vec![0; 32];
    host.fill_random(&mut a);
    Ephemeral::new(Secret::new(a))
}

/// Arithmetic that a call does once: its results are in the transcript.
struct Remembered<'a, H>(&'a H);

impl<H: Host> Arithmetic for Remembered<'_, H> {
    fn power(&self, inputs: &[&[u8]], work: &dyn Fn() -> Vec<u8>) -> Vec<u8> {
        self.0.compute(inputs, work)
    }
}
