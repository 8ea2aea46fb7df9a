//! What JavaScript sees, of each module one thing: of the account module a class with one method, of
//! the one that signs people in a function. Data in, data out; no decision about a sign-in.
//! `js/core.ts` has the operations of both.

#[cfg(feature = "account")]
mod account;
mod error;
#[cfg(feature = "account")]
mod redirect;
#[cfg(feature = "sign-in")]
mod sign_in;
mod types;
#[cfg(feature = "account")]
mod value;

#[cfg(feature = "account")]
pub use account::Core;
#[cfg(feature = "sign-in")]
pub use sign_in::{prepare, step};

use crate::client::Client;
use crate::protocol::error::Misuse;
use crate::protocol::pool::Pool;
use types::Input;

/// The client of `{ userPoolId, clientId, endpoint?, timeoutMs? }`.
fn open(config: &Input) -> Result<Client, Misuse> {
    if config.is_true("clientSecret") {
        return Err(Misuse(
            "a browser cannot keep a client secret: use an app client that has none",
        ));
    }
    let (id, client_id) = (config.text("userPoolId")?, config.text("clientId")?);
    let pool = Pool::parse(&id, &client_id, config.optional("endpoint").as_deref())?;
    let timeout_ms = config.number("timeoutMs").map_or(DEFAULT_TIMEOUT_MS, |ms| ms as u32);
    Ok(Client::new(pool, timeout_ms))
}

const DEFAULT_TIMEOUT_MS: u32 = 15_000;
