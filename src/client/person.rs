//! What the signed-in person's own calls have in common.

use super::call::call;
use super::error::Error;
use super::{Client, keeper};
use crate::platform::Platform;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::session::Session;
use crate::protocol::wire::Call;

/// The live session of whoever is signed in.
///
/// # Errors
/// `SignedOut` when nobody is; else what the keeper says.
pub async fn session(client: &Client, platform: &impl Platform) -> Result<Session, Error> {
    keeper::session(client, platform).await?.ok_or(Error::SignedOut)
}

/// Sends a call that is made of the access token. One function for all such calls, so that the
/// wasm carries its waiting once.
///
/// # Errors
/// See [`Error`].
pub async fn ask(
    client: &Client,
    platform: &impl Platform,
    make: &dyn Fn(&Secret<String>) -> Call,
) -> Result<Value, Error> {
    let session = session(client, platform).await?;
    call(platform, &client.pool, client.timeout_ms, &make(&session.access)).await
}
