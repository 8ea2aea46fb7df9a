//! A person's devices on the wire.

use super::Call;
use crate::protocol::error::Violation;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;

/// `ListDevices`
pub fn list(access: &Secret<String>, limit: Option<f64>, next: Option<&str>) -> Call {
    Call::of_person("ListDevices", access)
        .with_some("Limit", limit)
        .with_some("PaginationToken", next)
}

/// `GetDevice` and `ForgetDevice`: a device key in.
pub fn of_device(operation: &'static str, access: &Secret<String>, key: &str) -> Call {
    Call::of_person(operation, access).with("DeviceKey", key)
}

/// `UpdateDeviceStatus`
pub fn update_status(access: &Secret<String>, key: &str, is_remembered: bool) -> Call {
    let status = if is_remembered { "remembered" } else { "not_remembered" };
    of_device("UpdateDeviceStatus", access, key).with("DeviceRememberedStatus", status)
}

/// A device as the service lists it.
pub struct DeviceInfo {
    /// Device key.
    pub key: String,
    /// All attributes: `device_name`, `device_status`, `last_ip_used` and whatever comes.
    pub attributes: Vec<(String, String)>,
    /// Unix seconds.
    pub created_at: Option<f64>,
    /// Unix seconds.
    pub modified_at: Option<f64>,
    /// Unix seconds.
    pub authenticated_at: Option<f64>,
}

impl DeviceInfo {
    /// Reads one `Device`.
    ///
    /// # Errors
    /// It has no key.
    pub fn read(device: &Value) -> Result<Self, Violation> {
        let attributes = device.get("DeviceAttributes").map(Value::items).unwrap_or_default();
        Ok(Self {
            key: device.string("DeviceKey").ok_or(Violation::MissingMember("DeviceKey"))?,
            attributes: attributes
                .iter()
                .filter_map(|pair| Some((pair.string("Name")?, pair.string("Value")?)))
                .collect(),
            created_at: device.number("DeviceCreateDate"),
            modified_at: device.number("DeviceLastModifiedDate"),
            authenticated_at: device.number("DeviceLastAuthenticatedDate"),
        })
    }
}
