//! Every question a pool can ask, and every answer that can be given.

use super::json::Value;
use super::secret::Secret;
use super::wire::auth::Pairs;

/// A question for the person. `docs/challenges.md` has the table for applications.
pub enum Challenge {
    /// `SMS_MFA`, `EMAIL_OTP`, `SMS_OTP`: a code was sent.
    Code {
        /// The service's name of the challenge.
        name: &'static str,
        /// Masked address or number.
        destination: Option<String>,
        /// `SMS` or `EMAIL`.
        medium: Option<String>,
    },
    /// `SOFTWARE_TOKEN_MFA`: the code of an authenticator app.
    SoftwareToken {
        /// Name the person gave the app's entry.
        friendly_device_name: Option<String>,
    },
    /// `NEW_PASSWORD_REQUIRED`
    NewPassword {
        /// Attributes that must be supplied, without prefix.
        required_attributes: Vec<String>,
        /// Attributes the pool holds.
        user_attributes: Pairs,
    },
    /// `SELECT_MFA_TYPE`, `MFA_SETUP`, `SELECT_CHALLENGE`: one of several.
    Select {
        /// The service's name of the challenge.
        name: &'static str,
        /// What may be chosen.
        options: Vec<String>,
    },
    /// Setting up an authenticator app: this secret goes into it, its first code comes back.
    SoftwareTokenSetup {
        /// Base32.
        secret_code: String,
    },
    /// Setting up codes by e-mail: an address is wanted.
    EmailSetup,
    /// `PASSWORD`, `PASSWORD_SRP`
    Password {
        /// The service's name of the challenge.
        name: &'static str,
    },
    /// `WEB_AUTHN`: a passkey.
    WebAuthn {
        /// Request options in JSON form.
        options: Value,
    },
    /// `CUSTOM_CHALLENGE`: whatever the trigger published is in the parameters.
    Custom,
    /// The service's session is over, and the user name is enough to begin again.
    Restart,
    /// A question this version does not know.
    Other {
        /// The service's name of it.
        name: String,
    },
}

/// What the person, or the page for them, answers.
pub enum Answer {
    /// A code that was sent or shown.
    Code(Secret<String>),
    /// A code for a new authenticator app, and a name for it.
    SoftwareToken(Secret<String>, Option<String>),
    /// A password of one's own, and attributes the pool wants.
    NewPassword(Secret<String>, Pairs),
    /// One of several; a password where the choice is one.
    Option(String, Option<Secret<String>>),
    /// An address for codes.
    Email(String),
    /// The password.
    Password(Secret<String>),
    /// A passkey's assertion, as JSON text.
    Credential(Secret<String>),
    /// Whatever the trigger asked for.
    Custom(Secret<String>),
    /// Begin again, with a password where the person gave one.
    Restart(Option<Secret<String>>),
    /// Raw responses, for a question this version does not know or knows too little of.
    Responses(Pairs),
}

impl Challenge {
    /// Reads a question from its name, parameters and `AvailableChallenges`.
    pub fn read(name: &str, parameters: &Pairs, available: &[String]) -> Self {
        let text = |wanted: &str| find(parameters, wanted).map(String::from);
        let list = |wanted: &str| find(parameters, wanted).and_then(Value::parse);
        let select = |name, options| Self::Select { name, options };
        match name {
            "SMS_MFA" => code("SMS_MFA", parameters),
            "EMAIL_OTP" => code("EMAIL_OTP", parameters),
            "SMS_OTP" => code("SMS_OTP", parameters),
            "SOFTWARE_TOKEN_MFA" => {
                Self::SoftwareToken { friendly_device_name: text("FRIENDLY_DEVICE_NAME") }
            }
            "NEW_PASSWORD_REQUIRED" => {
                let mut required_attributes = strings(list("requiredAttributes"));
                for name in &mut required_attributes {
                    if let Some(bare) = name.strip_prefix(ATTRIBUTE_PREFIX) {
                        *name = String::from(bare);
                    }
                }
                let user_attributes = list("userAttributes");
                let user_attributes = user_attributes.unwrap_or(Value::Null).string_pairs();
                Self::NewPassword { required_attributes, user_attributes }
            }
            // Clients read MFAS_CAN_CHOOSE; one page of the documentation says MFAS_CAN_SELECT.
            "SELECT_MFA_TYPE" => select(
                "SELECT_MFA_TYPE",
                strings(list("MFAS_CAN_CHOOSE").or_else(|| list("MFAS_CAN_SELECT"))),
            ),
            // SMS may be listed, but the service cannot set it up here.
            "MFA_SETUP" => {
                let mut options = strings(list("MFAS_CAN_SETUP"));
                options.retain(|option| option != "SMS_MFA");
                select("MFA_SETUP", options)
            }
            "SELECT_CHALLENGE" => select("SELECT_CHALLENGE", available.to_vec()),
            "PASSWORD" => Self::Password { name: "PASSWORD" },
            "PASSWORD_SRP" => Self::Password { name: "PASSWORD_SRP" },
            "WEB_AUTHN" => Self::WebAuthn {
                options: list("CREDENTIAL_REQUEST_OPTIONS").unwrap_or_else(Value::object),
            },
            "CUSTOM_CHALLENGE" => Self::Custom,
            other => Self::Other { name: String::from(other) },
        }
    }
}

/// Prefix of attribute names in `NEW_PASSWORD_REQUIRED`.
pub const ATTRIBUTE_PREFIX: &str = "userAttributes.";

/// Value of a parameter.
pub fn find<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn code(name: &'static str, parameters: &Pairs) -> Challenge {
    let text = |wanted: &str| find(parameters, wanted).map(String::from);
    Challenge::Code {
        name,
        destination: text("CODE_DELIVERY_DESTINATION"),
        medium: text("CODE_DELIVERY_DELIVERY_MEDIUM"),
    }
}

fn strings(list: Option<Value>) -> Vec<String> {
    list.unwrap_or(Value::Null).strings()
}
