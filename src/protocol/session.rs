//! What makes tokens a session: accepted only after every check that needs no network.

use super::error::Violation;
use super::generated::{CLOCK_STEP_MS, LEAD_PART, MARGIN_MS, MARGIN_PART, MAX_LEAD_MS};
use super::json::Value;
use super::jwt;
use super::pool::Pool;
use super::refusal::Kind;
use super::secret::Secret;

mod cooling;

pub use cooling::Cooling;

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
    /// When the first of access and ID token ends: a refresh is wanted before.
    pub fresh_until: u64,
}

impl Session {
    /// Whether the tokens can be handed out without asking the service. A receipt that lies in the
    /// future tells that the clock was set back since: then nobody knows, and the service is asked.
    pub fn is_fresh(&self, now: u64) -> bool {
        let lifetime = self.fresh_until.saturating_sub(self.received_at);
        let margin = MARGIN_MS.min(lifetime / MARGIN_PART);
        self.received_at <= now.saturating_add(CLOCK_STEP_MS)
            && now.saturating_add(margin) < self.fresh_until
    }

    /// Whether the access token has not ended: what is handed out when a refresh fails.
    pub fn is_live(&self, now: u64) -> bool {
        now < self.expires_at
    }

    /// Whether a refresh ahead of time is due: within the last sixth of the tokens' life, five
    /// minutes at most. `js/session/stored-session.ts` sets its timer into the second half of that.
    pub fn is_due(&self, now: u64) -> bool {
        !self.is_fresh(now) || now.saturating_add(self.lead_ms()) >= self.fresh_until
    }

    /// Milliseconds until a refresh ahead of time should be made: at a random point of the last
    /// half of the time in which it is due, so that tabs and devices do not all come at once.
    pub fn due_in_ms(&self, now: u64, dice: u32) -> u64 {
        let half = self.lead_ms() / 2;
        let early = half + u64::from(dice) % (half + 1);
        self.fresh_until.saturating_sub(now).saturating_sub(early)
    }

    fn lead_ms(&self) -> u64 {
        (self.fresh_until.saturating_sub(self.received_at) / LEAD_PART).min(MAX_LEAD_MS)
    }

    /// Whether both hold the same access token.
    pub fn is_same(&self, other: &Session) -> bool {
        self.access.expose("compared") == other.access.expose("compared")
    }

    /// When the service issued the access token, in seconds of its clock.
    pub fn issued_at(&self) -> f64 {
        jwt::claims(self.access.expose("its issue time is read"))
            .ok()
            .and_then(|claims| claims.number("iat"))
            .unwrap_or(0.0)
    }
}

/// What to do about a session, once the tab may act for the whole browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// What the tab held is still what is stored, and good.
    Keep,
    /// Another tab stored something newer, and it is good.
    UseStored,
    /// What is stored must be refreshed.
    Refresh,
    /// There is no session any more, or none that can go on.
    SignedOut,
}

/// Decides from what the tab held before it waited and what is stored now. `forced`: the caller
/// wants tokens newer than those it held, however fresh they are.
pub fn next(held: &Session, stored: Option<&Session>, now: u64, forced: bool) -> Next {
    let Some(stored) = stored else { return Next::SignedOut };
    let unchanged = held.is_same(stored);
    let use_it = if unchanged { Next::Keep } else { Next::UseStored };
    if stored.is_fresh(now) && !(forced && unchanged) {
        return use_it;
    }
    match &stored.refresh {
        Some(_) => Next::Refresh,
        None if stored.is_live(now) => use_it,
        None => Next::SignedOut,
    }
}

/// Whether a refusal of a refresh ends the session (protocol page, 6.4). Everything else keeps it:
/// no reply, a busy or failing service, a trigger, a client that is set up wrongly.
pub fn ends_session(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::RefreshToken
            | Kind::RefreshTokenReuse
            | Kind::NotAuthorized
            | Kind::UserDisabled
            | Kind::UserNotFound
            | Kind::UserNotConfirmed
            | Kind::PasswordResetRequired
            | Kind::CompromisedPassword
    )
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
    let mut id_lifetime = u64::MAX;
    if let Some(token) = &tokens.id {
        let id = jwt::claims(token.expose("claims are checked"))?;
        check(&id, pool, "id")?;
        if id.str("aud") != Some(pool.client_id()) {
            return Err(Violation::TokenClient);
        }
        if id.str("sub") != Some(&sub) {
            return Err(Violation::TokenSubject);
        }
        id_lifetime = lifetime(&id)?;
    }
    let lifetime = match tokens.expires_in {
        Some(seconds) => seconds,
        None => lifetime(&access)?,
    };
    let after = |seconds: u64| now.saturating_add(seconds.saturating_mul(1000));
    let new_device = tokens.new_device.map(|device| device.key);
    Ok(Session {
        username: access.string("username").unwrap_or_else(|| sub.clone()),
        sub,
        device_key: access.string("device_key").or(new_device),
        received_at: now,
        expires_at: after(lifetime),
        fresh_until: after(lifetime.min(id_lifetime)),
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
