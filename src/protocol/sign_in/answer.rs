//! The person's answer to a question: what it makes us send.

use super::pending::Origin;
use super::steps::can_set_up;
use super::{Flow, Pending, Sent, SignIn, Step};
use crate::protocol::challenge::{ATTRIBUTE_PREFIX, Answer, Challenge};
use crate::protocol::device::Device;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Spare;

/// What an answer is answered with.
struct Means<'a> {
    device: Option<Device>,
    pool: &'a Pool,
    spare: Spare<'a>,
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
        spare: Spare<'_>,
    ) -> Result<Step, Misuse> {
        // Another device than the one this conversation named cannot prove itself in it.
        let named = self.talk.device_key.clone();
        let device = device.filter(|device| named.is_none_or(|key| key == device.key));
        let means = Means { device, pool, spare };
        let is_choice = self.talk.flow == Flow::Choice;
        let is_again = self.origin == Origin::Restart;
        let challenge = self.challenge();
        let code_name;
        let (response, value) = match (challenge, answer) {
            (Challenge::SoftwareTokenSetup, Answer::SoftwareToken(code, friendly)) => {
                let mut conversation = SignIn::new(self.talk, means.device);
                let call = conversation.bare_call("VerifySoftwareToken");
                conversation.call = call
                    .with("UserCode", code.expose("the new app's first code").as_str())
                    .with_some("FriendlyDeviceName", friendly);
                conversation.sent = Sent::Verify(self.parameters, self.origin);
                return Ok(Step::Send(Box::new(conversation)));
            }
            (Challenge::EmailSetup, Answer::Email(email)) => ("EMAIL", Secret::new(email)),
            (Challenge::Restart, Answer::Restart(password)) => {
                let Means { device, pool, spare } = means;
                self.talk.flow.can_begin(password.is_some())?;
                let again = self.talk.begin(None, password, device, pool, spare);
                return Ok(Step::Send(Box::new(again)));
            }
            (Challenge::Password | Challenge::PasswordSrp, Answer::Password(password)) => {
                let factor = self.name.clone();
                if self.origin != Origin::Service {
                    return self.choose(factor, Some(password), is_again, means);
                }
                let name = factor.clone();
                return Ok(self.give(&name, factor, Some(password), Value::object(), means));
            }
            (_, Answer::Option(option, password)) => {
                match (&self.origin, challenge) {
                    (Origin::Restart, _) if is_choice => {}
                    (Origin::Chosen, _) | (Origin::Service, Challenge::SelectChallenge) => {}
                    (Origin::Service, Challenge::MfaSetup) => {
                        if !can_set_up(&option) {
                            return Err(Misuse("this factor cannot be set up while signing in"));
                        }
                        let conversation = SignIn::new(self.talk, means.device);
                        return Ok(conversation.set_up_factor(&option, self.name, self.parameters));
                    }
                    (Origin::Service, Challenge::SelectMfaType) => {
                        let responses = Value::object().with("ANSWER", option);
                        return Ok(self.respond(responses, means));
                    }
                    // The session is bound to the factor: for another one, begin again.
                    (Origin::Service, _)
                        if is_choice
                            && (challenge.is_password() || challenge.is_other_factor()) =>
                    {
                        return self.choose(option, password, true, means);
                    }
                    _ => return Err(MISFIT),
                }
                return self.choose(option, password, is_again, means);
            }
            (_, Answer::Responses(responses)) if self.origin == Origin::Service => {
                return Ok(self.respond(Value::from_pairs(&responses), means));
            }
            (Challenge::NewPassword, Answer::NewPassword(password, attributes)) => {
                let password = password.expose("sent as the answer").as_str();
                let mut responses = Value::object().with("NEW_PASSWORD", password);
                for (name, value) in attributes {
                    responses = responses.with(&[ATTRIBUTE_PREFIX, &name].concat(), value);
                }
                return Ok(self.respond(responses, means));
            }
            (
                Challenge::SmsMfa
                | Challenge::EmailOtp
                | Challenge::SmsOtp
                | Challenge::SoftwareToken,
                Answer::Code(code),
            ) => {
                code_name = [&self.name, "_CODE"].concat();
                (code_name.as_str(), code)
            }
            (Challenge::Custom, Answer::Custom(answer)) => ("ANSWER", answer),
            (Challenge::WebAuthn, Answer::Credential(credential)) => ("CREDENTIAL", credential),
            _ => return Err(MISFIT),
        };
        let value = value.expose("sent as the answer").as_str();
        Ok(self.respond(Value::object().with(response, value), means))
    }

    /// Chooses a first factor: from the service's list, or to begin again with. A password that it
    /// needs is asked for first.
    fn choose(
        mut self,
        factor: String,
        password: Option<Secret<String>>,
        is_again: bool,
        means: Means<'_>,
    ) -> Result<Step, Misuse> {
        let is_password = Challenge::of(&factor).is_password();
        if is_password && password.is_none() {
            self.name = factor;
            self.origin = if is_again { Origin::Restart } else { Origin::Chosen };
            return Ok(Step::Ask(Box::new(self)));
        }
        let password = password.filter(|_| is_password);
        if is_again {
            let Means { device, pool, spare } = means;
            self.talk.flow.can_begin(password.is_some())?;
            let again = self.talk.begin(Some(factor), password, device, pool, spare);
            return Ok(Step::Send(Box::new(again)));
        }
        let responses = Value::object().with("ANSWER", factor.as_str());
        Ok(self.give("SELECT_CHALLENGE", factor, password, responses, means))
    }

    /// Answers with a factor that was chosen; should the session be over, it is chosen again.
    fn give(
        self,
        name: &str,
        factor: String,
        password: Option<Secret<String>>,
        responses: Value,
        means: Means<'_>,
    ) -> Step {
        let mut conversation = SignIn::new(self.talk, means.device);
        conversation.chosen = Some((factor.clone(), password.clone()));
        match password {
            Some(password) => conversation.give_password(
                name,
                &factor,
                password,
                responses,
                means.pool,
                means.spare,
            ),
            None => conversation.respond(name, responses, means.pool),
        }
    }

    fn respond(self, responses: Value, means: Means<'_>) -> Step {
        SignIn::new(self.talk, means.device).respond(&self.name, responses, means.pool)
    }
}

/// Name of the question that begins again with the user name alone.
pub(super) const RESTART: &str = "RESTART";

const MISFIT: Misuse = Misuse("this answer does not fit the challenge: see AnswerTo");
