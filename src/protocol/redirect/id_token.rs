//! Whether an ID token answers this flow (OpenID Connect Core, section 3.1.3.7). Issuer, use,
//! audience and person are `session::accept`'s to compare, as for every session; the signature is
//! checked where the keys are.

use sha2::{Digest, Sha256};

use super::{Flow, is_same};
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::jwt;
use crate::protocol::session::Tokens;
use crate::protocol::text::base64url;

/// Checks the ID token of a flow, where there is one or must be one. `now` is Unix seconds.
///
/// # Errors
/// The rule that was broken.
pub fn check(tokens: &Tokens, flow: &Flow, now: u64) -> Result<(), Violation> {
    let Some(token) = &tokens.id else {
        return match flow.wants_id {
            true => Err(Violation::MissingMember("id_token")),
            false => Ok(()),
        };
    };
    let claims = jwt::claims(token.expose("claims are checked"))?;
    let nonce = claims.str("nonce").unwrap_or_default();
    if !is_same(nonce, flow.nonce.expose("compared")) {
        return Err(Violation::TokenNonce);
    }
    if let Some(hash) = claims.get("at_hash") {
        let access = tokens.access.expose("hashed, OpenID Connect Core, section 3.1.3.6");
        let digest = Sha256::digest(access.as_bytes());
        let (half, _) = digest.split_at(16);
        if hash.as_str() != Some(&base64url(half)) {
            return Err(Violation::TokenAccessHash);
        }
    }
    check_times(&claims, flow, now)
}

/// The token was made for this flow just now: its times are compared with the clock, within what
/// clocks differ. (A session's later life does not depend on the device's clock.)
fn check_times(claims: &Value, flow: &Flow, now: u64) -> Result<(), Violation> {
    let now = now as f64;
    let (Some(issued), Some(ends)) = (claims.number("iat"), claims.number("exp")) else {
        return Err(Violation::TokenTimes);
    };
    let begins = claims.number("nbf").unwrap_or(issued);
    if ends + LEEWAY <= now || issued - LEEWAY > now || begins - LEEWAY > now {
        return Err(Violation::TokenTimes);
    }
    match (flow.max_age, claims.number("auth_time")) {
        (None, _) => Ok(()),
        (Some(age), Some(at)) if at + age as f64 + LEEWAY >= now => Ok(()),
        _ => Err(Violation::TokenTimes),
    }
}

/// How far the clocks may differ, in seconds.
const LEEWAY: f64 = 300.0;
