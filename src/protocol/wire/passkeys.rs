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

/// `ListWebAuthnCredentials`
pub fn list(access: &Secret<String>, limit: Option<f64>, next: Option<&str>) -> Call {
    Call::of_person("ListWebAuthnCredentials", access)
        .with_some("MaxResults", limit)
        .with_some("NextToken", next)
}

/// `DeleteWebAuthnCredential`
pub fn delete(access: &Secret<String>, id: &str) -> Call {
    Call::of_person("DeleteWebAuthnCredential", access).with("CredentialId", id)
}

/// A passkey as the service lists it.
pub struct Passkey {
    /// Credential id, base64url.
    pub id: String,
    /// The name the service shows for it.
    pub name: Option<String>,
    /// Domain it belongs to.
    pub relying_party: Option<String>,
    /// `platform` or `cross-platform`.
    pub attachment: Option<String>,
    /// How browsers reach it.
    pub transports: Vec<String>,
    /// Unix seconds.
    pub created_at: Option<f64>,
}

impl Passkey {
    /// Reads one item of `Credentials`.
    ///
    /// # Errors
    /// It has no id.
    pub fn read(item: &Value) -> Result<Self, Violation> {
        Ok(Self {
            id: item.string("CredentialId").ok_or(Violation::MissingMember("CredentialId"))?,
            name: item.string("FriendlyCredentialName"),
            relying_party: item.string("RelyingPartyId"),
            attachment: item.string("AuthenticatorAttachment"),
            transports: item.get("AuthenticatorTransports").map(Value::strings).unwrap_or_default(),
            created_at: item.number("CreatedAt"),
        })
    }
}
