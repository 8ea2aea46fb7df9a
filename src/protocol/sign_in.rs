//! The conversation of a sign-in, as a state machine: [`start`] and [`Pending::answer`] say what to
//! send, [`SignIn::reply`] and [`SignIn::refused`] say what the service's answer leads to. Each step
//! consumes the conversation, so no step can be replayed. `sign_in/README.md` has the table.

mod pending;

pub use pending::Pending;

use super::challenge::{self, ATTRIBUTE_PREFIX, Answer, Challenge, find};
use super::device::Device;
use super::error::{Misuse, Violation};
use super::json::Value;
use super::pool::Pool;
use super::refusal::{Kind, Refusal};
use super::secret::Secret;
use super::session::Tokens;
use super::srp::{self, Ephemeral, Identity, Verifier};
use super::wire::auth::{AuthReply, Pairs, initiate, respond};
use super::wire::{Call, Extras};

/// How a sign-in begins (`AuthFlow`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flow {
    /// `USER_SRP_AUTH`: the password never leaves the page.
    Srp,
    /// `USER_PASSWORD_AUTH`: the password is sent, for user migration.
    Password,
    /// `USER_AUTH`: the pool offers first factors.
    Choice,
    /// `CUSTOM_AUTH`: the pool's triggers ask.
    Custom,
}

/// What a sign-in begins with.
pub struct Start {
    /// User name or alias as typed.
    pub username: String,
    /// Password, where the flow begins with one.
    pub password: Option<Secret<String>>,
    /// The flow.
    pub flow: Flow,
    /// `PREFERRED_CHALLENGE` of [`Flow::Choice`].
    pub preferred: Option<String>,
    /// `Session` of `ConfirmSignUp`.
    pub session: Option<String>,
    /// Metadata and context data for every step.
    pub extras: Extras,
    /// Device remembered for this user name.
    pub device: Option<Device>,
}

/// What comes next.
pub enum Step {
    /// Send this and come back with the answer.
    Send(Box<Call>, Box<SignIn>),
    /// Ask the person.
    Ask(Box<Pending>),
    /// The person is in. The login is what was typed: a remembered device is kept under it too.
    Done {
        /// Tokens, not accepted yet.
        tokens: Box<Tokens>,
        /// User name or alias as typed.
        login: String,
    },
}

/// How a refused step ends.
pub enum Ending {
    /// Send again without the device that the service no longer knows: its data must go.
    Again(Box<Call>, Box<SignIn>),
    /// Refused for good.
    Refused {
        /// The service no longer knows this browser's device: its data must go.
        device_is_gone: bool,
        /// The question from which the person can go on without typing again what is still known.
        restart: Option<Box<Pending>>,
    },
}

/// A conversation whose request is under way.
pub struct SignIn {
    talk: Talk,
    sent: Sent,
    password: Option<Secret<String>>,
    ephemeral: Option<Ephemeral>,
    device: Option<Device>,
    /// First factors to choose from again, should the service's session be over.
    options: Vec<String>,
    steps: u32,
}

/// What every step of one conversation needs; holds no secret but the service's `Session`.
#[derive(Clone)]
struct Talk {
    flow: Flow,
    login: String,
    username: String,
    session: Option<String>,
    extras: Extras,
}

/// What is under way.
enum Sent {
    Auth(Box<Call>),
    Associate,
    Verify,
}

/// More silent steps than any pool needs: device steps, a password already given, a set-up.
const MAX_STEPS: u32 = 10;

/// Begins a conversation.
///
/// `spare` is an ephemeral made for this conversation alone; its arithmetic may be done already.
///
/// # Errors
/// `Misuse` when the user name is empty or the flow needs a password that is not there.
pub fn start(start: Start, pool: &Pool, spare: Ephemeral) -> Result<(Call, SignIn), Misuse> {
    if start.username.is_empty() {
        return Err(Misuse("username is empty"));
    }
    let mut parameters = vec![pair("USERNAME", &start.username)];
    let mut password = start.password;
    let mut ephemeral = None;
    let (flow, by_srp) = match start.flow {
        Flow::Srp if password.is_none() => return Err(Misuse("USER_SRP_AUTH needs a password")),
        Flow::Password if password.is_none() => {
            return Err(Misuse("USER_PASSWORD_AUTH needs a password"));
        }
        Flow::Srp => ("USER_SRP_AUTH", true),
        Flow::Password => ("USER_PASSWORD_AUTH", false),
        Flow::Custom => ("CUSTOM_AUTH", password.is_some()),
        Flow::Choice => {
            let preferred = match (&start.preferred, &password) {
                (None, Some(_)) => Some("PASSWORD_SRP"),
                (preferred, _) => preferred.as_deref(),
            };
            // Without the password there is nothing to prove yet: the pool says what it offers.
            if let Some(preferred) = preferred
                && (password.is_some() || !preferred.starts_with("PASSWORD"))
            {
                parameters.push(pair("PREFERRED_CHALLENGE", preferred));
            }
            ("USER_AUTH", preferred == Some("PASSWORD_SRP") && password.is_some())
        }
    };
    if start.flow == Flow::Custom && by_srp {
        parameters.push(pair("CHALLENGE_NAME", "SRP_A"));
    }
    if by_srp {
        parameters.push(pair("SRP_A", &spare.wire()));
        ephemeral = Some(spare);
    } else if let Some(given) = password.take() {
        let sent = given.expose("the flow sends it");
        parameters.push(pair("PASSWORD", sent));
        // Kept for a pool that offers the password next instead of taking it at once.
        password = (start.flow == Flow::Choice).then_some(given);
    }
    if let Some(device) = &start.device {
        parameters.push(pair("DEVICE_KEY", &device.key));
    }
    let talk = Talk {
        flow: start.flow,
        username: start.username.clone(),
        login: start.username,
        session: start.session,
        extras: start.extras,
    };
    let call = initiate(pool, flow, &parameters, talk.session.as_deref(), &talk.extras);
    let sent = Sent::Auth(Box::new(call.clone()));
    let device = start.device;
    Ok((call, SignIn { talk, sent, password, ephemeral, device, options: Vec::new(), steps: 0 }))
}

impl SignIn {
    /// Reads the service's answer. `now_seconds` is Unix time as the service has it.
    ///
    /// # Errors
    /// The service broke the protocol.
    pub fn reply(
        mut self,
        reply: &Value,
        pool: &Pool,
        now_seconds: u64,
        spare: Ephemeral,
    ) -> Result<Step, Violation> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(Violation::TooManySteps);
        }
        match self.sent {
            Sent::Associate => return self.associated(reply),
            Sent::Verify => return self.verified(reply, pool),
            Sent::Auth(_) => {}
        }
        match AuthReply::read(reply)? {
            AuthReply::Tokens(tokens) => {
                Ok(Step::Done { tokens: Box::new(tokens), login: self.talk.login })
            }
            AuthReply::Challenge { name, session, parameters, available } => {
                self.talk.session = session;
                self.learn_name(&parameters);
                self.challenged(name, parameters, available, pool, now_seconds, spare)
            }
        }
    }

    /// Reads the service's refusal.
    pub fn refused(mut self, refusal: &Refusal) -> Ending {
        let about_device = refusal.kind == Kind::NotFound && refusal.text.contains("evice");
        let mut device_is_gone = false;
        if let Sent::Auth(call) = &mut self.sent
            && self.device.is_some()
        {
            let name = call.input.str("ChallengeName").unwrap_or_default();
            let is_device_step = name.starts_with("DEVICE_");
            // A device's own password cannot be mistyped: refused, the device is as good as gone.
            device_is_gone =
                about_device || (is_device_step && refusal.kind == Kind::IncorrectCredentials);
            if about_device && !is_device_step {
                self.device = None;
                remove_device_key(&mut call.input);
                return Ending::Again(Box::new((**call).clone()), Box::new(self));
            }
        }
        let over = device_is_gone || refusal.kind == Kind::SessionExpired;
        let restart = if over { Pending::restart(self.talk, self.options) } else { None };
        Ending::Refused { device_is_gone, restart: restart.map(Box::new) }
    }

    /// User name or alias as typed.
    pub fn login(&self) -> &str {
        &self.talk.login
    }

    fn challenged(
        mut self,
        name: String,
        parameters: Pairs,
        available: Vec<String>,
        pool: &Pool,
        now_seconds: u64,
        spare: Ephemeral,
    ) -> Result<Step, Violation> {
        match name.as_str() {
            "PASSWORD_VERIFIER" => {
                let (Some(password), Some(ephemeral)) =
                    (self.password.take(), self.ephemeral.take())
                else {
                    return Err(Violation::UnexpectedChallenge);
                };
                // The names that are hashed are the service's, verbatim.
                let user = find(&parameters, "USER_ID_FOR_SRP").unwrap_or(&self.talk.username);
                let identity = Identity { group: pool.name(), user, password: &password };
                let proof = claim(&identity, &ephemeral, &parameters, now_seconds)?;
                Ok(self.respond("PASSWORD_VERIFIER", proof, pool))
            }
            "DEVICE_SRP_AUTH" => {
                let public = pair("SRP_A", &spare.wire());
                if self.device.is_none() {
                    return Err(Violation::UnexpectedChallenge);
                }
                self.ephemeral = Some(spare);
                Ok(self.respond("DEVICE_SRP_AUTH", vec![public], pool))
            }
            "DEVICE_PASSWORD_VERIFIER" => {
                let (Some(device), Some(ephemeral)) = (&self.device, self.ephemeral.take()) else {
                    return Err(Violation::UnexpectedChallenge);
                };
                let proof = claim(&device.identity(), &ephemeral, &parameters, now_seconds)?;
                Ok(self.respond("DEVICE_PASSWORD_VERIFIER", proof, pool))
            }
            "PASSWORD" | "PASSWORD_SRP" if self.password.is_some() => {
                let Some(password) = self.password.take() else {
                    return Err(Violation::UnexpectedChallenge);
                };
                Ok(self.give_password(&name, password, Vec::new(), pool, spare))
            }
            "MFA_SETUP" => {
                let pending = Pending::new(self.talk.clone(), name, parameters, available);
                Ok(self.set_up(pending))
            }
            _ => Ok(Step::Ask(Box::new(Pending::new(self.talk, name, parameters, available)))),
        }
    }

    /// With a single factor to set up there is nothing to choose.
    fn set_up(self, pending: Pending) -> Step {
        let Challenge::Select { options, .. } = pending.challenge() else {
            return Step::Ask(Box::new(pending));
        };
        match options.as_slice() {
            [only] => self.set_up_factor(only, pending),
            _ => Step::Ask(Box::new(pending)),
        }
    }

    fn set_up_factor(mut self, factor: &str, pending: Pending) -> Step {
        match factor {
            "SOFTWARE_TOKEN_MFA" => {
                let call = of_session("AssociateSoftwareToken", &self.talk);
                self.sent = Sent::Associate;
                Step::Send(Box::new(call), Box::new(self))
            }
            "EMAIL_OTP" => Step::Ask(Box::new(pending.renamed(challenge::EMAIL_SETUP))),
            _ => Step::Ask(Box::new(pending)),
        }
    }

    fn associated(mut self, reply: &Value) -> Result<Step, Violation> {
        let secret = reply.str("SecretCode").ok_or(Violation::MissingMember("SecretCode"))?;
        let parameters = vec![pair(challenge::SECRET_CODE, secret)];
        self.learn_session(reply);
        let name = String::from(challenge::SOFTWARE_TOKEN_SETUP);
        Ok(Step::Ask(Box::new(Pending::new(self.talk, name, parameters, Vec::new()))))
    }

    fn verified(mut self, reply: &Value, pool: &Pool) -> Result<Step, Violation> {
        if reply.str("Status") != Some("SUCCESS") {
            return Err(Violation::MissingMember("Status"));
        }
        self.learn_session(reply);
        Ok(self.respond("MFA_SETUP", Vec::new(), pool))
    }

    fn give_password(
        mut self,
        name: &str,
        password: Secret<String>,
        mut responses: Pairs,
        pool: &Pool,
        spare: Ephemeral,
    ) -> Step {
        let by_srp = name == "PASSWORD_SRP" || find(&responses, "ANSWER") == Some("PASSWORD_SRP");
        if by_srp {
            responses.push(pair("SRP_A", &spare.wire()));
            self.ephemeral = Some(spare);
            self.password = Some(password);
        } else {
            responses.push(pair("PASSWORD", password.expose("the person chose to send it")));
        }
        self.respond(name, responses, pool)
    }

    fn respond(mut self, name: &str, mut responses: Pairs, pool: &Pool) -> Step {
        responses.insert(0, pair("USERNAME", &self.talk.username));
        if let Some(device) = &self.device {
            responses.push(pair("DEVICE_KEY", &device.key));
        }
        let call = respond(pool, name, &responses, self.talk.session.as_deref(), &self.talk.extras);
        self.sent = Sent::Auth(Box::new(call.clone()));
        Step::Send(Box::new(call), Box::new(self))
    }

    /// From the first time the service names the person, that name is used (protocol page, 4.5).
    fn learn_name(&mut self, parameters: &Pairs) {
        let told = find(parameters, "USER_ID_FOR_SRP").or_else(|| find(parameters, "USERNAME"));
        if let Some(name) = told.filter(|name| !name.is_empty()) {
            self.talk.username = String::from(name);
        }
    }

    /// Always the newest `Session`; an answer without one leaves the older in force.
    fn learn_session(&mut self, reply: &Value) {
        if let Some(session) = reply.string("Session") {
            self.talk.session = Some(session);
        }
    }
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
        if self.is_restart() {
            return self.start_again(answer, device, pool, spare);
        }
        let conversation = SignIn {
            talk: self.talk.clone(),
            sent: Sent::Associate,
            password: None,
            ephemeral: None,
            device,
            options: self.options(),
            steps: 0,
        };
        let name = self.name.clone();
        let coded = |parameter, code: &Secret<String>| {
            vec![pair(parameter, code.expose("a code is sent as the answer"))]
        };
        let responses = match (name.as_str(), answer) {
            ("SMS_MFA", Answer::Code(code)) => coded("SMS_MFA_CODE", &code),
            ("EMAIL_OTP", Answer::Code(code)) => coded("EMAIL_OTP_CODE", &code),
            ("SMS_OTP", Answer::Code(code)) => coded("SMS_OTP_CODE", &code),
            ("SOFTWARE_TOKEN_MFA", Answer::Code(code)) => coded("SOFTWARE_TOKEN_MFA_CODE", &code),
            ("CUSTOM_CHALLENGE", Answer::Custom(answer)) => coded("ANSWER", &answer),
            ("WEB_AUTHN", Answer::Credential(credential)) => coded("CREDENTIAL", &credential),
            ("NEW_PASSWORD_REQUIRED", Answer::NewPassword(password, attributes)) => {
                let mut responses = coded("NEW_PASSWORD", &password);
                responses.extend(
                    attributes
                        .into_iter()
                        .map(|(name, value)| ([ATTRIBUTE_PREFIX, &name].concat(), value)),
                );
                responses
            }
            ("SELECT_MFA_TYPE", Answer::Option(option, _)) => vec![pair("ANSWER", &option)],
            ("MFA_SETUP", Answer::Option(option, _)) => {
                return Ok(conversation.set_up_factor(&option, self));
            }
            (challenge::SOFTWARE_TOKEN_SETUP, Answer::SoftwareToken(code, friendly)) => {
                let mut conversation = conversation;
                let call = of_session("VerifySoftwareToken", &self.talk)
                    .with("UserCode", code.expose("the new app's first code").as_str())
                    .with_some("FriendlyDeviceName", friendly);
                conversation.sent = Sent::Verify;
                return Ok(Step::Send(Box::new(call), Box::new(conversation)));
            }
            (challenge::EMAIL_SETUP, Answer::Email(email)) => {
                return Ok(conversation.respond("MFA_SETUP", vec![pair("EMAIL", &email)], pool));
            }
            ("SELECT_CHALLENGE", Answer::Option(option, password)) => {
                return Ok(match (option.as_str(), password) {
                    ("PASSWORD" | "PASSWORD_SRP", None) => {
                        Step::Ask(Box::new(self.chosen(&option)))
                    }
                    (_, Some(password)) => {
                        let responses = vec![pair("ANSWER", &option)];
                        conversation.give_password(
                            "SELECT_CHALLENGE",
                            password,
                            responses,
                            pool,
                            spare,
                        )
                    }
                    (_, None) => conversation.respond(
                        "SELECT_CHALLENGE",
                        vec![pair("ANSWER", &option)],
                        pool,
                    ),
                });
            }
            ("PASSWORD" | "PASSWORD_SRP", Answer::Password(password)) => {
                let (asked, responses) = if self.is_chosen() {
                    ("SELECT_CHALLENGE", vec![pair("ANSWER", &name)])
                } else {
                    (name.as_str(), Vec::new())
                };
                return Ok(conversation.give_password(asked, password, responses, pool, spare));
            }
            // Changing one's mind midway: the session is bound to the factor, so begin again.
            (_, Answer::Option(option, password)) if self.talk.flow == Flow::Choice => {
                return self.start_with(Some(option), password, conversation.device, pool, spare);
            }
            (_, Answer::Responses(responses)) => responses,
            _ => return Err(Misuse("this answer does not fit the challenge: see AnswerTo")),
        };
        Ok(conversation.respond(&name, responses, pool))
    }

    fn start_again(
        self,
        answer: Answer,
        device: Option<Device>,
        pool: &Pool,
        spare: Ephemeral,
    ) -> Result<Step, Misuse> {
        match answer {
            Answer::Password(password) => {
                let preferred = (self.talk.flow == Flow::Choice).then(|| self.name.clone());
                self.start_with(preferred, Some(password), device, pool, spare)
            }
            Answer::Option(option, password) => {
                self.start_with(Some(option), password, device, pool, spare)
            }
            _ => Err(Misuse("this answer does not fit the challenge: see AnswerTo")),
        }
    }

    fn start_with(
        self,
        preferred: Option<String>,
        password: Option<Secret<String>>,
        device: Option<Device>,
        pool: &Pool,
        spare: Ephemeral,
    ) -> Result<Step, Misuse> {
        let again = Start {
            username: self.talk.login,
            password,
            flow: self.talk.flow,
            preferred,
            session: None,
            extras: self.talk.extras,
            device,
        };
        let (call, conversation) = start(again, pool, spare)?;
        Ok(Step::Send(Box::new(call), Box::new(conversation)))
    }
}

/// The responses that prove a password, of a person or of a device.
fn claim(
    identity: &Identity<'_>,
    ephemeral: &Ephemeral,
    parameters: &Pairs,
    now_seconds: u64,
) -> Result<Pairs, Violation> {
    let verifier = Verifier {
        b: find(parameters, "SRP_B").ok_or(Violation::MissingMember("SRP_B"))?,
        salt: find(parameters, "SALT").ok_or(Violation::MissingMember("SALT"))?,
        secret_block: find(parameters, "SECRET_BLOCK")
            .ok_or(Violation::MissingMember("SECRET_BLOCK"))?,
    };
    let timestamp = srp::timestamp(now_seconds);
    let proof = srp::proof(identity, ephemeral, &verifier, &timestamp)?;
    Ok(vec![
        pair("PASSWORD_CLAIM_SECRET_BLOCK", verifier.secret_block),
        pair("PASSWORD_CLAIM_SIGNATURE", &proof.signature),
        pair("TIMESTAMP", &timestamp),
    ])
}

/// A call that carries the conversation's `Session` alone: these two take no client id.
fn of_session(operation: &'static str, talk: &Talk) -> Call {
    let input = Value::object().with_some("Session", talk.session.as_deref());
    Call { operation, input }
}

fn remove_device_key(input: &mut Value) {
    let Value::Object(members) = input else { return };
    for (name, value) in members {
        if let Value::Object(pairs) = value
            && (name == "AuthParameters" || name == "ChallengeResponses")
        {
            pairs.retain(|(name, _)| name != "DEVICE_KEY");
        }
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (String::from(name), String::from(value))
}

#[cfg(test)]
mod tests;
