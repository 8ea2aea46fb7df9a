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
    /// When the service says it answered: its own clock, in Unix seconds.
    pub date: Option<u64>,
}

/// Kinds, each with the code that applications switch on and the service's exception names that
/// mean it and nothing else, without `Exception`.
macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident = $code:literal $names:literal,)*) => {
        /// What a refusal means for the caller.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$about])* $kind,)*
        }

        /// Each kind with its code and the service's names, which are separated by spaces.
        const KINDS: &[(Kind, &str, &str)] = &[$((Kind::$kind, $code, $names),)*];
    };
}

kinds! {
    /// User name and password do not fit.
    IncorrectCredentials = "incorrectCredentials" "",
    /// Signed in or not, this is not allowed.
    NotAuthorized = "notAuthorized" "",
    /// An administrator disabled the account.
    UserDisabled = "userDisabled" "",
    /// No such user, where the pool admits it.
    UserNotFound = "userNotFound" "UserNotFound",
    /// The account waits for its confirmation code.
    UserNotConfirmed = "userNotConfirmed" "UserNotConfirmed",
    /// An administrator wants the password reset first.
    PasswordResetRequired = "passwordResetRequired" "PasswordResetRequired",
    /// Too many wrong tries: wait.
    TooManyAttempts = "tooManyAttempts" "TooManyFailedAttempts",
    /// A budget for this person or this hour is spent.
    LimitExceeded = "limitExceeded" "LimitExceeded",
    /// The service is busy: try again shortly.
    Throttled = "throttled" "TooManyRequests Throttling Throttled RequestThrottled RequestLimitExceeded SlowDown",
    /// The service failed: try again.
    Unavailable = "serviceUnavailable" "",
    /// The code is wrong.
    CodeMismatch = "codeMismatch" "CodeMismatch EnableSoftwareTokenMFA",
    /// The code is too old, used, or replaced by a newer one.
    CodeExpired = "codeExpired" "ExpiredCode",
    /// The code could not be sent.
    CodeDelivery = "codeDeliveryFailed" "CodeDeliveryFailure",
    /// That address or number belongs to another account.
    AliasExists = "aliasExists" "AliasExists",
    /// The password breaks the pool's policy.
    InvalidPassword = "invalidPassword" "InvalidPassword",
    /// The password was used before.
    PasswordHistory = "passwordUsedBefore" "PasswordHistoryPolicyViolation",
    /// The password is known to be in others' hands.
    CompromisedPassword = "compromisedPassword" "",
    /// Threat protection holds the request for too risky.
    RiskBlocked = "riskBlocked" "",
    /// A value the service does not take.
    InvalidParameter = "invalidParameter" "InvalidParameter Serialization",
    /// Something that is not there: a device, a client, a pool.
    NotFound = "notFound" "ResourceNotFound",
    /// The half-finished sign-in is too old or already used.
    SessionExpired = "sessionExpired" "",
    /// The refresh token is spent, revoked, expired or never was one.
    RefreshToken = "signedOut" "TokenRevoked",
    /// The access token is expired or revoked.
    AccessToken = "signedOut" "",
    /// The app client has a secret.
    ClientSecret = "clientHasSecret" "",
    /// A firewall or policy before the service.
    Forbidden = "forbidden" "Forbidden AccessDenied",
    /// One of the pool's triggers said no.
    TriggerRefused = "triggerRefused" "UserLambdaValidation",
    /// One of the pool's triggers failed.
    TriggerFailed = "triggerFailed" "UnexpectedLambda InvalidLambdaResponse",
    /// The pool or its client is not set up for this.
    Misconfigured = "misconfigured" "InvalidUserPoolConfiguration InvalidSmsRoleAccessPolicy InvalidSmsRoleTrustRelationship InvalidEmailRoleAccessPolicy WebAuthnConfigurationMissing",
    /// The pool's plan or client has this switched off.
    NotEnabled = "notEnabled" "UnsupportedOperation OperationNotEnabled FeatureUnavailableInTier WebAuthnNotEnabled UnknownOperation",
    /// The person has no such factor.
    MfaMethodNotFound = "mfaMethodNotFound" "MFAMethodNotFound SoftwareTokenMFANotFound",
    /// The page or its passkey does not belong to the pool's relying party.
    PasskeyParty = "passkeyWrongRelyingParty" "WebAuthnRelyingPartyMismatch WebAuthnOriginNotAllowed",
    /// The service does not take this kind of passkey.
    PasskeyNotSupported = "passkeyNotSupported" "WebAuthnCredentialNotSupported",
    /// A ceremony came back too late.
    PasskeyExpired = "passkeyTimedOut" "WebAuthnChallengeNotFound",
    /// Anything else: see the name.
    Other = "refused" "",
    /// That user name is taken.
    UsernameExists = "usernameExists" "UsernameExists",
    /// A rotated refresh token was used again.
    RefreshTokenReuse = "signedOut" "RefreshTokenReuse",
    /// AWS credentials that ended, or are none, or a signature by a wrong clock.
    Credentials = "credentialsRefused" "ExpiredToken UnrecognizedClient InvalidClientTokenId InvalidSignature IncompleteSignature SignatureDoesNotMatch MissingAuthenticationToken RequestExpired RequestTimeTooSkewed",
    /// A response to no flow of this browser.
    RedirectState = "redirectUnknown" "",
    /// The person took too long elsewhere.
    RedirectExpired = "redirectExpired" "",
    /// The person, or their provider, said no.
    RedirectCancelled = "redirectCancelled" "",
    /// A silent check found nobody signed in.
    LoginRequired = "loginRequired" "",
    /// The domain refused the sign-in.
    RedirectRefused = "redirectRefused" "",
}

impl Kind {
    /// The code applications know it by.
    pub fn code(self) -> &'static str {
        let row = KINDS.iter().find(|(kind, _, _)| *kind == self);
        row.map_or("", |(_, code, _)| *code)
    }

    /// Whether the same call may succeed later without a change.
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::TooManyAttempts
                | Self::LimitExceeded
                | Self::Throttled
                | Self::Unavailable
                | Self::CodeDelivery
                | Self::TriggerFailed
                | Self::PasskeyExpired
        )
    }

    /// The kind that a name of the service stands for.
    fn named(name: &str) -> Option<Self> {
        let row = KINDS
            .iter()
            .find(|(_, _, names)| !name.is_empty() && text::parts(names, b' ').contains(&name))?;
        Some(row.0)
    }
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
            retry_after_seconds: reply.retry_after_seconds(),
            date: reply.date,
        }
    }
}

/// `namespace#NameException:uri` without namespace, suffix and what follows.
fn short_name(full: &str) -> &str {
    let mut name = text::until(text::until(full, b','), b':');
    while let Some((_, after)) = text::cut(name, b'#') {
        name = after;
    }
    name.strip_suffix("Exception").unwrap_or(name)
}

fn kind_of(name: &str, text: &str, status: u16) -> Kind {
    match (name, Kind::named(name)) {
        ("NotAuthorized", _) => not_authorized(text),
        // The words are those of threat protection, which has no names of its own.
        (_, Some(Kind::PasswordResetRequired | Kind::InvalidPassword))
            if text::has(text, SECURITY) =>
        {
            Kind::CompromisedPassword
        }
        ("InvalidParameter", _) if text::has(text, "not enabled") => Kind::NotEnabled,
        (_, Some(kind)) => kind,
        _ if status == 429 => Kind::Throttled,
        _ if status >= 500 => Kind::Unavailable,
        _ => Kind::Other,
    }
}

/// One name for many refusals: the text tells them apart (it has been stable for years; an unknown
/// one is still "not authorized").
fn not_authorized(text: &str) -> Kind {
    let told = NOT_AUTHORIZED.iter().find(|(part, _)| text::has(text, part));
    told.map_or(Kind::NotAuthorized, |(_, kind)| *kind)
}

const NOT_AUTHORIZED: &[(&str, Kind)] = &[
    ("Incorrect username or password", Kind::IncorrectCredentials),
    ("Temporary password", Kind::IncorrectCredentials),
    ("attempts exceeded", Kind::TooManyAttempts),
    (SECURITY, Kind::RiskBlocked),
    ("User is disabled", Kind::UserDisabled),
    ("Invalid session", Kind::SessionExpired),
    ("efresh Token", Kind::RefreshToken),
    ("efresh token", Kind::RefreshToken),
    ("Access Token", Kind::AccessToken),
    ("SECRET_HASH", Kind::ClientSecret),
    ("secret hash", Kind::ClientSecret),
];

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
    fn names_of_the_service_lead_to_kinds_and_kinds_to_codes() {
        for (name, kind, code) in [
            ("UserNotFound", Kind::UserNotFound, "userNotFound"),
            ("EnableSoftwareTokenMFA", Kind::CodeMismatch, "codeMismatch"),
            ("SlowDown", Kind::Throttled, "throttled"),
            ("CodeDeliveryFailure", Kind::CodeDelivery, "codeDeliveryFailed"),
            ("TokenRevoked", Kind::RefreshToken, "signedOut"),
            ("WebAuthnNotEnabled", Kind::NotEnabled, "notEnabled"),
            ("WebAuthnChallengeNotFound", Kind::PasskeyExpired, "passkeyTimedOut"),
            ("NoSuchName", Kind::Other, "refused"),
            ("", Kind::Other, "refused"),
            ("UsernameExists", Kind::UsernameExists, "usernameExists"),
            ("RequestTimeTooSkewed", Kind::Credentials, "credentialsRefused"),
        ] {
            let body = Value::object().with("__type", name);
            let read = read(None, &body.write(), 400);
            assert_eq!((read.kind, read.kind.code()), (kind, code), "{name}");
        }
        assert_eq!(Kind::RedirectRefused.code(), "redirectRefused");
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
