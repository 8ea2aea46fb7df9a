//! The beginning of a sign-in, as `js/types.ts` has it.

use super::Input;
use crate::protocol::error::Misuse;
use crate::protocol::secret::Secret;
use crate::protocol::sign_in::{Flow, Start};

/// `SignInInput`
pub(in crate::step) fn start(input: &Input) -> Result<Start, Misuse> {
    let username = input.text("username")?;
    let password = input.optional("password").map(Secret::new);
    let session = input.optional("session");
    let by_password = password.is_some() && session.is_none();
    let flow = match input.optional("authFlow") {
        Some(name) => {
            Flow::of_name(&name).ok_or(Misuse("authFlow must be one of the AuthFlow names"))?
        }
        None if by_password => Flow::Srp,
        // The session of a confirmation is good for this flow only.
        None => Flow::Choice,
    };
    let extras = input.extras();
    let preferred = input.optional("preferredChallenge");
    Ok(Start { username, password, flow, preferred, session, extras, device: None })
}
