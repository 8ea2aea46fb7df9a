//! The person's answer to a question: what it makes us send.

use super::pending::Origin;
use super::{Flow, Pending, Sent, SignIn, Step, is_password, pair};
use crate::protocol::challenge::{ATTRIBUTE_PREFIX, Answer};
use crate::protocol::device::Device;
use crate::protocol::error::Misuse;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Ephemeral;
use crate::protocol::wire::auth::Pairs;

/// What an answer is answered with.
struct Means<'a> {
    device: Option<Device>,
    pool: &'a Pool,
    spare: Ephemeral,
}

impl Pending {
    /// Continues with the person's answer. `device` is what is remembered for this user name.
    ///
    /// # Errors
    /// `Misuse` when the answer does not fit the question.
    pub fn answer(
        self,
        answer: Answer,
        device: Option<Device>,
        pool: &Pool,
        spare: Ephemeral,
    ) -> Result<Step, Misuse> {
        // Another device than the one this conversation named cannot prove itself in it.
        let named = self.talk.device_key.clone();
        let device = device.filter(|device| named.is_none_or(|key| key == device.key));
        let means = Means { device, pool, spare };
        match self.origin {
            Origin::Restart => self.answer_restart(answer, means),
            Origin::Chosen => match answer {
                Answer::Password(password) => {
                    let factor = self.name.clone();
                    Ok(self.select(factor, Some(password), means))
                }
                Answer::Option(option, password) => Ok(self.select(option, password, means)),
                _ => Err(MISFIT),
            },
            Origin::EmailSetup => match answer {
                Answer::Email(email) => Ok(self.respond(vec![pair("EMAIL", &email)], means)),
                _ => Err(MISFIT),
            },
            Origin::SoftwareTokenSetup(_) => match answer {
                Answer::SoftwareToken(code, friendly) => {
                    let call = self
                        .call("VerifySoftwareToken")
                        .with("UserCode", code.expose("the new app's first code").as_str())
                        .with_some("FriendlyDeviceName", friendly);
                    let mut conversation = SignIn::new(self.talk.clone(), means.device);
                    conversation.sent = Sent::Verify(Box::new(self));
                    Ok(Step::Send(Box::new(call), Box::new(conversation)))
                }
                _ => Err(MISFIT),
            },
            Origin::Service => self.answer_service(answer, means),
        }
    }

    fn answer_service(self, answer: Answer, means: Means<'_>) -> Result<Step, Misuse> {
        let is_choice = self.talk.flow == Flow::Choice;
        let coded = |parameter, code: &Secret<String>| {
            Ok(vec![pair(parameter, code.expose("sent as the answer"))])
        };
        let responses: Result<Pairs, Misuse> = match (self.name.as_str(), answer) {
            ("SMS_MFA", Answer::Code(code)) => coded("SMS_MFA_CODE", &code),
            ("EMAIL_OTP", Answer::Code(code)) => coded("EMAIL_OTP_CODE", &code),
            ("SMS_OTP", Answer::Code(code)) => coded("SMS_OTP_CODE", &code),
            ("SOFTWARE_TOKEN_MFA", Answer::Code(code)) => coded("SOFTWARE_TOKEN_MFA_CODE", &code),
            ("CUSTOM_CHALLENGE", Answer::Custom(answer)) => coded("ANSWER", &answer),
            ("WEB_AUTHN", Answer::Credential(credential)) => coded("CREDENTIAL", &credential),
            ("NEW_PASSWORD_REQUIRED", Answer::NewPassword(password, attributes)) => {
                let password = pair("NEW_PASSWORD", password.expose("sent as the answer"));
                let attributes = attributes
                    .into_iter()
                    .map(|(name, value)| ([ATTRIBUTE_PREFIX, &name].concat(), value));
                Ok(core::iter::once(password).chain(attributes).collect())
            }
            ("SELECT_MFA_TYPE", Answer::Option(option, _)) => Ok(vec![pair("ANSWER", &option)]),
            ("MFA_SETUP", Answer::Option(option, _)) => {
                let conversation = SignIn::new(self.talk.clone(), means.device);
                return conversation
                    .set_up_factor(&option, self)
                    .ok_or(Misuse("this factor cannot be set up while signing in"));
            }
            ("SELECT_CHALLENGE", Answer::Option(option, password)) => {
                return Ok(self.select(option, password, means));
            }
            (factor, Answer::Password(password)) if is_password(factor) => {
                let name = self.name;
                let mut conversation = SignIn::new(self.talk, means.device);
                conversation.chosen = Some((name.clone(), Some(password.clone())));
                let (pool, spare) = (means.pool, means.spare);
                return Ok(conversation.give_password(
                    &name,
                    &name,
                    password,
                    Vec::new(),
                    pool,
                    spare,
                ));
            }
            // The session is bound to the factor: for another one, begin again.
            (
                "EMAIL_OTP" | "SMS_OTP" | "WEB_AUTHN" | "PASSWORD" | "PASSWORD_SRP",
                Answer::Option(option, password),
            ) if is_choice => return self.begin(option, password, means),
            (_, Answer::Responses(responses)) => Ok(responses),
            _ => Err(MISFIT),
        };
        Ok(self.respond(responses?, means))
    }

    fn answer_restart(self, answer: Answer, means: Means<'_>) -> Result<Step, Misuse> {
        let is_choice = self.talk.flow == Flow::Choice;
        match answer {
            Answer::Option(option, password) if is_choice => self.begin(option, password, means),
            Answer::Password(password) if is_password(&self.name) => {
                let name = self.name.clone();
                self.begin(name, Some(password), means)
            }
            Answer::Restart(password) if self.name == RESTART => {
                let Means { device, pool, spare } = means;
                send(self.talk.begin(None, password, device, pool, spare)?)
            }
            _ => Err(MISFIT),
        }
    }

    /// Chooses a first factor from the service's list.
    fn select(self, factor: String, password: Option<Secret<String>>, means: Means<'_>) -> Step {
        let mut pending = self;
        if is_password(&factor) && password.is_none() {
            pending.name = factor;
            pending.origin = Origin::Chosen;
            return Step::Ask(Box::new(pending));
        }
        let password = password.filter(|_| is_password(&factor));
        let responses = vec![pair("ANSWER", &factor)];
        let mut conversation = SignIn::new(pending.talk, means.device);
        conversation.chosen = Some((factor.clone(), password.clone()));
        match password {
            Some(password) => conversation.give_password(
                "SELECT_CHALLENGE",
                &factor,
                password,
                responses,
                means.pool,
                means.spare,
            ),
            None => conversation.respond("SELECT_CHALLENGE", responses, means.pool),
        }
    }

    /// Begins again with a first factor; a password that it needs is asked for first.
    fn begin(
        mut self,
        factor: String,
        password: Option<Secret<String>>,
        means: Means<'_>,
    ) -> Result<Step, Misuse> {
        if is_password(&factor) && password.is_none() {
            self.name = factor;
            self.origin = Origin::Restart;
            return Ok(Step::Ask(Box::new(self)));
        }
        let password = password.filter(|_| is_password(&factor));
        let Means { device, pool, spare } = means;
        send(self.talk.begin(Some(factor), password, device, pool, spare)?)
    }

    fn respond(self, responses: Pairs, means: Means<'_>) -> Step {
        SignIn::new(self.talk, means.device).respond(&self.name, responses, means.pool)
    }
}

/// Name of the question that begins again with the user name alone.
pub(super) const RESTART: &str = "RESTART";

const MISFIT: Misuse = Misuse("this answer does not fit the challenge: see AnswerTo");

fn send((call, conversation): (crate::protocol::wire::Call, SignIn)) -> Result<Step, Misuse> {
    Ok(Step::Send(Box::new(call), Box::new(conversation)))
}
