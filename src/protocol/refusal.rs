//! What the service says when it says no.

use super::http::HttpResponse;
use super::json::Value;
use super::text;

/// A refusal: the service's name for it, and its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// What it means.
    pub kind: Kind,
    /// The service's exception name, without `Exception`; whatever it sent.
    pub name: String,
    /// The service's text. For people, never for decisions but where a name is ambiguous.
    pub text: String,
    /// HTTP status, which alone never decides anything but 429 and 5xx.
    pub status: u16,
    /// Seconds after which the service wants to be asked again.
    pub retry_after_seconds: Option<u32>,
    /// When the service says it answered: its own clock, as an HTTP date.
    pub date: Option<String>,
}

/// What a refusal means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// User name and password do not fit.
    IncorrectCredentials,
    /// Signed in or not, this is not allowed.
    NotAuthorized,
    /// An administrator disabled the account.
    UserDisabled,
    /// No such user, where the pool admits it.
    UserNotFound,
    /// The account waits for its confirmation code.
    UserNotConfirmed,
    /// An administrator wants the password reset first.
    PasswordResetRequired,
    /// Too many wrong tries: wait.
    TooManyAttempts,
    /// A budget for this person or this hour is spent.
    LimitExceeded,
    /// The service is busy: try again shortly.
    Throttled,
    /// The service failed: try again.
    Unavailable,
    /// The code is wrong.
    CodeMismatch,
    /// The code is too old, used, or replaced by a newer one.
    CodeExpired,
    /// The code could not be sent.
    CodeDelivery,
    /// That user name is taken.
    UsernameExists,
    /// That address or number belongs to another account.
    AliasExists,
    /// The password breaks the pool's policy.
    InvalidPassword,
    /// The password was used before.
    PasswordHistory,
    /// The password is known to be in others' hands.
    CompromisedPassword,
    /// Threat protection holds the request for too risky.
    RiskBlocked,
    /// A value the service does not take.
    InvalidParameter,
    /// Something that is not there: a device, a client, a pool.
    NotFound,
    /// The half-finished sign-in is too old or already used.
    SessionExpired,
    /// The refresh token is spent, revoked, expired or never was one.
    RefreshToken,
    /// A rotated refresh token was used again.
    RefreshTokenReuse,
    /// The access token is expired or revoked.
    AccessToken,
    /// The app client has a secret.
    ClientSecret,
    /// AWS credentials that ended, or are none, or a signature by a wrong clock.
    Credentials,
    /// A firewall or policy before the service.
    Forbidden,
    /// One of the pool's triggers said no.
    TriggerRefused,
    /// One of the pool's triggers failed.
    TriggerFailed,
    /// The pool or its client is not set up for this.
    Misconfigured,
    /// The pool's plan or client has this switched off.
    NotEnabled,
    /// The person has no such factor.
    MfaMethodNotFound,
    /// The page or its passkey does not belong to the pool's relying party.
    PasskeyParty,
    /// The service does not take this kind of passkey.
    PasskeyNotSupported,
    /// A ceremony came back too late.
    PasskeyExpired,
    /// A response to no flow of this browser.
    RedirectState,
    /// The person took too long elsewhere.
    RedirectExpired,
    /// The person, or their provider, said no.
    RedirectCancelled,
    /// A silent check found nobody signed in.
    LoginRequired,
    /// The domain refused the sign-in.
    RedirectRefused,
    /// Anything else: see the name.
    Other,
}

impl Refusal {
    /// Reads an error reply: header first, then `__type` or `code` of the body, then the status.
    pub fn read(reply: &HttpResponse) -> Self {
        let body = Value::parse(&reply.body).unwrap_or(Value::Null);
        let full = reply
            .error_type
            .as_deref()
            .filter(|name| !name.is_empty())
            .or_else(|| body.str("code"))
            .or_else(|| body.str("__type"))
            .unwrap_or_default();
        let name = short_name(full);
        let words = body
            .str("message")
            .or_else(|| body.str("Message"))
            .or(reply.error_message.as_deref())
            .unwrap_or_default();
        let kind = kind_of(name, words, reply.status);
        Self {
            kind,
            name: String::from(name),
            text: String::from(words),
            status: reply.status,
            retry_after_seconds: reply
                .retry_after
                .as_ref()
                .and_then(|value| text::whole_number(value))
                .and_then(|seconds| u32::try_from(seconds).ok()),
            date: reply.date.clone(),
        }
    }
}

/// `namespace#NameException:uri` without namespace, suffix and what follows.
fn short_name(full: &str) -> &str {
    let name = text::until(text::until(full, b','), b':');
    let name = text::words(name, b'#').last().unwrap_or_default();
    name.strip_suffix("Exception").unwrap_or(name)
}

fn kind_of(name: &str, text: &str, status: u16) -> Kind {
    match name {
        "NotAuthorized" => not_authorized(text),
        "UserNotFound" => Kind::UserNotFound,
        "UserNotConfirmed" => Kind::UserNotConfirmed,
        // The words are those of threat protection, which has no names of its own.
        "PasswordResetRequired" | "InvalidPassword" if text::has(text, SECURITY) => {
            Kind::CompromisedPassword
        }
        "PasswordResetRequired" => Kind::PasswordResetRequired,
        "TooManyFailedAttempts" => Kind::TooManyAttempts,
        "LimitExceeded" => Kind::LimitExceeded,
        "TooManyRequests"
        | "Throttling"
        | "Throttled"
        | "RequestThrottled"
        | "RequestLimitExceeded"
        | "SlowDown" => Kind::Throttled,
        "CodeMismatch" | "EnableSoftwareTokenMFA" => Kind::CodeMismatch,
        "ExpiredCode" => Kind::CodeExpired,
        "CodeDeliveryFailure" => Kind::CodeDelivery,
        "UsernameExists" => Kind::UsernameExists,
        "AliasExists" => Kind::AliasExists,
        "InvalidPassword" => Kind::InvalidPassword,
        "PasswordHistoryPolicyViolation" => Kind::PasswordHistory,
        "InvalidParameter" if text::has(text, "not enabled") => Kind::NotEnabled,
        "InvalidParameter" | "Serialization" => Kind::InvalidParameter,
        "ResourceNotFound" => Kind::NotFound,
        "RefreshTokenReuse" => Kind::RefreshTokenReuse,
        "TokenRevoked" => Kind::RefreshToken,
        "ExpiredToken"
        | "UnrecognizedClient"
        | "InvalidClientTokenId"
        | "InvalidSignature"
        | "IncompleteSignature"
        | "SignatureDoesNotMatch"
        | "MissingAuthenticationToken"
        | "RequestExpired"
        | "RequestTimeTooSkewed" => Kind::Credentials,
        "Forbidden" | "AccessDenied" => Kind::Forbidden,
        "UserLambdaValidation" => Kind::TriggerRefused,
        "UnexpectedLambda" | "InvalidLambdaResponse" => Kind::TriggerFailed,
        "InvalidUserPoolConfiguration"
        | "InvalidSmsRoleAccessPolicy"
        | "InvalidSmsRoleTrustRelationship"
        | "InvalidEmailRoleAccessPolicy"
        | "WebAuthnConfigurationMissing" => Kind::Misconfigured,
        "UnsupportedOperation"
        | "OperationNotEnabled"
        | "FeatureUnavailableInTier"
        | "WebAuthnNotEnabled"
        | "UnknownOperation" => Kind::NotEnabled,
        "MFAMethodNotFound" | "SoftwareTokenMFANotFound" => Kind::MfaMethodNotFound,
        "WebAuthnRelyingPartyMismatch" | "WebAuthnOriginNotAllowed" => Kind::PasskeyParty,
        "WebAuthnCredentialNotSupported" => Kind::PasskeyNotSupported,
        "WebAuthnChallengeNotFound" => Kind::PasskeyExpired,
        _ if status == 429 => Kind::Throttled,
        _ if status >= 500 => Kind::Unavailable,
        _ => Kind::Other,
    }
}

/// One name for many refusals: the text tells them apart (it has been stable for years; an unknown
/// one is still "not authorized").
fn not_authorized(text: &str) -> Kind {
    let has = |part: &str| text::has(text, part);
    if has("Incorrect username or password") || has("Temporary password") {
        Kind::IncorrectCredentials
    } else if has("attempts exceeded") {
        Kind::TooManyAttempts
    } else if has(SECURITY) {
        Kind::RiskBlocked
    } else if has("User is disabled") {
        Kind::UserDisabled
    } else if has("Invalid session") {
        Kind::SessionExpired
    } else if has("efresh Token") || has("efresh token") {
        Kind::RefreshToken
    } else if has("Access Token") {
        Kind::AccessToken
    } else if has("SECRET_HASH") || has("secret hash") {
        Kind::ClientSecret
    } else {
        Kind::NotAuthorized
    }
}

const SECURITY: &str = "security reasons";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: Option<&str>, body: &str, status: u16) -> Refusal {
        Refusal::read(&HttpResponse {
            status,
            error_type: header.map(String::from),
            error_message: Some(String::from("from the header")),
            retry_after: Some(String::from("7")),
            date: None,
            body: String::from(body),
        })
    }

    #[test]
    fn every_spelling_of_a_name_is_read() {
        for (header, body) in [
            (Some("NotAuthorizedException:"), "{}"),
            (Some("NotAuthorizedException:http://internal.amazon.com/"), ""),
            (None, r#"{"__type":"com.amazonaws.cognitoidentityprovider#NotAuthorizedException"}"#),
            (None, r#"{"__type":"NotAuthorizedException,x"}"#),
            (None, r#"{"code":"NotAuthorizedException"}"#),
        ] {
            assert_eq!(read(header, body, 400).name, "NotAuthorized");
        }
    }

    #[test]
    fn text_comes_from_the_body_then_the_header() {
        assert_eq!(read(None, r#"{"message":"a"}"#, 400).text, "a");
        assert_eq!(read(None, r#"{"Message":"b"}"#, 400).text, "b");
        assert_eq!(read(None, r#"{"message":null}"#, 400).text, "from the header");
        assert_eq!(read(None, "", 400).retry_after_seconds, Some(7));
    }

    #[test]
    fn a_reply_without_a_name_is_judged_by_its_status() {
        assert_eq!(read(None, "<html>", 429).kind, Kind::Throttled);
        assert_eq!(read(None, "", 503).kind, Kind::Unavailable);
        assert_eq!(read(None, "", 400).kind, Kind::Other);
        assert_eq!(read(Some("InternalErrorException"), "", 500).kind, Kind::Unavailable);
    }

    #[test]
    fn not_authorized_is_told_apart_by_its_text() {
        for (text, kind) in [
            ("Incorrect username or password.", Kind::IncorrectCredentials),
            ("Password attempts exceeded", Kind::TooManyAttempts),
            ("User is disabled.", Kind::UserDisabled),
            ("Refresh Token has expired", Kind::RefreshToken),
            ("Invalid Refresh Token.", Kind::RefreshToken),
            ("Invalid session for the user, session is expired.", Kind::SessionExpired),
            ("Invalid session for the user, session can only be used once.", Kind::SessionExpired),
            ("Access Token has been revoked", Kind::AccessToken),
            (
                "Client x is configured with secret but SECRET_HASH was not received",
                Kind::ClientSecret,
            ),
            ("Unable to login because of security reasons.", Kind::RiskBlocked),
            ("Request not allowed due to security reasons.", Kind::RiskBlocked),
            ("something new", Kind::NotAuthorized),
        ] {
            let body =
                Value::object().with("__type", "NotAuthorizedException").with("message", text);
            assert_eq!(read(None, &body.write(), 400).kind, kind, "{text}");
        }
    }

    #[test]
    fn a_password_in_others_hands_is_told_from_one_that_breaks_the_policy() {
        for (name, text, kind) in [
            (
                "InvalidPasswordException",
                "Provided password cannot be used for security reasons.",
                Kind::CompromisedPassword,
            ),
            (
                "PasswordResetRequiredException",
                "Password reset required for user due to security reasons",
                Kind::CompromisedPassword,
            ),
            ("InvalidPasswordException", "Password not long enough", Kind::InvalidPassword),
            (
                "PasswordResetRequiredException",
                "Password reset required for the user",
                Kind::PasswordResetRequired,
            ),
        ] {
            let body = Value::object().with("__type", name).with("message", text);
            assert_eq!(read(None, &body.write(), 400).kind, kind, "{text}");
        }
    }
}
