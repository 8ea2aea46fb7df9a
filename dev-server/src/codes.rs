//! One-time codes: made, kept until used or expired, judged.

use crate::messages::{self, Message};
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Code, Policy, RecoveryMechanism, Store, User};

/// Sign-up and attribute codes.
pub(crate) const DAY_MS: i64 = 24 * 3_600_000;
/// Forgotten-password codes.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// Makes a code of six digits, keeps it under `purpose` in the place of an older one, and sends it.
/// Gives the `CodeDeliveryDetails`.
pub(crate) async fn send(
    server: &Server,
    message: &Message<'_>,
    purpose: &str,
    valid_ms: i64,
) -> Answer {
    let code = random::code(6)?;
    let now = server.clock.now_ms();
    let details = messages::send(server, message, &code).await?;
    server.store().put(&Code {
        pool_id: message.pool.id.clone(),
        username: message.user.username.clone(),
        purpose: purpose.to_owned(),
        code,
        attribute: message.attribute.to_owned(),
        destination: message.to.to_owned(),
        expires: now + valid_ms,
        wrong_tries: 0,
    })?;
    Ok(details)
}

/// Judges a typed code and spends it when it is right.
///
/// # Errors
/// `CodeMismatchException`, `ExpiredCodeException` (also when none was sent or it was used), and
/// `TooManyFailedAttemptsException` after [`MOST_TRIES`] wrong ones.
pub(crate) fn spend(
    store: &Store,
    pool_id: &str,
    username: &str,
    purpose: &str,
    typed: &str,
    now_ms: i64,
) -> Result<Code, Refusal> {
    let Some(mut kept) = store.find::<Code>(pool_id, username, purpose)? else {
        return Err(expired());
    };
    if kept.expires <= now_ms {
        return Err(expired());
    }
    if kept.wrong_tries >= MOST_TRIES {
        return Err(Refusal::new(
            "TooManyFailedAttemptsException",
            "Too many failed attempts. Please request a new code.",
        ));
    }
    if kept.code != typed {
        kept.wrong_tries += 1;
        store.put(&kept)?;
        return Err(mismatch());
    }
    store.remove::<Code>(pool_id, username, purpose)?;
    Ok(kept)
}

/// Where a person's reset code goes: the pool's channels in order, but never the one that brings the
/// second factor.
pub(crate) fn channel<'a>(policy: &Policy, user: &'a User) -> Option<(&'static str, &'a str)> {
    let mut mechanisms = policy.account_recovery_setting.recovery_mechanisms.clone();
    if mechanisms.is_empty() {
        mechanisms = [(1, "verified_phone_number"), (2, "verified_email")]
            .map(|(priority, name)| RecoveryMechanism { priority, name: name.to_owned() })
            .to_vec();
    }
    mechanisms.sort_by_key(|mechanism| mechanism.priority);
    mechanisms.iter().find_map(|mechanism| {
        let (attribute, is_second_factor) = match mechanism.name.as_str() {
            "verified_email" => ("email", user.mfa.email),
            "verified_phone_number" => ("phone_number", user.mfa.sms),
            _ => return None,
        };
        let to = user.attribute(attribute)?;
        (user.has_verified(attribute) && !is_second_factor).then_some((attribute, to))
    })
}

/// The purpose of an attribute's code.
pub(crate) fn attribute_purpose(attribute: &str) -> String {
    format!("attribute:{attribute}")
}

/// A wrong code.
pub(crate) fn mismatch() -> Refusal {
    Refusal::new("CodeMismatchException", "Invalid verification code provided, please try again.")
}

/// A code that is no longer, or never was.
pub(crate) fn expired() -> Refusal {
    Refusal::new("ExpiredCodeException", "Invalid code provided, please request a code again.")
}

/// A code of six digits must not be guessed by trying.
const MOST_TRIES: u32 = 10;
