//! Sign-ins on their way, and the tokens of those that arrived.

use super::{TOLD_MS, Verifier, document};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A question that was put to a person and waits for its answer.
///
/// The key is the SHA-256 of the `Session` (or, for `PASSWORD_VERIFIER`, of the `SECRET_BLOCK`)
/// that the client holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PendingChallenge {
    pub(crate) key: String,
    pub(crate) pool_id: String,
    pub(crate) client_id: String,
    /// The real name; for an unknown person the name as typed.
    pub(crate) username: String,
    /// An unknown person is asked like a known one and always fails.
    pub(crate) user_exists: bool,
    pub(crate) question: Question,
    pub(crate) flow: Flow,
    /// Milliseconds since the epoch.
    pub(crate) expires: i64,
    pub(crate) wrong_tries: u32,
    /// Spent challenges are kept until they expire, so that a second use is told apart.
    pub(crate) spent: bool,
}

document!(PendingChallenge, "challenge", key; ends |asked| asked.expires.saturating_add(TOLD_MS));

/// What was asked, with what the server must remember to judge the answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Question {
    /// `PASSWORD_VERIFIER`; the hash of the Session that came with it, where one did.
    PasswordVerifier { exchange: Exchange, session: Option<String> },
    /// `NEW_PASSWORD_REQUIRED`.
    NewPassword { required: Vec<String> },
    /// `SMS_MFA`, `EMAIL_OTP` or `SMS_OTP`.
    Code {
        challenge: String,
        code: String,
        address: String,
        is_second: bool,
        /// A right answer makes the address the person's second factor.
        #[serde(default)]
        is_setup: bool,
    },
    /// `SOFTWARE_TOKEN_MFA`.
    SoftwareToken,
    /// `SELECT_MFA_TYPE`, with what may be chosen.
    SelectMfa { choices: Vec<String> },
    /// `MFA_SETUP`: what may be set up, and the secret once it was shown.
    MfaSetup { choices: Vec<String>, secret: Option<String>, verified: bool, name: String },
    /// `SELECT_CHALLENGE`, with what may be chosen.
    SelectChallenge { choices: Vec<String> },
    /// `PASSWORD`.
    Password,
    /// `PASSWORD_SRP`.
    PasswordSrp,
    /// `WEB_AUTHN`, with what the verifying library remembers.
    Passkey { state: Value },
    /// `CUSTOM_CHALLENGE`, with what only the verifying trigger may see.
    Custom { private: Map<String, Value>, metadata: Option<String> },
    /// `DEVICE_SRP_AUTH`.
    DeviceSrp { device_key: String },
    /// `DEVICE_PASSWORD_VERIFIER`.
    DeviceVerifier { device_key: String, exchange: Exchange },
    /// No question: a sign-up on its way, and whether the address was proved.
    SignedUp { attribute: String, confirmed: bool },
}

/// The server's side of one SRP exchange. Hex.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) verifier: Verifier,
    pub(crate) a_public: String,
    pub(crate) b_secret: String,
    pub(crate) b_public: String,
    /// Base64.
    pub(crate) secret_block: String,
}

/// What a sign-in has been through so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Flow {
    /// `USER_SRP_AUTH`, `USER_AUTH`, …
    pub(crate) auth_flow: String,
    pub(crate) device_key: Option<String>,
    /// `USER_AUTH`: the first factors that may be chosen.
    pub(crate) choices: Vec<String>,
    /// A second factor (or a device in its place) was given, or none is needed.
    pub(crate) second_factor_done: bool,
    /// The tracked device proved itself.
    pub(crate) device_done: bool,
    /// The person chose a new password: the token trigger wants to know.
    pub(crate) new_password: bool,
    /// `CUSTOM_AUTH`: what the define trigger has seen.
    pub(crate) history: Vec<Value>,
    /// On a page of managed login: it ends with a redirect, not with tokens.
    #[serde(default)]
    pub(crate) hosted: bool,
}

/// A refresh token; the key is its SHA-256.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    pub(crate) key: String,
    pub(crate) pool_id: String,
    pub(crate) client_id: String,
    pub(crate) username: String,
    pub(crate) origin_jti: String,
    pub(crate) event_id: String,
    pub(crate) scope: String,
    pub(crate) device_key: Option<String>,
    /// Seconds since the epoch, as in the tokens.
    pub(crate) auth_time: i64,
    /// Milliseconds since the epoch.
    pub(crate) issued: i64,
    pub(crate) expires: i64,
    /// Set when rotation replaced it: it works until then, and a later use is a reuse.
    pub(crate) replaced_until: Option<i64>,
    /// Came from the token endpoint for a code.
    #[serde(default)]
    pub(crate) hosted: bool,
    pub(crate) revoked: bool,
}

document!(RefreshToken, "refresh_token", key, username; ends |token| token.expires.saturating_add(TOLD_MS));

/// All tokens of this `origin_jti` are revoked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Revocation {
    pub(crate) pool_id: String,
    pub(crate) username: String,
    pub(crate) origin_jti: String,
    /// When the last of them is past its time anyway. Milliseconds since the epoch.
    #[serde(default = "never")]
    pub(crate) expires: i64,
}

fn never() -> i64 {
    i64::MAX
}

document!(Revocation, "revocation", origin_jti, username; ends |revocation| revocation.expires);
