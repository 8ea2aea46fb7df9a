//! Factors, devices and passkeys of the signed-in person, as `js/types.ts` has them.

use super::{Input, Output};
use crate::client::devices::DevicePage;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::wire::factors::{Factors, SETTINGS, Wish};
use crate::protocol::wire::passkeys::Passkey;

/// `MfaPreferenceInput`
pub(in crate::bindings) fn wishes(input: &Input) -> Result<Vec<(&'static str, Wish)>, Misuse> {
    let mut wishes = Vec::new();
    for (name, setting) in SETTINGS {
        let wish = match input.0.get(name) {
            None => continue,
            Some(Value::String(text)) if text == "preferred" => Wish::Preferred,
            Some(Value::Bool(true)) => Wish::On,
            Some(Value::Bool(false)) => Wish::Off,
            Some(_) => return Err(Misuse("a factor is true, false or \"preferred\"")),
        };
        wishes.push((setting, wish));
    }
    if wishes.is_empty() {
        return Err(Misuse("name at least one factor: sms, totp, email or passkey"));
    }
    Ok(wishes)
}

impl Output for Factors {
    /// `Factors`
    fn output(&self) -> Value {
        Value::object()
            .with("enabled", Value::from_strings(&self.enabled))
            .with_some("preferred", self.preferred.as_deref())
            .with("firstFactors", Value::from_strings(&self.first))
    }
}

impl Output for DevicePage {
    /// `DevicePage`
    fn output(&self) -> Value {
        let device = |device: &crate::protocol::wire::devices::DeviceInfo| {
            Value::object()
                .with("deviceKey", device.key.as_str())
                .with("isThis", self.this.as_ref() == Some(&device.key))
                .with("attributes", Value::from_pairs(&device.attributes))
                .with_some("createdAt", device.created_at)
                .with_some("modifiedAt", device.modified_at)
                .with_some("authenticatedAt", device.authenticated_at)
        };
        Value::object()
            .with("devices", Value::Array(self.devices.iter().map(device).collect()))
            .with_some("next", self.next.as_deref())
    }
}

impl Output for (Vec<Passkey>, Option<String>) {
    /// `PasskeyPage`
    fn output(&self) -> Value {
        let (passkeys, next) = self;
        let passkey = |passkey: &Passkey| {
            Value::object()
                .with("credentialId", passkey.id.as_str())
                .with_some("name", passkey.name.as_deref())
                .with_some("relyingPartyId", passkey.relying_party.as_deref())
                .with_some("attachment", passkey.attachment.as_deref())
                .with("transports", Value::from_strings(&passkey.transports))
                .with_some("createdAt", passkey.created_at)
        };
        Value::object()
            .with("passkeys", Value::Array(passkeys.iter().map(passkey).collect()))
            .with_some("next", next.as_deref())
    }
}
