//! Remembered devices: a device is a second SRP identity, with the device's names in the person's
//! places (protocol page, sections 2.6 and 2.7).

use super::group::Arithmetic;
use super::json::Value;
use super::secret::Secret;
use super::session::NewDevice;
use super::srp::{self, Identity};
use super::text;
use super::wire::Call;

/// What this browser keeps to prove itself: written by `ConfirmDevice`, never sent.
#[derive(Clone)]
pub struct Device {
    /// Device key; travels with sign-ins and refreshes.
    pub key: String,
    /// Device group key.
    pub group_key: String,
    /// The device's own password: base64 of 40 random bytes.
    pub password: Secret<String>,
}

impl Device {
    /// The names that go into the proof.
    pub fn identity(&self) -> Identity<'_> {
        Identity { group: &self.group_key, user: &self.key, password: &self.password }
    }

    /// A device for names the service just gave, with a password of 40 random bytes.
    pub fn make(names: &NewDevice, entropy: &[u8; 40]) -> Self {
        Self {
            key: names.key.clone(),
            group_key: names.group_key.clone(),
            password: Secret::new(text::base64(entropy)),
        }
    }

    /// `ConfirmDevice` with the verifier for a salt of 16 random bytes. `name` is shown in lists.
    pub fn confirm(
        &self,
        access: &Secret<String>,
        salt: &[u8; 16],
        name: &str,
        arithmetic: &dyn Arithmetic,
    ) -> Call {
        let verifier = srp::verifier(&self.identity(), salt, arithmetic);
        let config = Value::object()
            .with("Salt", text::base64(&srp::pad(salt)))
            .with("PasswordVerifier", text::base64(&srp::pad(&verifier)));
        Call::of_person("ConfirmDevice", access)
            .with("DeviceKey", self.key.as_str())
            .with("DeviceName", name)
            .with("DeviceSecretVerifierConfig", config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confirm_device_agrees_with_the_vectors() {
        let all = Value::parse(include_str!("../../tests/vectors/srp_vectors.json")).unwrap();
        let vectors = all.get("vectors").unwrap().items();
        let mut seen = 0;
        for vector in vectors.iter().filter(|vector| vector.str("kind") == Some("device")) {
            let given = vector.get("in").unwrap();
            let expected = vector.get("out").unwrap().get("confirm_device").unwrap();
            let device = Device {
                key: given.string("device_key").unwrap(),
                group_key: given.string("device_group_key").unwrap(),
                password: Secret::new(given.string("device_password").unwrap()),
            };
            let short = text::integer_from_hex(given.str("salt_wire").unwrap()).unwrap();
            let mut salt = [0; 16];
            salt[16 - short.len()..].copy_from_slice(&short);

            let call = device.confirm(
                &Secret::new(String::new()),
                &salt,
                "a browser",
                &crate::protocol::group::Direct,
            );

            let config = call.input.get("DeviceSecretVerifierConfig").unwrap();
            let id = vector.str("id").unwrap();
            assert_eq!(config.str("Salt"), expected.str("Salt"), "{id}");
            assert_eq!(config.str("PasswordVerifier"), expected.str("PasswordVerifier"), "{id}");
            seen += 1;
        }
        assert_eq!(seen, 15);
    }
}
