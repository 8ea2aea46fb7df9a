//! A person's passkeys on the wire.

use super::Call;
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;

/// `CompleteWebAuthnRegistration`; the credential is the authenticator's answer in JSON form.
pub fn complete_registration(access: &Secret<String>, credential: Value) -> Call {
    Call::of_person("CompleteWebAuthnRegistration", access).with("Credential", credential)
}

/// Reads the options of `StartWebAuthnRegistration`: an object, though older texts show a string.
///
/// # Errors
/// There are none.
pub fn creation_options(reply: &Value) -> Result<Value, Violation> {
    let options = reply.get("CredentialCreationOptions");
    match options {
        Some(Value::String(text)) => Value::parse(text),
        other => other.cloned(),
    }
    .filter(|options| options.str("challenge").is_some())
    .ok_or(Violation::MissingMember("CredentialCreationOptions"))
}
