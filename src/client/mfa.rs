//! Second factors of the person who is signed in.

use super::error::Error;
use super::{Client, person};
use crate::platform::Platform;
use crate::protocol::error::Violation;
use crate::protocol::secret::Secret;
use crate::protocol::wire::Call;
use crate::protocol::wire::factors::{self, Factors, Wish};

/// A secret for a new authenticator app, base32.
///
/// # Errors
/// See [`Error`].
pub async fn associate(client: &Client, platform: &impl Platform) -> Result<String, Error> {
    let make = |access: &_| Call::of_person("AssociateSoftwareToken", access);
    let reply = person::ask(client, platform, &make).await?;
    Ok(reply.string("SecretCode").ok_or(Violation::MissingMember("SecretCode"))?)
}

/// Proves the new app with its first code.
///
/// # Errors
/// `Refused` with a code mismatch, whichever way the service says it; else see [`Error`].
pub async fn verify(
    client: &Client,
    platform: &impl Platform,
    code: &Secret<String>,
    friendly_device_name: Option<&str>,
) -> Result<(), Error> {
    let make = |access: &_| factors::verify_software_token(access, code, friendly_device_name);
    let reply = person::ask(client, platform, &make).await?;
    if factors::is_verified(&reply)? {
        return Ok(());
    }
    Err(Error::Refused(Box::new(factors::wrong_code())))
}

/// Turns factors on or off.
///
/// # Errors
/// See [`Error`].
pub async fn set_preference(
    client: &Client,
    platform: &impl Platform,
    wishes: &[(&str, Wish)],
) -> Result<(), Error> {
    let make = |access: &_| factors::set_preference(access, wishes);
    person::ask(client, platform, &make).await.map(drop)
}

/// Factors the person has, as `GetUser` or `GetUserAuthFactors` tells.
///
/// # Errors
/// See [`Error`].
pub async fn factors(
    client: &Client,
    platform: &impl Platform,
    operation: &'static str,
) -> Result<Factors, Error> {
    let make = |access: &_| Call::of_person(operation, access);
    Ok(Factors::read(&person::ask(client, platform, &make).await?))
}
