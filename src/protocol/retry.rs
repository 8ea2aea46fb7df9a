//! Which failure of which operation may be sent again, and after how long.

use super::refusal::{Kind, Refusal};

/// Attempts in all, the first included.
pub const MAX_ATTEMPTS: u32 = 3;

/// What went wrong with an attempt.
pub enum Failure<'a> {
    /// No reply, or none in time: the service may or may not have acted.
    NoReply,
    /// The service said no.
    Refused(&'a Refusal),
}

/// Whether an operation may be sent twice when the first reply was lost: it sends no message to a
/// person and spends nothing that works only once. No operation of a sign-in is one.
pub fn is_repeatable(operation: &str) -> bool {
    matches!(
        operation,
        "GetUser"
            | "GetDevice"
            | "ListDevices"
            | "ListWebAuthnCredentials"
            | "GetUserAuthFactors"
            | "RevokeToken"
            | "GlobalSignOut"
            | "GetId"
            | "GetCredentialsForIdentity"
            | "SetUserMFAPreference"
            | "UpdateDeviceStatus"
            | "ForgetDevice"
            | "AdminGetUser"
            | "ListUsers"
    )
}

/// Milliseconds to wait before attempt `attempt + 1` (the first is 1), or `None`: do not.
///
/// Full jitter: anywhere between nothing and a ceiling that doubles (`dice` is 32 random bits).
/// `Retry-After` of the service is honored up to ten seconds; a longer one is the caller's to decide.
pub fn delay_ms(operation: &str, failure: &Failure<'_>, attempt: u32, dice: u32) -> Option<u32> {
    if attempt >= MAX_ATTEMPTS {
        return None;
    }
    let asked_for = match failure {
        Failure::NoReply if is_repeatable(operation) => 0,
        Failure::NoReply => return None,
        Failure::Refused(refusal) => match refusal.kind {
            // A throttled request was not acted upon: sending it again repeats nothing.
            Kind::Throttled => refusal.retry_after_seconds.unwrap_or(0),
            Kind::Unavailable if is_repeatable(operation) => {
                refusal.retry_after_seconds.unwrap_or(0)
            }
            _ => return None,
        },
    };
    if asked_for > MAX_RETRY_AFTER_SECONDS {
        return None;
    }
    let ceiling = BASE_MS << attempt;
    Some(asked_for * 1000 + dice % (ceiling + 1))
}

const BASE_MS: u32 = 200;
const MAX_RETRY_AFTER_SECONDS: u32 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(kind: Kind, retry_after_seconds: Option<u32>) -> Refusal {
        Refusal {
            kind,
            name: String::new(),
            text: String::new(),
            status: 400,
            retry_after_seconds,
            date: None,
        }
    }

    #[test]
    fn a_call_that_sends_a_message_or_spends_a_session_is_never_repeated_blindly() {
        for operation in [
            "InitiateAuth",
            "RespondToAuthChallenge",
            "SignUp",
            "ConfirmSignUp",
            "ResendConfirmationCode",
            "ForgotPassword",
            "ConfirmForgotPassword",
            "GetTokensFromRefreshToken",
            "VerifySoftwareToken",
            "GetUserAttributeVerificationCode",
            "UpdateUserAttributes",
            "ChangePassword",
            "DeleteUser",
            "ConfirmDevice",
        ] {
            assert_eq!(delay_ms(operation, &Failure::NoReply, 1, 0), None, "{operation}");
            let busy = refusal(Kind::Unavailable, None);
            assert_eq!(delay_ms(operation, &Failure::Refused(&busy), 1, 0), None, "{operation}");
        }
    }

    #[test]
    fn a_read_is_repeated_twice_and_a_spent_budget_never() {
        assert!(delay_ms("GetUser", &Failure::NoReply, 1, 0).is_some());
        assert!(delay_ms("GetUser", &Failure::NoReply, 2, 0).is_some());
        assert_eq!(delay_ms("GetUser", &Failure::NoReply, 3, 0), None);
        let spent = refusal(Kind::LimitExceeded, None);
        assert_eq!(delay_ms("GetUser", &Failure::Refused(&spent), 1, 0), None);
    }

    #[test]
    fn waiting_is_jittered_and_honors_retry_after() {
        let busy = refusal(Kind::Throttled, Some(2));

        for dice in [0, 1, 399, 400, 401, u32::MAX] {
            let wait = delay_ms("SignUp", &Failure::Refused(&busy), 1, dice).unwrap();
            assert!((2000..=2400).contains(&wait), "{wait}");
        }
        let long = refusal(Kind::Throttled, Some(60));
        assert_eq!(delay_ms("SignUp", &Failure::Refused(&long), 1, 0), None);
    }
}
