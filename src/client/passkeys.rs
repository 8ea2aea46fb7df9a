//! Passkeys: made, and asked for while signing in. Listing and deleting are rows of the task table.

use maybe_async::maybe_async;

use super::error::Error;
#[cfg(feature = "account")]
use super::{Client, call::call, person};
use crate::platform::Platform;
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
#[cfg(feature = "account")]
use crate::protocol::wire::{Call, passkeys as wire};

/// Asks the person for a passkey. `mediation` is WebAuthn's own: `conditional` offers it in the
/// autofill of a form instead of a dialog.
///
/// # Errors
/// The service sent no options, or there is no passkey.
#[maybe_async]
pub async fn assertion(
    platform: &impl Platform,
    options: Value,
    mediation: Option<&str>,
) -> Result<String, Error> {
    if options.str("challenge").is_none() {
        return Err(Violation::MissingMember("CREDENTIAL_REQUEST_OPTIONS").into());
    }
    let request = Value::object().with("publicKey", options).with_some("mediation", mediation);
    Ok(platform.passkey_get(&request).await?)
}

/// Makes a passkey of the person who is signed in, and registers it.
///
/// # Errors
/// See [`Error`]; a passkey the service refused may stay in the authenticator.
#[cfg(feature = "account")]
pub async fn register(client: &Client, platform: &impl Platform) -> Result<(), Error> {
    let session = person::session(client, platform).await?;
    let begin = Call::of_person("StartWebAuthnRegistration", &session.access);
    let reply = call(platform, &client.pool, client.timeout_ms, &begin).await?;
    let request = Value::object().with("publicKey", wire::creation_options(&reply)?);
    let credential = platform.passkey_create(&request).await?;
    let credential = Value::parse(&credential).unwrap_or(Value::Null);
    let complete = wire::complete_registration(&session.access, credential);
    call(platform, &client.pool, client.timeout_ms, &complete).await.map(drop)
}
