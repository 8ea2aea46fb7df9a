//! Tracked devices of a person, for the person and for administrators alike.

use crate::paging;
use crate::refusal::{Answer, Refusal};
use crate::store::{Device, Store};
use crate::timestamp::seconds;
use serde_json::{Value, json};

const LONGEST_PAGE: u32 = 60;

/// A page of a person's confirmed devices.
pub(crate) fn page(
    store: &Store,
    pool_id: &str,
    username: &str,
    wanted: Option<u64>,
    token: Option<&str>,
) -> Answer {
    let devices = store.owned::<Device>(pool_id, username)?;
    let devices = devices.into_iter().filter(|device| device.verifier.is_some()).collect();
    let limit = paging::limit(wanted, LONGEST_PAGE);
    let (devices, token) = paging::page(devices, |device| device.device_key.clone(), token, limit)?;
    let shown = devices.iter().map(describe).collect();
    Ok(paging::reply("Devices", shown, "PaginationToken", token))
}

/// The confirmed device of a key.
pub(crate) fn confirmed(
    store: &Store,
    pool_id: &str,
    username: &str,
    key: &str,
) -> Result<Device, Refusal> {
    store
        .find::<Device>(pool_id, username, key)?
        .filter(|device| device.verifier.is_some())
        .ok_or_else(no_device)
}

/// Marks the device as remembered or not.
pub(crate) fn remember(
    store: &Store,
    pool_id: &str,
    username: &str,
    key: &str,
    status: Option<&str>,
    now_ms: i64,
) -> Answer {
    if store.pool(pool_id)?.policy().device_configuration.is_none() {
        return Err(Refusal::new(
            "InvalidUserPoolConfigurationException",
            "Device tracking is not enabled for the user pool.",
        ));
    }
    let mut device = confirmed(store, pool_id, username, key)?;
    if let Some(status) = status {
        device.remembered = status == "remembered";
        device.modified = now_ms;
        store.put(&device)?;
    }
    Ok(json!({}))
}

/// Deletes the device, confirmed or not.
pub(crate) fn remove(store: &Store, pool_id: &str, username: &str, key: &str) -> Answer {
    if store.remove::<Device>(pool_id, username, key)? { Ok(json!({})) } else { Err(no_device()) }
}

/// The shape `Device`.
pub(crate) fn describe(device: &Device) -> Value {
    let status = if device.remembered { "remembered" } else { "not_remembered" };
    let attribute = |name: &str, value: &str| json!({ "Name": name, "Value": value });
    json!({
        "DeviceKey": device.device_key,
        "DeviceAttributes": [
            attribute("device_status", status),
            attribute("device_name", &device.name),
            attribute("last_ip_used", &device.last_ip),
        ],
        "DeviceCreateDate": seconds(device.created),
        "DeviceLastModifiedDate": seconds(device.modified),
        "DeviceLastAuthenticatedDate": seconds(device.last_authenticated),
    })
}

fn no_device() -> Refusal {
    Refusal::not_found("Device does not exist.")
}
