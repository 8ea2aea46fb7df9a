//! What a pool can prompt for, and what may be answered: `docs/challenges.md` has the table.

use std::collections::BTreeMap;
use std::fmt;

use lifeguard::protocol::json::Value;
use serde::{Deserialize, Serialize};

use crate::error::AuthError;
use crate::json;

/// A challenge of a sign-in that is under way. It is answered by
/// [`Auth::answer_challenge`](crate::Auth::answer_challenge), or dropped.
#[derive(Clone)]
pub struct Challenge {
    /// What to prompt for.
    pub prompt: Prompt,
    /// The user name that the service knows the user by, once it said so.
    pub username: String,
    /// Everything that the service said with the challenge, as it said it.
    pub parameters: BTreeMap<String, String>,
    /// What the core needs with the answer: `{ id, pending, store }`.
    asked: Value,
}

/// What a challenge prompts for.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(tag = "name", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Prompt {
    /// A code that was sent as a second factor by SMS.
    SmsMfa {
        /// Masked number.
        destination: Option<String>,
    },
    /// A code that was sent by e-mail, as first or second factor.
    EmailOtp {
        /// Masked address: `a***@e***`.
        destination: Option<String>,
    },
    /// A code that was sent as the first factor by SMS.
    SmsOtp {
        /// Masked number.
        destination: Option<String>,
    },
    /// The code of an authenticator app.
    SoftwareTokenMfa {
        /// The name that the user gave the app's entry.
        friendly_device_name: Option<String>,
    },
    /// A password of the user's own, in place of an administrator's.
    #[serde(rename = "NEW_PASSWORD_REQUIRED")]
    NewPassword {
        /// Attributes that must come with it.
        required_attributes: Vec<String>,
    },
    /// One of several second factors: answer with [`Answer::Option`].
    SelectMfaType {
        /// Names of the factors.
        options: Vec<String>,
    },
    /// A second factor to set up: answer with [`Answer::Option`].
    MfaSetup {
        /// Names of the factors.
        options: Vec<String>,
    },
    /// The first code of an authenticator app that is being set up.
    SoftwareTokenSetup {
        /// The app's secret in base32: for a QR code, or to be typed.
        secret_code: String,
    },
    /// An address for codes by e-mail.
    EmailSetup,
    /// A first factor: answer with [`Answer::Option`].
    SelectChallenge {
        /// Names of the factors.
        options: Vec<String>,
    },
    /// The password, which is sent.
    Password,
    /// The password, which is proved.
    PasswordSrp,
    /// A passkey: answer with [`Answer::Passkey`], and the browser's dialog opens.
    WebAuthn,
    /// What the pool's own triggers ask; `parameters` has what they published.
    CustomChallenge,
    /// The service's session is over: begin again, with the password where the sign-in began so.
    Restart,
    /// A challenge that this version does not know: answer with [`Answer::Responses`].
    #[serde(rename_all = "camelCase")]
    Other {
        /// The service's name of it.
        challenge_name: String,
    },
}

/// The user's answer to a challenge.
#[derive(Clone, Serialize)]
#[serde(into = "Fields")]
#[non_exhaustive]
pub enum Answer {
    /// The code that was sent, or that an authenticator app shows. Blanks do not matter.
    Code(String),
    /// The first code of an authenticator app that was just set up, and a name for it.
    SetUp(String, Option<String>),
    /// A new password, and the attributes that the challenge requires.
    NewPassword(String, BTreeMap<String, String>),
    /// One of the challenge's options. With a first factor that is a password the password may come
    /// along; without it, it is prompted for next.
    Option(String, Option<String>),
    /// The password; for [`Prompt::Restart`], too.
    Password(String),
    /// An address for codes by e-mail.
    Email(String),
    /// Whatever the browser's passkey dialog says.
    Passkey,
    /// What the pool's triggers asked for.
    Custom(String),
    /// Goes on after [`Prompt::Restart`] where the sign-in began without a password.
    Restart,
    /// The service's own form, `ChallengeResponses`.
    Responses(BTreeMap<String, String>),
}

/// An answer as the core takes it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    code: Option<String>,
    friendly_device_name: Option<String>,
    new_password: Option<String>,
    attributes: Option<BTreeMap<String, String>>,
    option: Option<String>,
    password: Option<String>,
    email: Option<String>,
    answer: Option<String>,
    responses: Option<BTreeMap<String, String>>,
}

impl From<Answer> for Fields {
    fn from(answer: Answer) -> Self {
        let none = Self::default();
        match answer {
            Answer::Code(code) => Self { code: Some(code), ..none },
            Answer::SetUp(code, name) => {
                Self { code: Some(code), friendly_device_name: name, ..none }
            }
            Answer::NewPassword(new, attributes) => {
                Self { new_password: Some(new), attributes: Some(attributes), ..none }
            }
            Answer::Option(option, password) => Self { option: Some(option), password, ..none },
            Answer::Password(password) => Self { password: Some(password), ..none },
            Answer::Email(email) => Self { email: Some(email), ..none },
            Answer::Passkey | Answer::Restart => none,
            Answer::Custom(answer) => Self { answer: Some(answer), ..none },
            Answer::Responses(responses) => Self { responses: Some(responses), ..none },
        }
    }
}

/// What the core's output says of a challenge, beside what to prompt for.
#[derive(Deserialize)]
struct Described {
    username: String,
    parameters: BTreeMap<String, String>,
}

impl Challenge {
    /// Reads `{ challenge, pending, store }`, as the core writes it.
    pub(crate) fn read(output: &Value) -> Result<Self, AuthError> {
        let part = |value: &Value, name: &str| value.get(name).cloned().unwrap_or(Value::Null);
        let described = part(output, "challenge");
        let Described { username, parameters } = json::read(&described)?;
        let prompt = json::read(&described)?;
        let asked = Value::object()
            .with("id", part(&described, "id"))
            .with("pending", part(output, "pending"))
            .with("store", part(output, "store"));
        Ok(Self { prompt, username, parameters, asked })
    }

    /// The input of an answer.
    pub(crate) fn answered(&self, answer: &Answer) -> Result<Value, AuthError> {
        Ok(self.asked.clone().with("answer", json::write(answer)?))
    }
}

// SECURITY: what is logged has no user name, no parameter of a trigger and no secret of an app.
impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge").finish_non_exhaustive()
    }
}
