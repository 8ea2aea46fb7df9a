//! The first message of a conversation, the first time and again.

use super::{Flow, SignIn, Start, Talk};
use crate::protocol::challenge::Challenge;
use crate::protocol::device::Device;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Spare;
use crate::protocol::wire::auth::initiate;

/// Begins a conversation.
///
/// `spare` is an ephemeral made for this conversation alone; its arithmetic may be done already.
///
/// # Errors
/// `Misuse` when the user name is empty or the flow needs a password that is not there.
pub fn start(start: Start, pool: &Pool, spare: Spare<'_>) -> Result<SignIn, Misuse> {
    if start.username.is_empty() {
        return Err(Misuse("username is empty"));
    }
    start.flow.can_begin(start.password.is_some())?;
    let preferred = start.preferred.as_deref();
    let talk = Talk {
        flow: start.flow,
        username: start.username.clone(),
        login: start.username,
        session: start.session,
        extras: start.extras,
        offers: Vec::new(),
        device_key: None,
        with_password: start.password.is_some(),
        // SECURITY: who began with a proof does not send the password because the service asks.
        proof_only: preferred == Some("PASSWORD_SRP")
            || matches!(start.flow, Flow::Srp | Flow::Custom),
    };
    Ok(first(talk, preferred, start.password, start.device, pool, spare))
}

impl Flow {
    /// That the password is there, where the flow begins with one.
    pub(super) fn can_begin(self, has_password: bool) -> Result<(), Misuse> {
        match self {
            Self::Srp if !has_password => Err(Misuse("USER_SRP_AUTH needs a password")),
            Self::Password if !has_password => Err(Misuse("USER_PASSWORD_AUTH needs a password")),
            _ => Ok(()),
        }
    }
}

impl Talk {
    /// Begins again, with what is known and what was chosen; a flow that [`Flow::can_begin`].
    pub(super) fn begin(
        mut self,
        factor: Option<String>,
        password: Option<Secret<String>>,
        device: Option<Device>,
        pool: &Pool,
        spare: Spare<'_>,
    ) -> SignIn {
        self.session = None;
        self.device_key = None;
        self.username.clone_from(&self.login);
        self.with_password = password.is_some();
        let factor = factor.filter(|_| self.flow == Flow::Choice);
        self.proof_only |= factor.as_deref() == Some("PASSWORD_SRP");
        first(self, factor.as_deref(), password, device, pool, spare)
    }
}

fn first(
    mut talk: Talk,
    preferred: Option<&str>,
    password: Option<Secret<String>>,
    device: Option<Device>,
    pool: &Pool,
    spare: Spare<'_>,
) -> SignIn {
    let has_password = password.is_some();
    let is_choice = talk.flow == Flow::Choice;
    let factor = match talk.flow {
        Flow::Srp | Flow::Custom => "PASSWORD_SRP",
        Flow::Password => "PASSWORD",
        Flow::Choice => preferred.unwrap_or("PASSWORD_SRP"),
    };
    let is_proved = has_password && factor == "PASSWORD_SRP";

    let mut parameters = Value::object();
    parameters.put_text("USERNAME", &talk.login);
    if talk.flow == Flow::Custom && is_proved {
        parameters.put_text("CHALLENGE_NAME", "SRP_A");
    }
    // Without the password there is nothing to prove yet: the pool says what it offers.
    if is_choice && (has_password || !Challenge::of(factor).is_password()) {
        parameters.put_text("PREFERRED_CHALLENGE", factor);
    }
    if is_proved {
        parameters.put_text("SRP_A", &spare.wire());
    }
    if let Some(password) = &password
        && factor == "PASSWORD"
    {
        parameters.put_text("PASSWORD", password.expose("the flow sends it"));
    }
    if let Some(device) = &device {
        parameters.put_text("DEVICE_KEY", &device.key);
        talk.device_key = Some(device.key.clone());
    }

    let mut conversation = SignIn::new(talk, device);
    let talk = &conversation.talk;
    let session = talk.session.as_deref();
    conversation.call = initiate(pool, talk.flow.name(), parameters, session, &talk.extras);
    conversation.ephemeral = is_proved.then_some(spare.ephemeral);
    // A pool that offers choices may ask for the password later instead of taking it at once.
    conversation.password = password.filter(|_| is_proved || is_choice);
    conversation
}
