//! Steps between the service and this library: what is answered without asking the person.

use super::pending::Origin;
use super::{Pending, Sent, SignIn, Step};
use crate::protocol::challenge::{Challenge, find};
use crate::protocol::error::Violation;
use crate::protocol::group::Arithmetic;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::srp::{self, Ephemeral, Identity, Spare, Verifier};
use crate::protocol::wire::auth::{Pairs, respond};
use crate::protocol::wire::{Call, factors};

impl SignIn {
    /// Answers a question by itself where that can be done, else asks it.
    pub(super) fn challenged(
        mut self,
        challenge: Challenge,
        name: String,
        parameters: Pairs,
        pool: &Pool,
        now_seconds: u64,
        spare: Spare<'_>,
    ) -> Result<Step, Violation> {
        match challenge {
            Challenge::PasswordVerifier => {
                let (Some(password), Some(ephemeral)) =
                    (self.password.take(), self.ephemeral.take())
                else {
                    return Err(Violation::UnexpectedChallenge);
                };
                // The names that are hashed are the service's, verbatim.
                let user = find(&parameters, "USER_ID_FOR_SRP").unwrap_or(&self.talk.username);
                let identity = Identity { group: pool.name(), user, password: &password };
                let proof =
                    claim(&identity, &ephemeral, &parameters, now_seconds, spare.arithmetic)?;
                Ok(self.respond(&name, proof, pool))
            }
            Challenge::DeviceSrp => {
                if self.device.is_none() {
                    if self.talk.device_key.take().is_none() {
                        return Err(Violation::UnexpectedChallenge);
                    }
                    // The device was named, and its data has gone from this browser since.
                    return Ok(Step::Ask(Box::new(Pending::restart(self.talk))));
                }
                let public = Value::object().with("SRP_A", spare.wire());
                self.ephemeral = Some(spare.ephemeral);
                Ok(self.respond(&name, public, pool))
            }
            Challenge::DeviceVerifier => {
                let (Some(device), Some(ephemeral)) = (&self.device, self.ephemeral.take()) else {
                    return Err(Violation::UnexpectedChallenge);
                };
                let proof = {
                    let identity = device.identity();
                    claim(&identity, &ephemeral, &parameters, now_seconds, spare.arithmetic)?
                };
                Ok(self.respond(&name, proof, pool))
            }
            Challenge::SelectChallenge => match (self.usable_password(), self.password.take()) {
                (Some(factor), Some(password)) => {
                    let responses = Value::object().with("ANSWER", factor);
                    Ok(self.give_password(&name, factor, password, responses, pool, spare))
                }
                _ => Ok(self.ask(name, parameters)),
            },
            Challenge::PasswordSrp | Challenge::Password => match self.password.take() {
                Some(password) if challenge == Challenge::PasswordSrp || !self.talk.proof_only => {
                    Ok(self.give_password(&name, &name, password, Value::object(), pool, spare))
                }
                _ => Ok(self.ask(name, parameters)),
            },
            Challenge::MfaSetup => Ok(self.set_up(name, parameters)),
            _ => Ok(self.ask(name, parameters)),
        }
    }

    /// Proves or sends the password, as the factor has it.
    pub(super) fn give_password(
        mut self,
        name: &str,
        factor: &str,
        password: Secret<String>,
        mut responses: Value,
        pool: &Pool,
        spare: Spare<'_>,
    ) -> Step {
        if factor == "PASSWORD_SRP" {
            self.talk.proof_only = true;
            responses.put_text("SRP_A", &spare.wire());
            self.ephemeral = Some(spare.ephemeral);
            self.password = Some(password);
        } else {
            responses.put_text("PASSWORD", password.expose("this factor sends it"));
        }
        self.respond(name, responses, pool)
    }

    /// Answers a challenge, with what every answer carries.
    pub(super) fn respond(mut self, name: &str, responses: Value, pool: &Pool) -> Step {
        let mut all = Value::object();
        if responses.get("USERNAME").is_none() {
            all.put_text("USERNAME", &self.talk.username);
        }
        let device = self.device.as_ref().filter(|_| responses.get("DEVICE_KEY").is_none());
        all.append(responses);
        if let Some(device) = device {
            all.put_text("DEVICE_KEY", &device.key);
        }
        let talk = &self.talk;
        self.call = respond(pool, name, all, talk.session.as_deref(), &talk.extras);
        Step::Send(Box::new(self))
    }

    /// Starts setting up a factor that [`can_set_up`].
    pub(super) fn set_up_factor(mut self, factor: &str, name: String, parameters: Pairs) -> Step {
        if factor == "EMAIL_OTP" {
            let origin = Origin::EmailSetup;
            return Step::Ask(Box::new(Pending { talk: self.talk, name, parameters, origin }));
        }
        self.call = self.bare_call("AssociateSoftwareToken");
        self.sent = Sent::Associate(parameters);
        Step::Send(Box::new(self))
    }

    /// A call that carries the conversation's `Session` alone: these take no client id.
    pub(super) fn bare_call(&self, operation: &'static str) -> Call {
        let input = Value::object().with_some("Session", self.talk.session.as_deref());
        Call { operation, input }
    }

    /// The secret for a new authenticator app is there: show it.
    pub(super) fn associated(
        mut self,
        parameters: Pairs,
        reply: &Value,
    ) -> Result<Step, Violation> {
        let secret = reply.string("SecretCode").ok_or(Violation::MissingMember("SecretCode"))?;
        self.talk.learn_session(reply);
        let origin = Origin::SoftwareTokenSetup(secret);
        Ok(Step::Ask(self.ask_code(parameters, origin)))
    }

    /// Asks for the first code of a new app, which `origin` has the secret of.
    fn ask_code(self, parameters: Pairs, origin: Origin) -> Box<Pending> {
        let name = String::from("MFA_SETUP");
        Box::new(Pending { talk: self.talk, name, parameters, origin })
    }

    /// The proof of the new authenticator app was right: with its session, go on.
    pub(super) fn verified(
        mut self,
        parameters: Pairs,
        origin: Origin,
        reply: &Value,
        pool: &Pool,
    ) -> Result<Step, Violation> {
        let is_verified = factors::is_verified(reply)?;
        self.talk.learn_session(reply);
        Ok(match is_verified {
            true => self.respond("MFA_SETUP", Value::object(), pool),
            false => Step::WrongCode(self.ask_code(parameters, origin)),
        })
    }

    /// With a single factor to set up there is nothing to choose.
    fn set_up(self, name: String, parameters: Pairs) -> Step {
        if let [only] = Challenge::MfaSetup.options(&parameters, &[]).as_slice()
            && can_set_up(only)
        {
            return self.set_up_factor(only, name, parameters);
        }
        self.ask(name, parameters)
    }

    /// Which of the offered factors the password in hand serves.
    fn usable_password(&self) -> Option<&'static str> {
        let is_offered = |factor: &str| self.talk.offers.iter().any(|offer| offer == factor);
        if is_offered("PASSWORD_SRP") {
            Some("PASSWORD_SRP")
        } else {
            (is_offered("PASSWORD") && !self.talk.proof_only).then_some("PASSWORD")
        }
    }

    fn ask(self, name: String, parameters: Pairs) -> Step {
        Step::Ask(Box::new(Pending::new(self.talk, name, parameters)))
    }
}

/// Whether a factor can be set up while signing in.
pub(super) fn can_set_up(factor: &str) -> bool {
    matches!(Challenge::of(factor), Challenge::SoftwareToken | Challenge::EmailOtp)
}

/// Takes the device out of a call that is to be sent again.
pub(super) fn remove_device_key(input: &mut Value) {
    let Value::Object(members) = input else { return };
    for (name, value) in members.iter_mut() {
        if let Value::Object(pairs) = value
            && (name == "AuthParameters" || name == "ChallengeResponses")
        {
            pairs.retain(|(name, _)| name != "DEVICE_KEY");
        }
    }
}

/// The responses that prove a password, of a person or of a device.
fn claim(
    identity: &Identity<'_>,
    ephemeral: &Ephemeral,
    parameters: &Pairs,
    now_seconds: u64,
    arithmetic: &dyn Arithmetic,
) -> Result<Value, Violation> {
    let verifier = Verifier {
        b: find(parameters, "SRP_B").ok_or(Violation::MissingMember("SRP_B"))?,
        salt: find(parameters, "SALT").ok_or(Violation::MissingMember("SALT"))?,
        secret_block: find(parameters, "SECRET_BLOCK")
            .ok_or(Violation::MissingMember("SECRET_BLOCK"))?,
    };
    let timestamp = srp::timestamp(now_seconds);
    let proof = srp::proof(identity, ephemeral, &verifier, &timestamp, arithmetic)?;
    Ok(Value::object()
        .with("PASSWORD_CLAIM_SECRET_BLOCK", verifier.secret_block)
        .with("PASSWORD_CLAIM_SIGNATURE", proof.signature)
        .with("TIMESTAMP", timestamp))
}
