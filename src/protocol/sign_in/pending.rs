//! A conversation that waits for the person. It holds neither password nor SRP values, so it can be
//! kept by the page, and by its tab's storage where the application asks for that.

use super::{Flow, Talk};
use crate::protocol::challenge::Challenge;
use crate::protocol::json::Value;
use crate::protocol::wire::Extras;
use crate::protocol::wire::auth::Pairs;

/// A question that was asked and not yet answered.
#[derive(Clone)]
pub struct Pending {
    pub(super) talk: Talk,
    pub(super) name: String,
    parameters: Pairs,
    available: Vec<String>,
    origin: Origin,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The service.
    Service,
    /// We do, for the password of a factor that was chosen from the service's list.
    Chosen,
    /// We do: the service's session is over, and this is how to begin again.
    Restart,
}

impl Pending {
    pub(super) fn new(talk: Talk, name: String, parameters: Pairs, available: Vec<String>) -> Self {
        Self { talk, name, parameters, available, origin: Origin::Service }
    }

    /// How to begin again when the service's session is over: the user name is known, a password
    /// is not kept, and another code is sent only when the person asks for it. `None`: there is
    /// nothing but the user name to begin with.
    pub(super) fn restart(talk: Talk, options: Vec<String>) -> Option<Self> {
        let name = match talk.flow {
            Flow::Srp => "PASSWORD_SRP",
            Flow::Password => "PASSWORD",
            Flow::Choice if !options.is_empty() => "SELECT_CHALLENGE",
            Flow::Choice | Flow::Custom => return None,
        };
        let talk = Talk { session: None, username: talk.login.clone(), ..talk };
        let name = String::from(name);
        Some(Self {
            talk,
            name,
            parameters: Vec::new(),
            available: options,
            origin: Origin::Restart,
        })
    }

    /// First factors the person may choose from again.
    pub(super) fn options(&self) -> Vec<String> {
        let is_factor = matches!(self.name.as_str(), "EMAIL_OTP" | "SMS_OTP" | "WEB_AUTHN");
        if self.available.is_empty() && is_factor {
            vec![self.name.clone()]
        } else {
            self.available.clone()
        }
    }

    pub(super) fn renamed(mut self, name: &str) -> Self {
        self.name = String::from(name);
        self
    }

    pub(super) fn chosen(mut self, option: &str) -> Self {
        self.name = String::from(option);
        self.origin = Origin::Chosen;
        self
    }

    pub(super) fn is_chosen(&self) -> bool {
        self.origin == Origin::Chosen
    }

    pub(super) fn is_restart(&self) -> bool {
        self.origin == Origin::Restart
    }

    /// The question as the page gets it.
    pub fn challenge(&self) -> Challenge {
        Challenge::read(&self.name, &self.parameters, &self.available)
    }

    /// Name of the person: as typed until the service tells another.
    pub fn username(&self) -> &str {
        &self.talk.username
    }

    /// User name or alias as typed: what a remembered device is kept under.
    pub fn login(&self) -> &str {
        &self.talk.login
    }

    /// The pending sign-in as data. Holds the service's `Session`; no password, no SRP value.
    pub fn write(&self) -> Value {
        Value::object()
            .with("v", 1.0)
            .with("flow", flow_name(self.talk.flow))
            .with("login", self.talk.login.as_str())
            .with("username", self.talk.username.as_str())
            .with_some("session", self.talk.session.as_deref())
            .with("metadata", Value::from_pairs(&self.talk.extras.metadata))
            .with_some("context", self.talk.extras.context.as_deref())
            .with("name", self.name.as_str())
            .with("parameters", Value::from_pairs(&self.parameters))
            .with("available", Value::from_strings(&self.available))
            .with("origin", f64::from(self.origin as u8))
    }

    /// Reads what [`Pending::write`] wrote; `None` for anything else.
    pub fn read(value: &Value) -> Option<Self> {
        (value.number("v") == Some(1.0)).then_some(())?;
        let extras = Extras {
            metadata: value.get("metadata")?.string_pairs(),
            context: value.string("context"),
        };
        let talk = Talk {
            flow: flow_of(value.str("flow")?)?,
            login: value.string("login")?,
            username: value.string("username")?,
            session: value.string("session"),
            extras,
        };
        let origin = match value.number("origin")? as u8 {
            0 => Origin::Service,
            1 => Origin::Chosen,
            2 => Origin::Restart,
            _ => return None,
        };
        Some(Self {
            talk,
            name: value.string("name")?,
            parameters: value.get("parameters")?.string_pairs(),
            available: value.get("available")?.strings(),
            origin,
        })
    }
}

/// `AuthFlow` names.
pub(super) fn flow_name(flow: Flow) -> &'static str {
    match flow {
        Flow::Srp => "USER_SRP_AUTH",
        Flow::Password => "USER_PASSWORD_AUTH",
        Flow::Choice => "USER_AUTH",
        Flow::Custom => "CUSTOM_AUTH",
    }
}

fn flow_of(name: &str) -> Option<Flow> {
    [Flow::Srp, Flow::Password, Flow::Choice, Flow::Custom]
        .into_iter()
        .find(|flow| flow_name(*flow) == name)
}
