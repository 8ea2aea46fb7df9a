//! Second factors of a signed-in person on the wire: authenticator apps and preferences.

use super::Call;
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::refusal::{Kind, Refusal};
use crate::protocol::secret::Secret;

/// `VerifySoftwareToken`
pub fn verify_software_token(
    access: &Secret<String>,
    code: &Secret<String>,
    friendly_device_name: Option<&str>,
) -> Call {
    Call::of_person("VerifySoftwareToken", access)
        .with("UserCode", code.expose("the new app's first code").as_str())
        .with_some("FriendlyDeviceName", friendly_device_name)
}

/// Reads whether `VerifySoftwareToken` took the code.
///
/// # Errors
/// The reply has no `Status` this protocol knows.
pub fn is_verified(reply: &Value) -> Result<bool, Violation> {
    match reply.str("Status") {
        Some("SUCCESS") => Ok(true),
        Some("ERROR") => Ok(false),
        _ => Err(Violation::MissingMember("Status")),
    }
}

/// What `Status: ERROR` means, in the form of the exception that means the same.
pub fn wrong_code() -> Refusal {
    Refusal {
        kind: Kind::CodeMismatch,
        name: String::from("EnableSoftwareTokenMFA"),
        text: String::new(),
        status: 200,
        retry_after_seconds: None,
    }
}

/// What a person wants of one factor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wish {
    /// Not to be asked for it.
    Off,
    /// To have it as one of several.
    On,
    /// To be asked for it first.
    Preferred,
}

/// `SetUserMFAPreference`: members are the service's names of the settings; what is not named stays.
pub fn set_preference(access: &Secret<String>, wishes: &[(&str, Wish)]) -> Call {
    let mut call = Call::of_person("SetUserMFAPreference", access);
    for (name, wish) in wishes {
        let mut setting = Value::object().with("Enabled", *wish != Wish::Off);
        // A passkey cannot be preferred: the service has no such member.
        if *name != PASSKEY_SETTINGS {
            setting = setting.with("PreferredMfa", *wish == Wish::Preferred);
        }
        call = call.with(name, setting);
    }
    call
}

/// Names of the settings in `SetUserMFAPreference`, by the names applications use.
pub const SETTINGS: [(&str, &str); 4] = [
    ("sms", "SMSMfaSettings"),
    ("totp", "SoftwareTokenMfaSettings"),
    ("email", "EmailMfaSettings"),
    ("passkey", PASSKEY_SETTINGS),
];

const PASSKEY_SETTINGS: &str = "WebAuthnMfaSettings";

/// Factors a person has set up.
pub struct Factors {
    /// Second factors that are on.
    pub enabled: Vec<String>,
    /// The one that is asked for first.
    pub preferred: Option<String>,
    /// First factors: only `GetUserAuthFactors` tells them.
    pub first: Option<Vec<String>>,
}

impl Factors {
    /// Reads the answer of `GetUserAuthFactors` or `GetUser`.
    pub fn read(reply: &Value) -> Self {
        let list = |name| reply.get(name).map(Value::strings);
        Self {
            enabled: list("UserMFASettingList").unwrap_or_default(),
            preferred: reply.string("PreferredMfaSetting").filter(|name| !name.is_empty()),
            first: list("ConfiguredUserAuthFactors"),
        }
    }
}
