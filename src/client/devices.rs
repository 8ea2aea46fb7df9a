//! Devices: this browser as a remembered one, and the person's list of all of them. This browser's
//! data is kept per person and outlives sign-out.

use sha2::{Digest, Sha256};

use super::call::call;
use super::error::Error;
use super::{Client, person};
use crate::platform::{Platform, Store};
use crate::protocol::device::Device;
use crate::protocol::error::{Misuse, Violation};
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::session::{NewDevice, Session};
use crate::protocol::text;
use crate::protocol::wire::Call;
use crate::protocol::wire::devices::{self as wire, DeviceInfo};

/// The device remembered for a user name or alias, if any. A store that fails has none.
pub async fn load(client: &Client, platform: &impl Platform, login: &str) -> Option<Device> {
    let mut record = read(client, platform, login).await?;
    if let Some(username) = record.string("user") {
        record = read(client, platform, &username).await?;
    }
    Some(Device {
        key: record.string("key")?,
        group_key: record.string("groupKey")?,
        password: Secret::new(record.string("password")?),
    })
}

/// Registers this browser with the service and remembers it, for the user name and for what was
/// typed. Returns the device key where the pool wants the person asked whether to remember it. A
/// failure leaves the sign-in valid, as it leaves the service's.
pub async fn confirm(
    client: &Client,
    platform: &impl Platform,
    session: &Session,
    login: &str,
    names: &NewDevice,
) -> Option<String> {
    let mut entropy = [0; 40];
    let mut salt = [0; 16];
    platform.fill_random(&mut entropy);
    platform.fill_random(&mut salt);
    let device = Device::make(names, &entropy);
    let confirm = device.confirm(&session.access, &salt, &platform.device_name());
    let reply = call(platform, &client.pool, client.timeout_ms, &confirm).await.ok()?;
    save(client, platform, &session.username, &device).await;
    if login != session.username {
        // One copy of the device's password, found under both names.
        let record = Value::object().with("user", session.username.as_str());
        let _ = platform.save(Store::Lasting, &key(client, login), &record.write()).await;
    }
    reply.is_true("UserConfirmationNecessary").then_some(device.key)
}

/// Forgets the device of a user name or alias in this browser only.
pub async fn forget_local(client: &Client, platform: &impl Platform, login: &str) {
    if let Some(record) = read(client, platform, login).await
        && let Some(username) = record.string("user")
    {
        let _ = platform.remove(Store::Lasting, &key(client, &username)).await;
    }
    let _ = platform.remove(Store::Lasting, &key(client, login)).await;
}

/// Remembers a device for a user name.
pub async fn save(client: &Client, platform: &impl Platform, login: &str, device: &Device) {
    let record = Value::object()
        .with("key", device.key.as_str())
        .with("groupKey", device.group_key.as_str())
        .with("password", device.password.expose("the store keeps it").as_str());
    // A store that refuses costs the person a second factor next time, nothing more.
    let _ = platform.save(Store::Lasting, &key(client, login), &record.write()).await;
}

/// One page of the person's devices, and the key of this browser's.
pub struct DevicePage {
    /// Devices.
    pub devices: Vec<DeviceInfo>,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<String>,
    /// This browser's device key.
    pub this: Option<String>,
}

/// Lists devices.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    platform: &impl Platform,
    limit: Option<f64>,
    next: Option<&str>,
) -> Result<DevicePage, Error> {
    let make = |access: &_, _: Option<&str>| Ok(wire::list(access, limit, next));
    let Asked { reply, this, .. } = ask(client, platform, &make).await?;
    let items = reply.get("Devices").map(Value::items).unwrap_or_default();
    let devices: Result<_, _> = items.iter().map(DeviceInfo::read).collect();
    Ok(DevicePage { devices: devices?, next: reply.string("PaginationToken"), this })
}

/// Reads one device, this browser's by default; with it comes this browser's key.
///
/// # Errors
/// See [`Error`].
pub async fn device(
    client: &Client,
    platform: &impl Platform,
    key: Option<&str>,
) -> Result<(DeviceInfo, Option<String>), Error> {
    let make = |access: &_, this: Option<&str>| {
        Ok(wire::of_device("GetDevice", access, key.or(this).ok_or(NO_DEVICE)?))
    };
    let Asked { reply, this, .. } = ask(client, platform, &make).await?;
    let device = reply.get("Device").ok_or(Violation::MissingMember("Device"))?;
    Ok((DeviceInfo::read(device)?, this))
}

/// Has a device remembered by the service, or not any more. This browser's by default.
///
/// # Errors
/// See [`Error`].
pub async fn remember(
    client: &Client,
    platform: &impl Platform,
    key: Option<&str>,
    is_remembered: bool,
) -> Result<(), Error> {
    let make = |access: &_, this: Option<&str>| {
        Ok(wire::update_status(access, key.or(this).ok_or(NO_DEVICE)?, is_remembered))
    };
    ask(client, platform, &make).await.map(drop)
}

/// Forgets a device at the service; this browser's, the default, here too.
///
/// # Errors
/// See [`Error`].
pub async fn forget(
    client: &Client,
    platform: &impl Platform,
    key: Option<&str>,
) -> Result<(), Error> {
    let make = |access: &_, this: Option<&str>| {
        Ok(wire::of_device("ForgetDevice", access, key.or(this).ok_or(NO_DEVICE)?))
    };
    let Asked { this, username, .. } = ask(client, platform, &make).await?;
    if key.is_none() || key == this.as_deref() {
        forget_local(client, platform, &username).await;
    }
    Ok(())
}

/// What a call about devices came to.
struct Asked {
    reply: Value,
    /// This browser's device key: the one the tokens are bound to, else the remembered one.
    this: Option<String>,
    username: String,
}

/// Makes a call of the access token and this browser's device key.
type Make<'a> = dyn Fn(&Secret<String>, Option<&str>) -> Result<Call, Misuse> + 'a;

async fn ask(client: &Client, platform: &impl Platform, make: &Make<'_>) -> Result<Asked, Error> {
    let Session { access, username, device_key, .. } = person::session(client, platform).await?;
    let this = match device_key {
        Some(key) => Some(key),
        None => load(client, platform, &username).await.map(|device| device.key),
    };
    let sent = make(&access, this.as_deref())?;
    let reply = call(platform, &client.pool, client.timeout_ms, &sent).await?;
    Ok(Asked { reply, this, username })
}

async fn read(client: &Client, platform: &impl Platform, login: &str) -> Option<Value> {
    Value::parse(&platform.load(Store::Lasting, &key(client, login)).await.ok()??)
}

/// SECURITY: the user name is hashed, because keys are read by people and tools.
fn key(client: &Client, login: &str) -> String {
    let digest = Sha256::new()
        .chain_update(client.pool.client_id())
        .chain_update([0])
        .chain_update(login)
        .finalize();
    let name = text::base64url(digest.as_slice().get(..15).unwrap_or_default());
    ["lifeguard.", client.pool.client_id(), ".device.", &name].concat()
}

const NO_DEVICE: Misuse =
    Misuse("deviceKey: this browser has none, because the pool remembers no devices or forgot it");
