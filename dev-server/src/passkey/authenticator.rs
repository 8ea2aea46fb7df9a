//! A software authenticator for tests: ES256, no attestation.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;

/// One key pair, its page and its counter. Fields are open, so that a test can spoil each.
pub(crate) struct Authenticator {
    key: SigningKey,
    pub(crate) credential_id: [u8; 16],
    pub(crate) origin: String,
    pub(crate) rp_id: String,
    pub(crate) counter: u32,
    pub(crate) is_user_verified: bool,
    pub(crate) user_handle: Option<String>,
}

impl Authenticator {
    pub(crate) fn new(origin: &str, rp_id: &str) -> Self {
        let seed = crate::random::bytes::<32>().unwrap();
        Self {
            key: SigningKey::from_slice(&seed).unwrap(),
            credential_id: crate::random::bytes().unwrap(),
            origin: origin.to_owned(),
            rp_id: rp_id.to_owned(),
            counter: 0,
            is_user_verified: true,
            user_handle: None,
        }
    }

    /// What `navigator.credentials.create` would give, as the client sends it.
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        self.user_handle = options["user"]["id"].as_str().map(str::to_owned);
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        let mut auth_data = self.authenticator_data(HAS_CREDENTIAL);
        auth_data.extend([0; 16]);
        auth_data.extend([0, 16]);
        auth_data.extend(self.credential_id);
        auth_data.extend(self.cose_key());
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes}
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(auth_data.len()).unwrap());
        attestation.extend(&auth_data);
        json!({
            "id": URL_SAFE_NO_PAD.encode(self.credential_id),
            "rawId": URL_SAFE_NO_PAD.encode(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "attestationObject": URL_SAFE_NO_PAD.encode(attestation),
                "authenticatorData": URL_SAFE_NO_PAD.encode(auth_data),
                "publicKeyAlgorithm": -7,
                "transports": ["internal", "hybrid"],
            },
        })
    }

    /// What `navigator.credentials.get` would give, as the client sends it.
    pub(crate) fn get(&mut self, options: &str) -> Value {
        let options: Value = serde_json::from_str(options).unwrap();
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let auth_data = self.authenticator_data(0);
        let mut signed = auth_data.clone();
        signed.extend(Sha256::digest(client_data.as_bytes()));
        let signature: DerSignature = self.key.sign(&signed);
        let mut answer = json!({
            "id": URL_SAFE_NO_PAD.encode(self.credential_id),
            "rawId": URL_SAFE_NO_PAD.encode(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(auth_data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_bytes()),
            },
        });
        if let Some(handle) = &self.user_handle {
            answer["response"]["userHandle"] = json!(handle);
        }
        answer
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> String {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let verified = if self.is_user_verified { USER_VERIFIED } else { 0 };
        let mut bytes = Sha256::digest(self.rp_id.as_bytes()).to_vec();
        bytes.push(USER_PRESENT | verified | flags);
        bytes.extend(self.counter.to_be_bytes());
        bytes
    }

    /// CBOR: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
    fn cose_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_encoded_point(false);
        let mut bytes = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        bytes.extend(&point.as_bytes()[1..33]);
        bytes.extend(b"\x22\x58\x20");
        bytes.extend(&point.as_bytes()[33..65]);
        bytes
    }
}
