//! Who signed a request, by the keys that this server knows: those of the configuration, and those that identity pools issued.

use crate::clock::Clock;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::sigv4::{self, AssumedRole, Keys, Request, Signer};
use crate::store::IssuedCredentials;

/// Believes a signed request, or says why not.
///
/// # Errors
/// As [`sigv4::verify`].
pub(crate) fn verify(
    server: &Server,
    request: &Request,
    services: &[&str],
) -> Result<Signer, Refusal> {
    // Other people's clocks are set by the machine's, or by the Date header that this server sends.
    let clocks = [Clock::machine(), server.clock.now()];
    sigv4::verify(request, services, &clocks, |access_key| find(server, access_key))
}

/// Looks a key up; nothing when nobody has it.
fn find(server: &Server, access_key: &str) -> Result<Option<Keys>, Refusal> {
    if let Some(key) = server.config.access_keys.iter().find(|key| key.id == access_key) {
        let secret = key.secret.clone();
        return Ok(Some(Keys { secret, session_token: None, role: None, is_expired: false }));
    }
    let issued: Option<IssuedCredentials> = server.store().find_by_key(access_key)?;
    Ok(issued.map(|issued| Keys {
        secret: issued.secret,
        session_token: Some(issued.session_token),
        is_expired: issued.expires <= server.clock.now_ms(),
        role: Some(AssumedRole {
            arn: issued.role_arn,
            identity_id: issued.identity_id,
            identity_pool_id: issued.identity_pool_id,
            provider: issued.provider,
        }),
    }))
}
