//! What the signed-in person's own calls have in common.

use super::error::Error;
use super::keeper::{Held, Wanted};
use super::{Client, keeper};
use crate::platform::Platform;
use crate::protocol::session::Session;

/// The live session of whoever is signed in.
///
/// # Errors
/// `SignedOut` when nobody is; else what the keeper says.
pub async fn session(client: &Client, platform: &impl Platform) -> Result<Session, Error> {
    keeper::session(client, platform).await?.ok_or(Error::SignedOut)
}

/// Whoever is signed in, with tokens that can be used, and where their session lies.
///
/// # Errors
/// What the keeper says.
pub async fn held(client: &Client, platform: &impl Platform) -> Result<Option<Held>, Error> {
    keeper::held(client, platform, &Wanted::default()).await
}
