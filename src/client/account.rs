//! Getting in without an administrator: sign-up, confirmation and recovery.

use super::Client;
use super::call::call;
use super::error::Error;
use crate::platform::Platform;
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::wire::Call;
use crate::protocol::wire::account::CodeDelivery;

/// What a sign-up led to.
pub struct SignedUp {
    /// Whether the person may sign in at once.
    pub confirmed: bool,
    /// The pool's identifier of the new person.
    pub sub: String,
    /// Where a code went.
    pub delivery: Option<CodeDelivery>,
    /// Session for `ConfirmSignUp`.
    pub session: Option<String>,
}

/// Sends `SignUp` and reads its answer.
///
/// # Errors
/// See [`Error`].
pub async fn sign_up(
    client: &Client,
    platform: &impl Platform,
    sent: &Call,
) -> Result<SignedUp, Error> {
    let reply = call(platform, &client.pool, client.timeout_ms, sent).await?;
    Ok(SignedUp {
        confirmed: reply.is_true("UserConfirmed"),
        sub: reply.string("UserSub").ok_or(Violation::MissingMember("UserSub"))?,
        delivery: delivery(&reply),
        session: reply.string("Session"),
    })
}

/// Sends `ConfirmSignUp`; the session it may return signs the person in.
///
/// # Errors
/// See [`Error`].
pub async fn confirm(
    client: &Client,
    platform: &impl Platform,
    sent: &Call,
) -> Result<Option<String>, Error> {
    let reply = call(platform, &client.pool, client.timeout_ms, sent).await?;
    Ok(reply.string("Session"))
}

/// Sends a call that makes the service send a code.
///
/// # Errors
/// See [`Error`].
pub async fn code_sent(
    client: &Client,
    platform: &impl Platform,
    sent: &Call,
) -> Result<Option<CodeDelivery>, Error> {
    let reply = call(platform, &client.pool, client.timeout_ms, sent).await?;
    Ok(delivery(&reply))
}

fn delivery(reply: &Value) -> Option<CodeDelivery> {
    reply.get("CodeDeliveryDetails").map(CodeDelivery::read)
}
