//! The first message of a conversation, the first time and again.

use super::{Flow, Sent, SignIn, Start, Talk, is_password};
use crate::protocol::device::Device;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Ephemeral;
use crate::protocol::wire::Call;
use crate::protocol::wire::auth::initiate;

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
    first(talk, preferred, start.password, start.device, pool, spare)
}

impl Talk {
    /// Begins again, with what is known and what was chosen.
    pub(super) fn begin(
        mut self,
        factor: Option<String>,
        password: Option<Secret<String>>,
        device: Option<Device>,
        pool: &Pool,
        spare: Ephemeral,
    ) -> Result<(Call, SignIn), Misuse> {
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
    spare: Ephemeral,
) -> Result<(Call, SignIn), Misuse> {
    let has_password = password.is_some();
    match talk.flow {
        Flow::Srp if !has_password => return Err(Misuse("USER_SRP_AUTH needs a password")),
        Flow::Password if !has_password => {
            return Err(Misuse("USER_PASSWORD_AUTH needs a password"));
        }
        _ => {}
    }
    let is_proved = has_password
        && match talk.flow {
            Flow::Srp | Flow::Custom => true,
            Flow::Password => false,
            Flow::Choice => preferred.is_none_or(|factor| factor == "PASSWORD_SRP"),
        };
    let is_sent = has_password
        && match talk.flow {
            Flow::Password => true,
            Flow::Choice => preferred == Some("PASSWORD"),
            Flow::Srp | Flow::Custom => false,
        };

    let mut parameters = Value::object().with("USERNAME", talk.login.as_str());
    match talk.flow {
        Flow::Custom if is_proved => parameters.put_text("CHALLENGE_NAME", "SRP_A"),
        Flow::Choice => {
            let wanted = if is_proved { Some("PASSWORD_SRP") } else { preferred };
            // Without the password there is nothing to prove yet: the pool says what it offers.
            if let Some(factor) = wanted.filter(|factor| has_password || !is_password(factor)) {
                parameters.put_text("PREFERRED_CHALLENGE", factor);
            }
        }
        _ => {}
    }
    let ephemeral = is_proved.then_some(spare);
    if let Some(ephemeral) = &ephemeral {
        parameters.put_text("SRP_A", &ephemeral.wire());
    }
    if let Some(password) = password.as_ref().filter(|_| is_sent) {
        parameters.put_text("PASSWORD", password.expose("the flow sends it"));
    }
    if let Some(device) = &device {
        parameters.put_text("DEVICE_KEY", &device.key);
        talk.device_key = Some(device.key.clone());
    }

    let call = initiate(pool, talk.flow.name(), parameters, talk.session.as_deref(), &talk.extras);
    let mut conversation = SignIn::new(talk, device);
    conversation.sent = Sent::Auth(Some(Box::new(call.clone())));
    conversation.ephemeral = ephemeral;
    // A pool that offers choices may ask for the password later instead of taking it at once.
    let is_kept = is_proved || conversation.talk.flow == Flow::Choice;
    conversation.password = password.filter(|_| is_kept);
    Ok((call, conversation))
}
