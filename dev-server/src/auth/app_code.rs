//! Codes of an authenticator app, as a second factor.

use super::verdict::Verdict;
use super::{lockout, pending};
use crate::input::required;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{Flow, PendingChallenge, User};
use crate::totp;
use serde_json::Value;

/// Judges a code of an authenticator app.
pub(super) fn answer(
    server: &Server,
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    let typed = required(responses, "SOFTWARE_TOKEN_MFA_CODE")?;
    if let Err(refusal) = user.mfa_lockout.check(server.clock.now_ms()) {
        pending::restore(server, pending)?;
        return Err(refusal);
    }
    let Some(totp) = user.totp.as_ref().filter(|totp| totp.verified) else {
        return Err(Refusal::new(
            "SoftwareTokenMFANotFoundException",
            "Software Token MFA has not been enabled by the user",
        ));
    };
    match totp::verify(&totp.secret, typed, server.clock.now(), totp.last_step) {
        totp::Verdict::Accepted { step } => {
            let store = server.store();
            let mut user = lockout::succeed_second(&store, &user)?;
            // Of two calls with one code only one may pass.
            if let Some(totp) = &mut user.totp {
                totp.last_step = step;
            }
            store.put_user(&user)?;
            Ok(Verdict::Proved(user, Flow { second_factor_done: true, ..pending.flow }))
        }
        totp::Verdict::Reused => {
            pending::put_back(server, pending)?;
            Err(Refusal::new(
                "ExpiredCodeException",
                "Your software token has already been used once.",
            ))
        }
        totp::Verdict::Wrong => wrong(server, &user, pending, "Invalid code received for user"),
    }
}

/// Notes a wrong code and puts the question back.
pub(super) fn wrong(
    server: &Server,
    user: &User,
    pending: PendingChallenge,
    text: &str,
) -> Result<Verdict, Refusal> {
    lockout::fail_second(&server.store(), user, server.clock.now_ms())?;
    pending::put_back(server, pending)?;
    Err(Refusal::new("CodeMismatchException", text))
}
