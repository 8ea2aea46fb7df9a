//! What makes tokens a session: accepted only after every check that needs no network.

use super::error::Violation;
use super::json::Value;
use super::jwt;
use super::pool::Pool;
use super::secret::Secret;

/// Tokens as the service sent them.
#[derive(Clone)]
pub struct Tokens {
    /// Access token, a JWT.
    pub access: Secret<String>,
    /// ID token, a JWT; absent when a redirect sign-in asked for no `openid` scope.
    pub id: Option<Secret<String>>,
    /// Refresh token, opaque; absent in a refresh without rotation.
    pub refresh: Option<Secret<String>>,
    /// Lifetime of the access token in seconds, as the reply says it.
    pub expires_in: Option<u64>,
    /// Names of a device that the service saw for the first time.
    pub new_device: Option<NewDevice>,
}

/// A device the service offers to remember.
#[derive(Clone)]
pub struct NewDevice {
    /// Device key.
    pub key: String,
    /// Device group key.
    pub group_key: String,
}

/// A session: tokens that belong to this pool, this client and one person.
#[derive(Clone)]
pub struct Session {
    /// Access token.
    pub access: Secret<String>,
    /// ID token.
    pub id: Option<Secret<String>>,
    /// Refresh token; without one the session ends with its access token.
    pub refresh: Option<Secret<String>>,
    /// User name in the pool.
    pub username: String,
    /// The pool's identifier of the person.
    pub sub: String,
    /// Device the tokens are bound to, where the pool tracks devices: refreshes must name it.
    pub device_key: Option<String>,
    /// When it was received, in milliseconds of this device's clock.
    pub received_at: u64,
    /// When the access token ends, in milliseconds of this device's clock: receipt plus lifetime,
    /// so that a wrong clock here or there ends nothing.
    pub expires_at: u64,
}

/// Checks tokens and makes them a session.
///
/// Issuer, app client, token use, times and person are compared; `now` is Unix milliseconds of this
/// device. `refresh_before` is kept where the reply brings no refresh token of its own.
///
/// # Errors
/// The rule that was broken. Nothing of the tokens is in it.
pub fn accept(
    tokens: Tokens,
    refresh_before: Option<Secret<String>>,
    pool: &Pool,
    now: u64,
) -> Result<Session, Violation> {
    let access = jwt::claims(tokens.access.expose("claims are checked"))?;
    check(&access, pool, "access")?;
    if access.str("client_id") != Some(pool.client_id()) {
        return Err(Violation::TokenClient);
    }
    let sub = access.string("sub").ok_or(Violation::TokenSubject)?;
    if let Some(token) = &tokens.id {
        let id = jwt::claims(token.expose("claims are checked"))?;
        check(&id, pool, "id")?;
        if id.str("aud") != Some(pool.client_id()) {
            return Err(Violation::TokenClient);
        }
        if id.str("sub") != Some(&sub) {
            return Err(Violation::TokenSubject);
        }
    }
    let lifetime = match tokens.expires_in {
        Some(seconds) => seconds,
        None => lifetime(&access)?,
    };
    Ok(Session {
        username: access.string("username").unwrap_or_else(|| sub.clone()),
        sub,
        device_key: access.string("device_key"),
        received_at: now,
        expires_at: now.saturating_add(lifetime.saturating_mul(1000)),
        refresh: tokens.refresh.or(refresh_before),
        access: tokens.access,
        id: tokens.id,
    })
}

/// Claims of the ID token, else of the access token: what `user()` shows.
pub fn user_claims(session: &Session) -> Value {
    let token = session.id.as_ref().unwrap_or(&session.access);
    jwt::claims(token.expose("claims are shown to the page")).unwrap_or_else(|_| Value::object())
}

fn check(claims: &Value, pool: &Pool, token_use: &str) -> Result<(), Violation> {
    if !claims.str("iss").is_some_and(|issuer| pool.is_issuer(issuer)) {
        return Err(Violation::TokenIssuer);
    }
    if claims.str("token_use") != Some(token_use) {
        return Err(Violation::TokenUse);
    }
    lifetime(claims).map(drop)
}

/// `exp` minus `iat`, in seconds: both are of the service's clock, so ours does not matter.
fn lifetime(claims: &Value) -> Result<u64, Violation> {
    let (Some(issued), Some(ends)) = (claims.number("iat"), claims.number("exp")) else {
        return Err(Violation::TokenTimes);
    };
    if ends <= issued || issued < 0.0 || claims.number("auth_time").is_some_and(|time| time > ends)
    {
        return Err(Violation::TokenTimes);
    }
    Ok((ends - issued) as u64)
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
