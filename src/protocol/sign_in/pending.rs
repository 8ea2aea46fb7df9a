//! A conversation that waits for the person. It holds neither password nor SRP values, so it can be
//! kept by the page, and by its tab's storage where the application asks for that.

use super::answer::RESTART;
use super::{Flow, Talk};
use crate::protocol::challenge::Challenge;
use crate::protocol::json::Value;
use crate::protocol::wire::Extras;
use crate::protocol::wire::auth::Pairs;

/// A question that was asked and not yet answered.
#[derive(Clone)]
pub struct Pending {
    pub(super) talk: Talk,
    /// The service's name of the challenge; for a restart, of what begins it.
    pub(super) name: String,
    pub(super) parameters: Pairs,
    pub(super) origin: Origin,
}

/// Who asks what.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// The service asks.
    Service,
    /// We do, for the password of a factor that was chosen from the service's list.
    Chosen,
    /// We do: the service's session is over, and this is how to begin again.
    Restart,
    /// We do, for the address that `MFA_SETUP` wants.
    EmailSetup,
    /// We do, for the first code of an app that got this secret.
    SoftwareTokenSetup(String),
}

impl Pending {
    pub(super) fn new(talk: Talk, name: String, parameters: Pairs) -> Self {
        Self { talk, name, parameters, origin: Origin::Service }
    }

    /// How to begin again when the service's session is over: the user name is known, a password
    /// is not kept, and another code is sent only when the person asks for it.
    pub(super) fn restart(talk: Talk) -> Self {
        let name = match talk.flow {
            Flow::Srp => "PASSWORD_SRP",
            Flow::Password => "PASSWORD",
            Flow::Choice if !talk.offers.is_empty() => "SELECT_CHALLENGE",
            Flow::Choice | Flow::Custom if talk.with_password => "PASSWORD_SRP",
            Flow::Choice | Flow::Custom => RESTART,
        };
        let talk = Talk { session: None, username: talk.login.clone(), ..talk };
        let name = String::from(name);
        Self { talk, name, parameters: Vec::new(), origin: Origin::Restart }
    }

    /// What is asked.
    pub fn challenge(&self) -> Challenge {
        match &self.origin {
            Origin::EmailSetup => Challenge::EmailSetup,
            Origin::SoftwareTokenSetup(_) => Challenge::SoftwareTokenSetup,
            Origin::Restart if self.name == RESTART => Challenge::Restart,
            _ => Challenge::of(&self.name),
        }
    }

    /// The question as the page gets it, without its handle.
    pub fn tell(&self) -> Value {
        let challenge = self.challenge();
        let name = match challenge {
            Challenge::EmailSetup => "EMAIL_SETUP",
            Challenge::SoftwareTokenSetup => "SOFTWARE_TOKEN_SETUP",
            Challenge::Other => "OTHER",
            _ => self.name.as_str(),
        };
        let mut told = Value::object();
        told.put_text("name", name);
        if let Origin::SoftwareTokenSetup(secret) = &self.origin {
            told.put_text("secretCode", secret);
        }
        if challenge == Challenge::Other {
            told.put_text("challengeName", &self.name);
        }
        challenge.tell(&mut told, &self.parameters, &self.talk.offers);
        told.put_text("username", &self.talk.username);
        told.put("parameters", Value::from_pairs(&self.parameters));
        told
    }

    /// Everything the service said with the question.
    pub fn parameters(&self) -> &Pairs {
        &self.parameters
    }

    /// Name of the person: as typed until the service tells another.
    pub fn username(&self) -> &str {
        &self.talk.username
    }

    /// User name or alias as typed: what a remembered device is kept under.
    pub fn login(&self) -> &str {
        &self.talk.login
    }

    /// The question with other metadata for the pool's triggers.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Pairs) -> Self {
        self.talk.extras.metadata = metadata;
        self
    }

    /// The pending sign-in as data, for the page. Holds the service's `Session` and, as `secret`, that of
    /// a new authenticator app; no password, no code, no SRP value.
    pub fn write(&self) -> Value {
        let talk = &self.talk;
        let (origin, secret) = match &self.origin {
            Origin::Service => (0, None),
            Origin::Chosen => (1, None),
            Origin::Restart => (2, None),
            Origin::EmailSetup => (3, None),
            Origin::SoftwareTokenSetup(secret) => (4, Some(secret.as_str())),
        };
        let texts = [
            Some(talk.flow.name()),
            Some(talk.login.as_str()),
            Some(talk.username.as_str()),
            Some(self.name.as_str()),
            talk.session.as_deref(),
            talk.extras.context.as_deref(),
            talk.device_key.as_deref(),
        ];
        let mut all = Vec::new();
        for text in texts {
            all.push(text.map_or(Value::Null, Value::from));
        }
        all.push(Value::from_pairs(&talk.extras.metadata));
        all.push(Value::from_pairs(&self.parameters));
        all.push(Value::from_strings(&talk.offers));
        all.push(Value::Bool(talk.with_password));
        all.push(Value::Bool(talk.proof_only));
        all.push(Value::Number(f64::from(origin)));
        Value::object().with("v", VERSION).with("talk", all).with_some("secret", secret)
    }

    /// Reads what [`Pending::write`] wrote; `None` for anything else. The secret of a new authenticator
    /// app may be missing, for it does not outlive the page: then its set-up is asked for again, which
    /// makes a new one.
    pub fn read(value: &Value) -> Option<Self> {
        (value.number("v") == Some(VERSION)).then_some(())?;
        let [
            flow,
            login,
            username,
            name,
            session,
            context,
            device,
            metadata,
            parameters,
            offers,
            with_password,
            proof_only,
            Value::Number(origin),
        ] = value.get("talk")?.items()
        else {
            return None;
        };
        let is_true = |value: &Value| matches!(value, Value::Bool(true));
        let talk = Talk {
            flow: Flow::of_name(flow.as_str()?)?,
            login: text(login)?,
            username: text(username)?,
            session: text(session),
            extras: Extras { metadata: metadata.string_pairs(), context: text(context) },
            offers: offers.strings(),
            device_key: text(device),
            with_password: is_true(with_password),
            proof_only: is_true(proof_only),
        };
        let origin = match *origin as u8 {
            0 => Origin::Service,
            1 => Origin::Chosen,
            2 => Origin::Restart,
            3 => Origin::EmailSetup,
            4 => value.string("secret").map_or(Origin::Service, Origin::SoftwareTokenSetup),
            _ => return None,
        };
        let (name, parameters) = (text(name)?, parameters.string_pairs());
        Some(Self { talk, name, parameters, origin })
    }
}

const VERSION: f64 = 2.0;

#[inline(never)]
fn text(value: &Value) -> Option<String> {
    value.as_str().map(String::from)
}
