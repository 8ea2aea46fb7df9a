//! Passkeys: made, listed, deleted, and asked for while signing in.

use super::error::Error;
use super::{Client, person};
use crate::platform::Platform;
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::wire::Call;
use crate::protocol::wire::passkeys::{self as wire, Passkey};

/// Asks the person for a passkey. `mediation` is WebAuthn's own: `conditional` offers it in the
/// autofill of a form instead of a dialog.
///
/// # Errors
/// The service sent no options, or there is no passkey.
pub async fn assertion(
    platform: &impl Platform,
    options: &Value,
    mediation: Option<&str>,
) -> Result<String, Error> {
    if options.str("challenge").is_none() {
        return Err(Violation::MissingMember("CREDENTIAL_REQUEST_OPTIONS").into());
    }
    let request =
        Value::object().with("publicKey", options.clone()).with_some("mediation", mediation);
    Ok(platform.passkey_get(&request).await?)
}

/// Makes a passkey of the person who is signed in, and registers it.
///
/// # Errors
/// See [`Error`]; a passkey the service refused may stay in the authenticator.
pub async fn register(client: &Client, platform: &impl Platform) -> Result<(), Error> {
    let begin = |access: &_| Call::of_person("StartWebAuthnRegistration", access);
    let reply = person::ask(client, platform, &begin).await?;
    let request = Value::object().with("publicKey", wire::creation_options(&reply)?);
    let credential = platform.passkey_create(&request).await?;
    let credential = Value::parse(&credential).unwrap_or(Value::Null);
    let complete = |access: &_| wire::complete_registration(access, credential.clone());
    person::ask(client, platform, &complete).await.map(drop)
}

/// One page of the person's passkeys, and where the next begins.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    platform: &impl Platform,
    limit: Option<f64>,
    next: Option<&str>,
) -> Result<(Vec<Passkey>, Option<String>), Error> {
    let make = |access: &_| wire::list(access, limit, next);
    let reply = person::ask(client, platform, &make).await?;
    let items = reply.get("Credentials").map(Value::items).unwrap_or_default();
    let passkeys: Result<_, _> = items.iter().map(Passkey::read).collect();
    Ok((passkeys?, reply.string("NextToken")))
}

/// Deletes a passkey at the service; the authenticator keeps its half.
///
/// # Errors
/// See [`Error`].
pub async fn delete(client: &Client, platform: &impl Platform, id: &str) -> Result<(), Error> {
    let make = |access: &_| wire::delete(access, id);
    person::ask(client, platform, &make).await.map(drop)
}
