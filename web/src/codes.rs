//! The codes of errors: those of the npm package, name for name. A test holds them against
//! `js/errors/`.

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal: $message:literal,)*) => {
        /// Stable name of what went wrong, with what the application does about it. Codes are
        /// added, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name, as the npm package has it: `codeMismatch`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What happened, in English, for developers: translate by code.
            pub fn message(self) -> &'static str {
                match self {
                    $(Self::$variant => $message,)*
                }
            }
        }
    };
}

codes! {
    /// Ask for user name and password again.
    IncorrectCredentials = "incorrectCredentials": "user name and password do not match",
    /// Have an administrator set the password anew: the temporary one was not used in time.
    TemporaryPasswordExpired = "temporaryPasswordExpired":
        "the temporary password has expired: an administrator must set a new one",
    /// The pool does not allow this; see `service`.
    NotAuthorized = "notAuthorized": "the user pool does not allow this",
    /// Tell the user to turn to whoever runs the application.
    UserDisabled = "userDisabled": "this account is disabled",
    /// Offer sign-up. Pools that protect user existence never send it.
    UserNotFound = "userNotFound": "there is no such user",
    /// Go to the confirmation step: `confirmSignUp`, `resendConfirmationCode`.
    UserNotConfirmed = "userNotConfirmed": "this account is not confirmed yet",
    /// Go to `forgotPassword`.
    PasswordResetRequired = "passwordResetRequired": "the password must be reset",
    /// Wait; the wait doubles with each further try.
    TooManyAttempts = "tooManyAttempts": "too many failed attempts, try again later",
    /// An hourly budget is spent: wait, do not repeat.
    LimitExceeded = "limitExceeded": "too many requests, try again later",
    /// Try again after `retryAfterMs`.
    Throttled = "throttled": "the service is busy, try again",
    /// Try again.
    ServiceUnavailable = "serviceUnavailable": "the service is not available, try again",
    /// Ask for the code again: the challenge stays open, or `challenge` takes its place.
    CodeMismatch = "codeMismatch": "the code is wrong",
    /// Have a new code sent.
    CodeExpired = "codeExpired": "the code has expired or was used",
    /// Try again, or another medium.
    CodeDeliveryFailed = "codeDeliveryFailed": "the code could not be sent",
    /// Ask for another user name.
    UsernameExists = "usernameExists": "this user name is taken",
    /// The address or number belongs to another account.
    AliasExists = "aliasExists": "this address or number is taken",
    /// Show the policy; `service.message` says which rule.
    InvalidPassword = "invalidPassword": "the password does not follow the policy",
    /// Ask for a password that was not used before.
    PasswordUsedBefore = "passwordUsedBefore": "the password was used before",
    /// Ask for another password: this one is known to be in others' hands. When signing in:
    /// go to `forgotPassword`.
    CompromisedPassword = "compromisedPassword": "the password is known to others",
    /// Threat protection refused: offer another way to sign in, or ask the user to try from
    /// where they usually do.
    RiskBlocked = "riskBlocked": "the request was refused as too risky",
    /// See `service.message`.
    InvalidParameter = "invalidParameter": "the service does not accept a value",
    /// A device, client or pool that does not exist.
    NotFound = "notFound": "what was asked for does not exist",
    /// Go on from `challenge`, when there is one; else sign in again.
    SessionExpired = "sessionExpired": "the sign-in took too long: begin again",
    /// Nobody is signed in any more: show the sign-in page.
    SignedOut = "signedOut": "nobody is signed in",
    /// Request the scope `aws.cognito.signin.user.admin` at sign-in (`oauth.scopes`):
    /// account calls need it. The session stays.
    MissingScope = "missingScope":
        "the access token lacks the scope aws.cognito.signin.user.admin: add it to oauth.scopes",
    /// Use an app client without a secret: a browser cannot keep one.
    ClientHasSecret = "clientHasSecret": "the app client has a secret: use a public client",
    /// Get other AWS credentials: these ended, or are not known; see `service.name`.
    CredentialsRefused = "credentialsRefused": "the AWS credentials are not accepted",
    /// A firewall or policy in front of the service refused.
    Forbidden = "forbidden": "the request was refused before it reached the user pool",
    /// A trigger of the pool refused; `service.message` has its words.
    TriggerRefused = "triggerRefused": "the user pool's trigger refused this",
    /// A trigger of the pool failed.
    TriggerFailed = "triggerFailed": "the user pool's trigger failed, try again",
    /// The pool needs its administrator.
    Misconfigured = "misconfigured": "the user pool is not set up for this",
    /// The pool, its client or its plan has this switched off.
    NotEnabled = "notEnabled": "the user pool has this switched off",
    /// The user has not set up this factor.
    MfaMethodNotFound = "mfaMethodNotFound": "this factor is not set up",
    /// A refusal this version does not know: see `service.name`.
    Refused = "refused": "the user pool refused",
    /// Wait for the connection; nobody was signed out.
    Offline = "offline": "this device is offline",
    /// Try again; the service may or may not have acted.
    Network = "network": "the service could not be reached",
    /// Try again; the service may or may not have acted.
    Timeout = "timeout": "the service did not answer in time",
    /// The answer was not Cognito's: a captive portal, a proxy, a wrong endpoint.
    ProtocolViolation = "protocolViolation": "the answer does not follow the protocol",
    /// Offer another way to sign in.
    PasskeyNotSupported = "passkeyNotSupported": "passkeys are not supported",
    /// The user closed the dialog or let it run out: offer it again.
    PasskeyCancelled = "passkeyCancelled": "the passkey dialog was cancelled or ran out of time",
    /// Tell the user that this device has a passkey already.
    PasskeyAlreadyRegistered = "passkeyAlreadyRegistered": "this device has a passkey already",
    /// The page's origin does not belong to the pool's relying party.
    PasskeyWrongRelyingParty = "passkeyWrongRelyingParty":
        "this page does not belong to the passkey's site",
    /// Offer it again.
    PasskeyTimedOut = "passkeyTimedOut": "the passkey dialog ran out of time",
    /// Offer it again, or another way to sign in.
    PasskeyFailed = "passkeyFailed": "the passkey dialog failed",
    /// The address holds no response to a sign-in of this browser: offer sign-in again.
    RedirectUnknown = "redirectUnknown": "this answers no sign-in of this browser",
    /// The user took more than ten minutes: offer sign-in again.
    RedirectExpired = "redirectExpired": "the sign-in took too long: begin again",
    /// The user came back or said no, at the pool's domain or at their provider: offer
    /// sign-in again.
    RedirectCancelled = "redirectCancelled": "the sign-in was cancelled",
    /// The pool's domain, or the user's provider, refused; see `service`. Offer sign-in again.
    RedirectRefused = "redirectRefused": "the sign-in was refused",
    /// Nobody is signed in at the pool's domain: show the sign-in page.
    LoginRequired = "loginRequired": "nobody is signed in at the user pool's domain",
    /// The browser blocked the window: call from a click, or use the redirect.
    PopupBlocked = "popupBlocked": "the browser blocked the sign-in window",
    /// The user closed the window, or another one took its place: offer sign-in again.
    PopupClosed = "popupClosed": "the sign-in window was closed",
    /// The store did not take the session: choose another, or `"memory"`.
    Storage = "storage": "the session could not be stored",
    /// The page has no `crypto`: serve it over https.
    CryptoUnavailable = "cryptoUnavailable": "this page has no Web Crypto",
    /// The application ended the call.
    Aborted = "aborted": "the call was aborted",
    /// Fix the call: `detail` says how.
    Misuse = "misuse": "the call is not right",
    /// The WebAssembly did not load: see docs/bundlers.md.
    WasmUnavailable = "wasmUnavailable": "the WebAssembly could not be loaded",
    /// A defect of this library: please report it.
    Internal = "internal": "internal error",
}
