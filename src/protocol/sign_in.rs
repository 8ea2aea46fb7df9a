//! The conversation of a sign-in, as a state machine: [`start`] and [`Pending::answer`] say what to
//! send, [`SignIn::reply`] and [`SignIn::refused`] say what the service's answer leads to. Each step
//! consumes the conversation, so no step can be replayed. `sign_in/README.md` has the table.

mod answer;
mod begin;
mod pending;
mod steps;

pub use begin::start;
use pending::Origin;
pub use pending::Pending;

use super::challenge::Challenge;
use super::device::Device;
use super::error::Violation;
use super::json::Value;
use super::pool::Pool;
use super::refusal::{Kind, Refusal};
use super::secret::Secret;
use super::session::Tokens;
use super::srp::{Ephemeral, Spare};
use super::text;
use super::wire::auth::{AuthReply, Pairs};
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

impl Flow {
    /// Its `AuthFlow` name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Srp => "USER_SRP_AUTH",
            Self::Password => "USER_PASSWORD_AUTH",
            Self::Choice => "USER_AUTH",
            Self::Custom => "CUSTOM_AUTH",
        }
    }

    /// The flow that has this name.
    pub fn of_name(name: &str) -> Option<Self> {
        const ALL: &[Flow] = &[Flow::Srp, Flow::Password, Flow::Choice, Flow::Custom];
        ALL.iter().copied().find(|flow| flow.name() == name)
    }
}

/// What a sign-in begins with.
#[derive(Clone)]
pub struct Start {
    /// User name or alias as typed.
    pub username: String,
    /// Password, where the flow begins with one.
    pub password: Option<Secret<String>>,
    /// The flow.
    pub flow: Flow,
    /// `PREFERRED_CHALLENGE` of [`Flow::Choice`]. `PASSWORD_SRP` promises that the password is
    /// not sent when the pool would rather have it.
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
    /// Send the conversation's call and come back with the answer.
    Send(Box<SignIn>),
    /// Ask the person.
    Ask(Box<Pending>),
    /// The code was wrong, which a reply said and no refusal: ask again from here.
    WrongCode(Box<Pending>),
    /// The person is in.
    Done {
        /// Tokens, not accepted yet.
        tokens: Box<Tokens>,
        /// User name or alias as typed: a remembered device is found under it too.
        login: String,
        /// Device the tokens are bound to, where this conversation knows.
        device_key: Option<String>,
    },
}

/// How a refused step ends.
pub struct Ending {
    /// The service no longer knows this browser's device: its data must go.
    pub device_is_gone: bool,
    /// What comes of the conversation.
    pub then: Then,
}

/// What comes of a conversation that was refused.
pub enum Then {
    /// Send its new call instead.
    Again(Box<SignIn>),
    /// Refused; from this question the person can go on without typing again what is still known.
    Restart(Box<Pending>),
    /// Refused for good.
    Over,
}

/// A conversation whose request is under way.
pub struct SignIn {
    talk: Talk,
    /// The call that is under way.
    call: Call,
    sent: Sent,
    /// The password, until it was sent or proved.
    password: Option<Secret<String>>,
    ephemeral: Option<Ephemeral>,
    device: Option<Device>,
    /// The first factor the person just chose, with the password where it is one.
    chosen: Option<(String, Option<Secret<String>>)>,
    steps: u32,
}

/// What every step of one conversation needs; holds no secret but the service's `Session`.
#[derive(Clone)]
struct Talk {
    flow: Flow,
    /// As typed.
    login: String,
    /// As the service says, once it does.
    username: String,
    session: Option<String>,
    extras: Extras,
    /// First factors the service last offered.
    offers: Vec<String>,
    /// The device this conversation named.
    device_key: Option<String>,
    /// Whether it began with a password.
    with_password: bool,
    /// Whether the password is proved and never sent unasked: the flow or somebody chose that.
    proof_only: bool,
}

/// What the call is for.
enum Sent {
    /// `InitiateAuth` or `RespondToAuthChallenge`
    Auth,
    /// `AssociateSoftwareToken`, for the question with these parameters.
    Associate(Pairs),
    /// `VerifySoftwareToken`, for the question with these parameters and this origin.
    Verify(Pairs, Origin),
}

/// More silent steps than any pool needs: device steps, a password already given, a set-up.
const MAX_STEPS: u32 = 10;

impl SignIn {
    fn new(talk: Talk, device: Option<Device>) -> Self {
        let (password, ephemeral, chosen) = (None, None, None);
        let call = Call { operation: "", input: Value::Null };
        Self { talk, call, sent: Sent::Auth, password, ephemeral, device, chosen, steps: 0 }
    }

    /// What is to be sent.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Reads the service's answer. `now_seconds` is Unix time as the service has it, `spare` an
    /// ephemeral for this step alone.
    ///
    /// # Errors
    /// The service broke the protocol.
    pub fn reply(
        mut self,
        reply: &Value,
        pool: &Pool,
        now_seconds: u64,
        spare: Spare<'_>,
    ) -> Result<Step, Violation> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(Violation::TooManySteps);
        }
        self.chosen = None;
        match core::mem::replace(&mut self.sent, Sent::Auth) {
            Sent::Associate(parameters) => return self.associated(parameters, reply),
            Sent::Verify(parameters, origin) => {
                return self.verified(parameters, origin, reply, pool);
            }
            Sent::Auth => {}
        }
        match AuthReply::read(reply)? {
            AuthReply::Tokens(tokens) => Ok(self.done(tokens)),
            AuthReply::Challenge { name, session, parameters, available } => {
                self.talk.session = session;
                self.talk.learn_name(&parameters);
                let challenge = Challenge::of(&name);
                self.talk.learn_offers(available, challenge, &name);
                self.challenged(challenge, name, parameters, pool, now_seconds, spare)
            }
        }
    }

    /// Reads the service's refusal.
    pub fn refused(mut self, refusal: &Refusal, pool: &Pool, spare: Spare<'_>) -> Ending {
        let mut device_is_gone = false;
        if let (Sent::Auth, Some(_)) = (&self.sent, &self.device) {
            let about_device = matches!(refusal.kind, Kind::NotFound | Kind::InvalidParameter)
                && text::has(&refusal.text, "evice");
            let name = self.call.input.str("ChallengeName").unwrap_or_default();
            let is_device_step = name.starts_with("DEVICE_");
            // A device's own password cannot be mistyped: refused, the device is as good as gone.
            device_is_gone =
                about_device || (is_device_step && refusal.kind == Kind::IncorrectCredentials);
            if about_device && !is_device_step {
                steps::remove_device_key(&mut self.call.input);
                self.device = None;
                self.talk.device_key = None;
                return Ending { device_is_gone, then: Then::Again(Box::new(self)) };
            }
        }
        let is_over = refusal.kind == Kind::SessionExpired;
        if is_over
            && let Some((factor, password)) = self.chosen.take()
            && self.talk.flow.can_begin(password.is_some()).is_ok()
        {
            let again = self.talk.begin(Some(factor), password, self.device, pool, spare);
            return Ending { device_is_gone, then: Then::Again(Box::new(again)) };
        }
        if device_is_gone {
            self.talk.device_key = None;
        }
        let then = match is_over || device_is_gone {
            true => Then::Restart(Box::new(Pending::restart(self.talk))),
            false => Then::Over,
        };
        Ending { device_is_gone, then }
    }

    /// The names this person's device may be remembered under: as typed, and as the service says.
    pub fn names(&self) -> (String, String) {
        (self.talk.login.clone(), self.talk.username.clone())
    }

    /// The name to look for a device under, where this reply tells one that nobody typed.
    pub fn device_wanted(&self, reply: &Value) -> Option<String> {
        let parameters = reply.get("ChallengeParameters")?;
        let name = parameters.str("USER_ID_FOR_SRP").or_else(|| parameters.str("USERNAME"))?;
        let is_new = name != self.talk.login && name != self.talk.username;
        (is_new && self.device.is_none()).then(|| String::from(name))
    }

    /// The conversation with a device that was found on the way.
    #[must_use]
    pub fn with_device(mut self, device: Device) -> Self {
        self.talk.device_key = Some(device.key.clone());
        self.device = Some(device);
        self
    }

    fn done(self, tokens: Tokens) -> Step {
        let new = tokens.new_device.as_ref().map(|device| device.key.clone());
        let device_key = new.or_else(|| self.device.map(|device| device.key));
        Step::Done { tokens: Box::new(tokens), login: self.talk.login, device_key }
    }
}

impl Talk {
    /// From the first time the service names the person, that name is used (protocol page, 4.5).
    fn learn_name(&mut self, parameters: &Pairs) {
        let told = |wanted: &str| {
            let (_, name) = parameters.iter().find(|(name, _)| name == wanted)?;
            // A device step may name the device where it means the person.
            (!name.is_empty() && self.device_key.as_ref() != Some(name)).then(|| name.clone())
        };
        if let Some(name) = told("USER_ID_FOR_SRP").or_else(|| told("USERNAME")) {
            self.username = name;
        }
    }

    /// What may be chosen from, should the person change their mind or the session end.
    fn learn_offers(&mut self, available: Vec<String>, challenge: Challenge, name: &str) {
        if !available.is_empty() || challenge == Challenge::SelectChallenge {
            self.offers = available;
        } else if self.offers.is_empty() && challenge.is_other_factor() && self.flow == Flow::Choice
        {
            self.offers.push(String::from(name));
        }
    }

    /// Always the newest `Session`; an answer without one leaves the older in force.
    fn learn_session(&mut self, reply: &Value) {
        if let Some(session) = reply.string("Session") {
            self.session = Some(session);
        }
    }
}

#[cfg(test)]
mod tests;
