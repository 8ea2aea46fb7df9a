//! Every question a pool can ask, and every answer that can be given.

use super::json::Value;
use super::secret::Secret;
use super::text;
use super::wire::auth::Pairs;

/// Questions, each with the service's name of it; those below `ours` are not the service's. The names
/// are words of one text: a comparison with each would weigh more in the wasm.
macro_rules! challenges {
    (
        service { $($(#[$about:meta])* $challenge:ident = $name:literal,)* }
        ours { $($(#[$our_about:meta])* $our:ident,)* }
    ) => {
        /// A question. `docs/challenges.md` has the table for applications.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Challenge {
            $($(#[$about])* $challenge,)*
            $($(#[$our_about])* $our,)*
        }

        const NAMES: &str = concat!($($name, " ",)*);
        const CHALLENGES: &[Challenge] = &[$(Challenge::$challenge,)*];
    };
}

challenges! {
    service {
        /// A code was sent.
        SmsMfa = "SMS_MFA",
        /// A code was sent, as first factor or second.
        EmailOtp = "EMAIL_OTP",
        /// A code was sent, as first factor.
        SmsOtp = "SMS_OTP",
        /// The code of an authenticator app.
        SoftwareToken = "SOFTWARE_TOKEN_MFA",
        /// A password of one's own, and attributes the pool wants.
        NewPassword = "NEW_PASSWORD_REQUIRED",
        /// One of several second factors.
        SelectMfaType = "SELECT_MFA_TYPE",
        /// A second factor to be set up.
        MfaSetup = "MFA_SETUP",
        /// One of several first factors.
        SelectChallenge = "SELECT_CHALLENGE",
        /// The password, which is sent.
        Password = "PASSWORD",
        /// The password, which is proved.
        PasswordSrp = "PASSWORD_SRP",
        /// A passkey.
        WebAuthn = "WEB_AUTHN",
        /// Whatever the trigger published is in the parameters.
        Custom = "CUSTOM_CHALLENGE",
        /// The proof of the password; nobody is asked.
        PasswordVerifier = "PASSWORD_VERIFIER",
        /// The beginning of a device's proof; nobody is asked.
        DeviceSrp = "DEVICE_SRP_AUTH",
        /// The proof of a device; nobody is asked.
        DeviceVerifier = "DEVICE_PASSWORD_VERIFIER",
    }
    ours {
        /// Setting up an authenticator app: its secret goes into it, its first code comes back.
        SoftwareTokenSetup,
        /// Setting up codes by e-mail: an address is wanted.
        EmailSetup,
        /// The service's session is over, and the user name is enough to begin again.
        Restart,
        /// A question this version does not know.
        Other,
    }
}

/// What the person, or the page for them, answers.
#[derive(Clone)]
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
    /// The question that the service has this name for.
    pub fn of(name: &str) -> Self {
        let known = text::word(NAMES, name).and_then(|at| CHALLENGES.get(at).copied());
        known.unwrap_or(Self::Other)
    }

    /// Whether it is for the password.
    pub fn is_password(self) -> bool {
        matches!(self, Self::Password | Self::PasswordSrp)
    }

    /// Whether it is for a first factor other than the password.
    pub fn is_other_factor(self) -> bool {
        matches!(self, Self::EmailOtp | Self::SmsOtp | Self::WebAuthn)
    }

    /// What may be chosen; nothing where there is no choice. `available` is `AvailableChallenges`.
    pub fn options(self, parameters: &Pairs, available: &[String]) -> Vec<String> {
        let mut options = match self {
            Self::SelectChallenge => available.to_vec(),
            Self::MfaSetup => list(parameters, "MFAS_CAN_SETUP").strings(),
            // Clients read MFAS_CAN_CHOOSE; one page of the documentation says MFAS_CAN_SELECT.
            Self::SelectMfaType => match list(parameters, "MFAS_CAN_CHOOSE") {
                Value::Null => list(parameters, "MFAS_CAN_SELECT"),
                list => list,
            }
            .strings(),
            _ => Vec::new(),
        };
        if self == Self::MfaSetup {
            // SMS may be listed, but the service cannot set it up here.
            options.retain(|option| option != "SMS_MFA");
        }
        options
    }

    /// What the parameters say to the page, as `js/types.ts` has it; without what every question has,
    /// and what the service does not say.
    pub fn tell(self, told: &mut Value, parameters: &Pairs, available: &[String]) {
        match self {
            Self::SmsMfa | Self::EmailOtp | Self::SmsOtp => {
                tell_text(told, "destination", parameters, "CODE_DELIVERY_DESTINATION");
                tell_text(told, "medium", parameters, "CODE_DELIVERY_DELIVERY_MEDIUM");
            }
            Self::SoftwareToken => {
                tell_text(told, "friendlyDeviceName", parameters, "FRIENDLY_DEVICE_NAME");
            }
            Self::NewPassword => {
                let mut required = Vec::new();
                for name in list(parameters, "requiredAttributes").items() {
                    if let Some(name) = name.as_str() {
                        let bare = name.strip_prefix(ATTRIBUTE_PREFIX).unwrap_or(name);
                        required.push(Value::from(bare));
                    }
                }
                told.put("requiredAttributes", Value::from(required));
                let held = list(parameters, "userAttributes").string_pairs();
                told.put("userAttributes", Value::from_pairs(&held));
            }
            Self::SelectMfaType | Self::MfaSetup | Self::SelectChallenge => {
                let options = self.options(parameters, available);
                told.put("options", Value::from_strings(&options));
            }
            Self::WebAuthn => told.put("options", passkey_options(parameters)),
            _ => {}
        }
    }
}

/// Request options of [`Challenge::WebAuthn`] in JSON form.
pub fn passkey_options(parameters: &Pairs) -> Value {
    match list(parameters, "CREDENTIAL_REQUEST_OPTIONS") {
        Value::Null => Value::object(),
        options => options,
    }
}

/// Prefix of attribute names in `NEW_PASSWORD_REQUIRED`.
pub const ATTRIBUTE_PREFIX: &str = "userAttributes.";

/// Value of a parameter.
pub fn find<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Value of a parameter that is JSON; `null` for anything else.
fn list(parameters: &Pairs, name: &str) -> Value {
    find(parameters, name).and_then(Value::parse).unwrap_or(Value::Null)
}

fn tell_text(told: &mut Value, member: &str, parameters: &Pairs, name: &str) {
    if let Some(text) = find(parameters, name) {
        told.put_text(member, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_known_by_the_services_names_and_by_no_parts_of_them() {
        for name in NAMES.split(' ').filter(|name| !name.is_empty()) {
            assert_ne!(Challenge::of(name), Challenge::Other, "{name}");
        }
        for name in ["", " ", "SMS", "SMS_MFA ", "SMS_MFA EMAIL_OTP", "RESTART", "Other"] {
            assert_eq!(Challenge::of(name), Challenge::Other, "{name}");
        }
        assert_eq!(Challenge::of("SMS_MFA"), Challenge::SmsMfa);
        assert_eq!(Challenge::of("DEVICE_PASSWORD_VERIFIER"), Challenge::DeviceVerifier);
    }
}
