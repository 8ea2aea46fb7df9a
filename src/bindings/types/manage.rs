//! Factors, devices and passkeys of the signed-in person, as `js/types.ts` has them.

use super::{Input, Output};
use crate::client::devices::DevicePage;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::wire::devices::DeviceInfo;
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
    /// `MfaPreference`, or `AuthFactors`
    fn output(&self) -> Value {
        Value::object()
            .with("enabled", Value::from_strings(&self.enabled))
            .with_some("preferred", self.preferred.as_deref())
            .with_some("firstFactors", self.first.as_deref().map(Value::from_strings))
    }
}

impl Output for DevicePage {
    /// `DevicePage`
    fn output(&self) -> Value {
        let devices = self.devices.iter().map(|info| device(info, self.this.as_deref())).collect();
        Value::object()
            .with("devices", Value::Array(devices))
            .with_some("next", self.next.as_deref())
    }
}

/// `Device`
pub(in crate::bindings) fn device(info: &DeviceInfo, this: Option<&str>) -> Value {
    Value::object()
        .with("deviceKey", info.key.as_str())
        .with("isThis", this == Some(info.key.as_str()))
        .with("attributes", Value::from_pairs(&info.attributes))
        .with_some("createdAt", info.created_at)
        .with_some("modifiedAt", info.modified_at)
        .with_some("authenticatedAt", info.authenticated_at)
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
