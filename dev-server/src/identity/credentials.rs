//! `GetCredentialsForIdentity`.

use super::identities::admit;
use super::login::Logins;
use super::role;
use crate::caller::Caller;
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::IssuedCredentials;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;

/// The input of `GetCredentialsForIdentity`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Get {
    identity_id: String,
    #[serde(default)]
    logins: Logins,
    custom_role_arn: Option<String>,
}

/// Issues credentials of the form that AWS's have.
pub(crate) fn get(server: &Server, _: &Caller, input: Get) -> Answer {
    let (pool, identity, logins) = admit(server, &input.identity_id, &input.logins)?;
    let role_arn = role::choose(pool, &logins, input.custom_role_arn.as_deref())?;
    let expires = server.clock.now() + pool.credential_seconds;
    let credentials = IssuedCredentials {
        access_key: make_access_key()?,
        secret: STANDARD.encode(random::bytes::<30>()?),
        session_token: STANDARD.encode(random::bytes::<600>()?),
        role_arn,
        identity_id: identity.id,
        identity_pool_id: pool.id.clone(),
        provider: logins.first().map(|login| login.provider.provider_name.clone()),
        expires: expires * 1000,
    };
    server.store().put(&credentials)?;
    Ok(json!({
        "IdentityId": credentials.identity_id,
        "Credentials": {
            "AccessKeyId": credentials.access_key,
            "SecretKey": credentials.secret,
            "SessionToken": credentials.session_token,
            "Expiration": expires,
        },
    }))
}

/// `ASIA` and sixteen characters of base32.
fn make_access_key() -> Result<String, Refusal> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bytes = random::bytes::<16>()?;
    let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
    Ok("ASIA".chars().chain(letters.copied().map(char::from)).collect())
}
