//! Passkeys: options in the service's shape, answers verified by `webauthn-rs-core` (type, challenge, origin,
//! relying party, user presence and verification, signature, counter). No attestation is asked for.

#[cfg(test)]
pub(crate) mod authenticator;
#[cfg(test)]
mod tests;

use crate::input::{member, text};
use crate::refusal::Refusal;
use crate::store::{MfaPolicy, Passkey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{AuthenticationState, Credential, RegistrationState};
use webauthn_rs_core::proto::{
    COSEAlgorithm, PublicKeyCredential, RegisterPublicKeyCredential, UserVerificationPolicy,
};

/// The most passkeys one person may have.
pub(crate) const MOST_PASSKEYS: usize = 20;
/// As the service's options say, in milliseconds.
const REGISTRATION_TIMEOUT: u64 = 60_000;
const ASSERTION_TIMEOUT: u64 = 180_000;

/// For whom passkeys are made: a pool's relying party id and what it asks of an authenticator.
#[derive(Debug, Clone)]
pub(crate) struct RelyingParty {
    id: String,
    is_verification_required: bool,
}

/// A verified registration, to be stored.
#[derive(Debug)]
pub(crate) struct NewPasskey {
    /// Base64url without padding.
    pub(crate) credential_id: String,
    pub(crate) attachment: Option<String>,
    pub(crate) transports: Vec<String>,
    pub(crate) sign_count: u32,
    /// What `finish_assertion` wants back.
    pub(crate) credential: Value,
}

impl RelyingParty {
    /// From the pool's settings: the configured id, else the pool's domain.
    ///
    /// # Errors
    /// `WebAuthnConfigurationMissingException` when there is neither.
    pub(crate) fn of(policy: &MfaPolicy, domain: Option<&str>) -> Result<Self, Refusal> {
        let settings = &policy.web_authn_configuration;
        let id = settings.relying_party_id.as_deref().or(domain).ok_or_else(|| {
            Refusal::new(
                "WebAuthnConfigurationMissingException",
                "The user pool has neither a relying party id nor a domain.",
            )
        })?;
        let is_verification_required = settings.user_verification.as_deref() == Some("required");
        Ok(Self { id: id.to_owned(), is_verification_required })
    }

    /// The relying party id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The same, but the authenticator must check the person: a passkey in place of two factors.
    pub(crate) fn requiring_verification(mut self) -> Self {
        self.is_verification_required = true;
        self
    }

    /// Options for `navigator.credentials.create`, and what to keep until the answer comes.
    ///
    /// # Errors
    /// `LimitExceededException` when the person has as many passkeys as there may be.
    pub(crate) fn start_registration(
        &self,
        sub: &str,
        username: &str,
        present: &[Passkey],
    ) -> Result<(Value, Value), Refusal> {
        if present.len() >= MOST_PASSKEYS {
            return Err(Refusal::new(
                "LimitExceededException",
                "The maximum number of passkeys is registered.",
            ));
        }
        let core = self.core(REGISTRATION_TIMEOUT);
        let excluded =
            present.iter().filter_map(|key| URL_SAFE_NO_PAD.decode(&key.credential_id).ok());
        let builder = core
            .new_challenge_register_builder(sub.as_bytes(), username, username)
            .map_err(Refusal::internal)?
            .credential_algorithms(vec![COSEAlgorithm::ES256, COSEAlgorithm::RS256])
            .user_verification_policy(self.verification())
            .require_resident_key(true)
            .exclude_credentials(Some(excluded.collect()));
        let (challenge, state) =
            core.generate_challenge_register(builder).map_err(Refusal::internal)?;
        let made = serde_json::to_value(challenge.public_key)?;
        let options = json!({
            "challenge": member(&made, "challenge"),
            "timeout": REGISTRATION_TIMEOUT,
            "rp": member(&made, "rp"),
            "user": member(&made, "user"),
            "pubKeyCredParams": member(&made, "pubKeyCredParams"),
            "excludeCredentials": member(&made, "excludeCredentials"),
            "authenticatorSelection": {
                "requireResidentKey": true,
                "residentKey": "required",
                "userVerification": self.verification_name(),
            },
        });
        Ok((options, serde_json::to_value(state)?))
    }

    /// Verifies what `navigator.credentials.create` gave, against what `start_registration` kept.
    ///
    /// # Errors
    /// The service's exception for each rule that is broken.
    pub(crate) fn finish_registration(
        &self,
        state: Value,
        answer: &Value,
    ) -> Result<NewPasskey, Refusal> {
        let state: RegistrationState = serde_json::from_value(state)?;
        let parsed: RegisterPublicKeyCredential = serde_json::from_value(answer.clone())
            .map_err(|_| Refusal::invalid_parameter("Unable to parse the credential."))?;
        let credential = self
            .core(REGISTRATION_TIMEOUT)
            .register_credential(&parsed, &state, None)
            .map_err(|error| registration_refusal(&error))?;
        Ok(NewPasskey {
            credential_id: URL_SAFE_NO_PAD.encode(&credential.cred_id),
            attachment: text(answer, "authenticatorAttachment").map(str::to_owned),
            transports: answer
                .pointer("/response/transports")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|transport| transport.as_str().map(str::to_owned))
                .collect(),
            sign_count: credential.counter,
            credential: serde_json::to_value(credential)?,
        })
    }

    /// `CREDENTIAL_REQUEST_OPTIONS`, and what to keep until the answer comes.
    ///
    /// # Errors
    /// Only internal ones.
    pub(crate) fn start_assertion(&self, passkeys: &[Passkey]) -> Result<(String, Value), Refusal> {
        let core = self.core(ASSERTION_TIMEOUT);
        let builder = core
            .new_challenge_authenticate_builder(
                self.credentials(passkeys)?,
                Some(self.verification()),
            )
            .map_err(Refusal::internal)?;
        let (challenge, state) =
            core.generate_challenge_authenticate(builder).map_err(Refusal::internal)?;
        let made = serde_json::to_value(challenge.public_key)?;
        let allowed = self.own(passkeys).map(|passkey| {
            let entry = json!({ "type": "public-key", "id": passkey.credential_id });
            let transports = ("transports".to_owned(), json!(passkey.transports));
            let hints = Some(transports).filter(|_| !passkey.transports.is_empty());
            entry.as_object().cloned().into_iter().flatten().chain(hints).collect::<Value>()
        });
        let options = json!({
            "challenge": member(&made, "challenge"),
            "timeout": ASSERTION_TIMEOUT,
            "rpId": self.id,
            "allowCredentials": allowed.collect::<Vec<_>>(),
            "userVerification": self.verification_name(),
        });
        Ok((options.to_string(), serde_json::to_value(state)?))
    }

    /// Verifies the text of `CREDENTIAL` against what `start_assertion` kept and the passkeys as they are now.
    /// Gives the passkey that was used, with its new counter: to be stored.
    ///
    /// # Errors
    /// `NotAuthorizedException` whatever rule is broken: the person is not signed in yet.
    pub(crate) fn finish_assertion(
        &self,
        state: Value,
        answer: &str,
        sub: &str,
        passkeys: &[Passkey],
    ) -> Result<Passkey, Refusal> {
        let mut state: AuthenticationState = serde_json::from_value(state)?;
        state.set_allowed_credentials(self.credentials(passkeys)?);
        let refused = || Refusal::not_authorized("Incorrect username or password.");
        let parsed: PublicKeyCredential = serde_json::from_str(answer).map_err(|_| refused())?;
        // SECURITY: the library leaves it to its caller that the authenticator's user is the one who signs in.
        if parsed
            .response
            .user_handle
            .as_ref()
            .is_some_and(|user| user.as_slice() != sub.as_bytes())
        {
            return Err(refused());
        }
        let result = self
            .core(ASSERTION_TIMEOUT)
            .authenticate_credential(&parsed, &state)
            .map_err(|_| refused())?;
        let id = URL_SAFE_NO_PAD.encode(result.cred_id());
        let mut passkey =
            self.own(passkeys).find(|key| key.credential_id == id).cloned().ok_or_else(refused)?;
        let mut credential: Credential = serde_json::from_value(passkey.credential)?;
        credential.counter = result.counter();
        credential.backup_state = result.backup_state();
        passkey.sign_count = result.counter();
        passkey.credential = serde_json::to_value(credential)?;
        Ok(passkey)
    }

    /// Passkeys of another relying party cannot answer for this one.
    fn own<'a>(&'a self, passkeys: &'a [Passkey]) -> impl Iterator<Item = &'a Passkey> {
        passkeys.iter().filter(|passkey| passkey.relying_party_id == self.id)
    }

    fn credentials(&self, passkeys: &[Passkey]) -> Result<Vec<Credential>, Refusal> {
        self.own(passkeys)
            .map(|passkey| Ok(serde_json::from_value(passkey.credential.clone())?))
            .collect()
    }

    fn verification(&self) -> UserVerificationPolicy {
        if self.is_verification_required {
            UserVerificationPolicy::Required
        } else {
            UserVerificationPolicy::Preferred
        }
    }

    fn verification_name(&self) -> &'static str {
        if self.is_verification_required { "required" } else { "preferred" }
    }

    /// A page of the relying party's own host or below it may ask, on any port: over https, or on localhost.
    fn core(&self, timeout_ms: u64) -> WebauthnCore {
        let mut origins = Vec::from_iter(Url::parse(&format!("https://{}", self.id)));
        if self.id == "localhost" {
            origins.extend(Url::parse("http://localhost"));
        }
        let timeout = Duration::from_millis(timeout_ms);
        WebauthnCore::new_unsafe_experts_only(
            &self.id,
            &self.id,
            origins,
            timeout,
            Some(true),
            Some(true),
        )
    }
}

fn registration_refusal(error: &WebauthnError) -> Refusal {
    let (name, message) = match error {
        WebauthnError::MismatchedChallenge => {
            ("WebAuthnChallengeNotFoundException", "The challenge is unknown or has expired.")
        }
        WebauthnError::InvalidRPOrigin | WebauthnError::CredentialCrossOrigin => {
            ("WebAuthnOriginNotAllowedException", "The origin of the page is not allowed.")
        }
        WebauthnError::InvalidRPIDHash => (
            "WebAuthnRelyingPartyMismatchException",
            "The credential was made for another relying party.",
        ),
        WebauthnError::CredentialAlteredAlgFromRequest
        | WebauthnError::AttestationNotSupported
        | WebauthnError::CredentialMayNotBeHardwareBound
        | WebauthnError::COSEKeyInvalidAlgorithm
        | WebauthnError::COSEKeyEDUnsupported => {
            ("WebAuthnCredentialNotSupportedException", "The credential is not supported.")
        }
        WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => (
            "WebAuthnCredentialNotSupportedException",
            "The authenticator did not check the person as asked.",
        ),
        _ => ("InvalidParameterException", "Unable to verify the credential."),
    };
    Refusal::new(name, message)
}
