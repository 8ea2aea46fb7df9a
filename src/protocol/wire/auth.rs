//! Sign-in on the wire: `InitiateAuth`, `RespondToAuthChallenge` and the answer both share.

use super::{Call, Extras};
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::session::{NewDevice, Tokens};

/// Parameters and responses: names of the protocol, values that may be secret.
pub type Pairs = Vec<(String, String)>;

/// `InitiateAuth`
pub fn initiate(
    pool: &Pool,
    flow: &str,
    parameters: Value,
    session: Option<&str>,
    extras: &Extras,
) -> Call {
    Call::new("InitiateAuth", pool, extras)
        .with("AuthFlow", flow)
        .with("AuthParameters", parameters)
        .with_some("Session", session)
}

/// `RespondToAuthChallenge`
pub fn respond(
    pool: &Pool,
    name: &str,
    responses: Value,
    session: Option<&str>,
    extras: &Extras,
) -> Call {
    Call::new("RespondToAuthChallenge", pool, extras)
        .with("ChallengeName", name)
        .with("ChallengeResponses", responses)
        .with_some("Session", session)
}

/// What both operations answer.
pub enum AuthReply {
    /// The person is in.
    Tokens(Tokens),
    /// The pool asks something.
    Challenge {
        /// `ChallengeName`, known or not.
        name: String,
        /// The newest `Session`; `PASSWORD_VERIFIER` of `USER_SRP_AUTH` has none.
        session: Option<String>,
        /// `ChallengeParameters`
        parameters: Pairs,
        /// `AvailableChallenges`
        available: Vec<String>,
    },
}

impl AuthReply {
    /// Reads the answer.
    ///
    /// # Errors
    /// Neither tokens nor a challenge.
    pub fn read(reply: &Value) -> Result<Self, Violation> {
        if let Some(result) = reply.get("AuthenticationResult") {
            return read_tokens(result).map(Self::Tokens);
        }
        let name =
            reply.string("ChallengeName").ok_or(Violation::MissingMember("ChallengeName"))?;
        Ok(Self::Challenge {
            name,
            session: reply.string("Session"),
            parameters: reply
                .get("ChallengeParameters")
                .map(Value::string_pairs)
                .unwrap_or_default(),
            available: reply.get("AvailableChallenges").map(Value::strings).unwrap_or_default(),
        })
    }
}

/// Reads `AuthenticationResult`, of a sign-in or of a refresh.
///
/// # Errors
/// There is no access token.
pub fn read_tokens(result: &Value) -> Result<Tokens, Violation> {
    let secret = |name| result.string(name).filter(|token| !token.is_empty()).map(Secret::new);
    let device = result.get("NewDeviceMetadata");
    Ok(Tokens {
        access: secret("AccessToken").ok_or(Violation::MissingMember("AccessToken"))?,
        id: secret("IdToken"),
        refresh: secret("RefreshToken"),
        expires_in: result.number("ExpiresIn").filter(|seconds| *seconds > 0.0).map(|s| s as u64),
        new_device: device.and_then(|device| {
            Some(NewDevice {
                key: device.string("DeviceKey")?,
                group_key: device.string("DeviceGroupKey")?,
            })
        }),
    })
}
