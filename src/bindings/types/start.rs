//! The beginning of a sign-in, as `js/types.ts` has it.

use super::Input;
use crate::protocol::error::Misuse;
use crate::protocol::secret::Secret;
use crate::protocol::sign_in::{Flow, Start};

/// `SignInInput`
pub(in crate::bindings) fn start(input: &Input) -> Result<Start, Misuse> {
    let username = input.text("username")?;
    let password = input.optional("password").map(Secret::new);
    let session = input.optional("session");
    let by_password = password.is_some() && session.is_none();
    let flow = match (input.optional("authFlow").as_deref(), by_password) {
        (Some("USER_SRP_AUTH"), _) | (None, true) => Flow::Srp,
        (Some("USER_PASSWORD_AUTH"), _) => Flow::Password,
        // The session of a confirmation is good for this flow only.
        (Some("USER_AUTH"), _) | (None, false) => Flow::Choice,
        (Some("CUSTOM_AUTH"), _) => Flow::Custom,
        (Some(_), _) => return Err(Misuse("authFlow must be one of the AuthFlow names")),
    };
    let extras = input.extras();
    let preferred = input.optional("preferredChallenge");
    Ok(Start { username, password, flow, preferred, session, extras, device: None })
}
