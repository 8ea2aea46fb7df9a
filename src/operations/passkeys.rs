//! Passkeys: made, and asked for while signing in. Listing and deleting are rows of the task table.

use super::error::Attempt;
use super::{Client, call::call, user};
use crate::host::Host;
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::wire::{Call, passkeys as wire};

/// Asks the person for a passkey. `mediation` is WebAuthn's own: `conditional` offers it in the
/// autofill of a form instead of a dialog.
///
/// # Errors
/// The service sent no options, or there is no passkey.
pub fn assertion(host: &impl Host, options: Value, mediation: Option<&str>) -> Attempt<String> {
    if options.str("challenge").is_none() {
        return Err(Violation::MissingMember("CREDENTIAL_REQUEST_OPTIONS").into());
    }
    let request = Value::object().with("publicKey", options).with_some("mediation", mediation);
    Ok(host.passkey_get(request)??)
}

/// Makes a passkey of the person who is signed in, and registers it.
///
/// # Errors
/// See [`super::error::Error`]; a passkey the service refused may stay in the authenticator.
pub fn register(client: &Client, host: &impl Host) -> Attempt<()> {
    let session = user::session(client, host)?;
    let begin = Call::of_person("StartWebAuthnRegistration", &session.access);
    let reply = call(host, &client.pool, client.timeout_ms, &begin)?;
    let request = Value::object().with("publicKey", wire::creation_options(&reply)?);
    let credential = host.passkey_create(request)??;
    let credential = Value::parse(&credential).unwrap_or(Value::Null);
    let complete = wire::complete_registration(&session.access, credential);
    call(host, &client.pool, client.timeout_ms, &complete).map(drop)
}
