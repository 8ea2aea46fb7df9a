//! Threat protection: passwords that others know, and sign-ins that are held for too risky.
//!
//! A pool says in the words of SetRiskConfiguration what happens. Passwords in others' hands are a list of the
//! configuration. What a page's script says about itself (`UserContextData.EncodedData`) is opaque at the service; here
//! `risk:low`, `risk:medium` and `risk:high` are assessments that tests ask for, and everything else is no risk.

use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{Event, Pool, User, UserStatus};
use serde::Deserialize;

/// How risky a request is held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Low,
    Medium,
    High,
}

/// The shapes `UserContextDataType` and `ContextDataType`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ContextData {
    encoded_data: Option<String>,
}

/// The assessment that a request asks for.
pub(crate) fn level(data: Option<&ContextData>) -> Option<Level> {
    match data?.encoded_data.as_deref()? {
        "risk:low" => Some(Level::Low),
        "risk:medium" => Some(Level::Medium),
        "risk:high" => Some(Level::High),
        _ => None,
    }
}

/// Refuses a new password that others know.
///
/// # Errors
/// `InvalidPasswordException`.
pub(crate) fn check_new_password(
    server: &Server,
    pool: &Pool,
    event: Event,
    password: &str,
) -> Result<(), Refusal> {
    if is_blocked(server, pool, event, password) {
        return Err(Refusal::new(
            "InvalidPasswordException",
            "Provided password cannot be used for security reasons.",
        ));
    }
    Ok(())
}

/// Refuses a right password that others know, and wants a new one from then on. A proof shows no password to look at.
///
/// # Errors
/// `PasswordResetRequiredException`.
pub(crate) fn check_password(
    server: &Server,
    pool: &Pool,
    user: &User,
    password: &str,
) -> Result<(), Refusal> {
    if !is_blocked(server, pool, Event::SignIn, password) {
        return Ok(());
    }
    let store = server.store();
    let Some(mut user) = store.user(&user.pool_id, &user.username)? else {
        return Err(Refusal::wrong_password());
    };
    user.status = UserStatus::ResetRequired;
    user.modified = server.clock.now_ms();
    store.put_user(&user)?;
    Err(Refusal::new(
        "PasswordResetRequiredException",
        "Password reset required for user due to security reasons",
    ))
}

/// Refuses a sign-in that is held for too risky.
///
/// # Errors
/// `NotAuthorizedException`.
pub(crate) fn check_sign_in(pool: &Pool, user: &User, level: Option<Level>) -> Result<(), Refusal> {
    let actions = pool.risk_policy().account_takeover_risk_configuration.actions;
    let action = match level {
        None => return Ok(()),
        Some(Level::Low) => actions.low_action,
        Some(Level::Medium) => actions.medium_action,
        Some(Level::High) => actions.high_action,
    };
    let has_factor = user.mfa.sms || user.mfa.totp || user.mfa.email || user.mfa.passkey;
    let is_blocked = match action.event_action.as_str() {
        "BLOCK" => true,
        // Who has a second factor is asked for it anyway.
        "MFA_REQUIRED" => !has_factor,
        _ => false,
    };
    if is_blocked {
        return Err(Refusal::not_authorized("Unable to login because of security reasons."));
    }
    Ok(())
}

fn is_blocked(server: &Server, pool: &Pool, event: Event, password: &str) -> bool {
    let policy = pool.risk_policy().compromised_credentials_risk_configuration;
    let is_watched = policy.event_filter.is_empty() || policy.event_filter.contains(&event);
    policy.actions.event_action == "BLOCK"
        && is_watched
        && server.config.compromised_passwords.iter().any(|known| known == password)
}
