//! Questions and answers, as `js/types.ts` has them.

use super::{Input, Output};
use crate::operations::Client;
use crate::operations::sign_in::{Outcome, Question};
use crate::protocol::challenge::{Answer, Challenge};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::sign_in::Pending;

/// What the page answers.
pub(in crate::step) struct Answered {
    /// The question the wrapper kept.
    pub(in crate::step) question: Question,
    /// No answer lets the core find one.
    pub(in crate::step) answer: Option<Answer>,
    /// How a passkey is asked for.
    pub(in crate::step) mediation: Option<String>,
}

/// `{ id, store, pending }`: what the wrapper keeps of a question.
pub(in crate::step) fn question(input: &Input) -> Result<Question, Misuse> {
    let pending = input.0.get("pending").and_then(Pending::read);
    let pending =
        pending.ok_or(Misuse("this challenge is not pending: it was answered or cancelled"))?;
    Ok(Question {
        id: input.optional("id").unwrap_or_default(),
        pending,
        store: input.store("store"),
    })
}

/// A question with its `answer`.
pub(in crate::step) fn answer(input: &Input) -> Result<Answered, Misuse> {
    let mut question = question(input)?;
    let given = Input(input.0.get("answer").unwrap_or(&Value::Null));
    let metadata = given.pairs("clientMetadata");
    if !metadata.is_empty() {
        question.pending = question.pending.with_metadata(metadata);
    }
    let answer = read(&question.pending, &given)?;
    Ok(Answered { question, answer, mediation: given.optional("mediation") })
}

fn read(pending: &Pending, given: &Input) -> Result<Option<Answer>, Misuse> {
    let password = || given.optional("password").map(Secret::new);
    if let Some(option) = given.optional("option") {
        return Ok(Some(Answer::Option(option, password())));
    }
    if given.0.get("responses").is_some() {
        return Ok(Some(Answer::Responses(given.pairs("responses"))));
    }
    Ok(Some(match pending.challenge() {
        Challenge::SmsMfa | Challenge::EmailOtp | Challenge::SmsOtp | Challenge::SoftwareToken => {
            Answer::Code(secret(given, "code")?)
        }
        Challenge::SoftwareTokenSetup => {
            Answer::SoftwareToken(secret(given, "code")?, given.optional("friendlyDeviceName"))
        }
        Challenge::NewPassword => {
            Answer::NewPassword(secret(given, "newPassword")?, given.pairs("attributes"))
        }
        Challenge::SelectMfaType | Challenge::MfaSetup | Challenge::SelectChallenge => {
            return Err(Misuse("option"));
        }
        Challenge::EmailSetup => Answer::Email(given.text("email")?),
        Challenge::Password | Challenge::PasswordSrp => {
            Answer::Password(secret(given, "password")?)
        }
        Challenge::WebAuthn => match given.0.get("credential") {
            Some(credential) => Answer::Credential(Secret::new(credential.write())),
            None => return Ok(None),
        },
        Challenge::Custom => Answer::Custom(secret(given, "answer")?),
        Challenge::Restart => Answer::Restart(password()),
        _ => return Err(Misuse("responses")),
    }))
}

fn secret(given: &Input, name: &'static str) -> Result<Secret<String>, Misuse> {
    given.text(name).map(Secret::new)
}

impl Outcome {
    /// `SignInResult`, or what the host makes one of.
    pub(in crate::step) fn output(&self, client: &Client) -> Value {
        match self {
            Outcome::SignedIn { stored, unconfirmed_device } => {
                let device = unconfirmed_device.as_deref();
                let device = device.map(|key| Value::object().with("deviceKey", key));
                Value::object()
                    .with("status", "signedIn")
                    .with("record", stored.record.write(&client.pool))
                    .with_some("deviceConfirmation", device)
            }
            Outcome::Challenge(question) => question.output().with("status", "challenge"),
        }
    }
}

impl Output for Question {
    /// `{ challenge, pending, store }`: the wrapper keeps the last two under the challenge's id.
    fn output(&self) -> Value {
        Value::object()
            .with("challenge", self.pending.tell().with("id", self.id.as_str()))
            .with("pending", self.pending.write())
            .with("store", self.store.name())
    }
}
