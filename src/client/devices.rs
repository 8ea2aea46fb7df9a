//! This browser as a remembered device: its data is kept per person and outlives sign-out.

use maybe_async::maybe_async;

use super::Client;
use super::call::call;
use crate::platform::{Platform, Store};
use crate::protocol::device::Device;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::session::{NewDevice, Session};
use crate::protocol::srp::sha256;
use crate::protocol::text;

/// The device remembered for a user name or alias, if any. A store that fails has none.
#[maybe_async]
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
#[maybe_async]
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
#[maybe_async]
pub async fn forget_local(client: &Client, platform: &impl Platform, login: &str) {
    if let Some(record) = read(client, platform, login).await
        && let Some(username) = record.string("user")
    {
        let _ = platform.remove(Store::Lasting, &key(client, &username)).await;
    }
    let _ = platform.remove(Store::Lasting, &key(client, login)).await;
}

/// Remembers a device for a user name.
#[maybe_async]
pub async fn save(client: &Client, platform: &impl Platform, login: &str, device: &Device) {
    let record = Value::object()
        .with("key", device.key.as_str())
        .with("groupKey", device.group_key.as_str())
        .with("password", device.password.expose("the store keeps it").as_str());
    // A store that refuses costs the person a second factor next time, nothing more.
    let _ = platform.save(Store::Lasting, &key(client, login), &record.write()).await;
}

/// Marks which of the devices of an answer is this browser.
pub fn mark(output: Value, this: Option<&str>) -> Value {
    let marked = |device: &Value| device.clone().with("isThis", device.str("deviceKey") == this);
    if let Some(device) = output.get("device") {
        return marked(device);
    }
    match output {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| match value {
                    Value::Array(items) if name == "devices" => {
                        (name, Value::Array(items.iter().map(marked).collect()))
                    }
                    value => (name, value),
                })
                .collect(),
        ),
        other => other,
    }
}

/// This browser's device key: the one the tokens are bound to, else the one that is remembered.
#[maybe_async]
pub async fn this_key(
    client: &Client,
    platform: &impl Platform,
    session: &Session,
) -> Option<String> {
    match &session.device_key {
        Some(key) => Some(key.clone()),
        None => load(client, platform, &session.username).await.map(|device| device.key),
    }
}

#[maybe_async]
async fn read(client: &Client, platform: &impl Platform, login: &str) -> Option<Value> {
    Value::parse(&platform.load(Store::Lasting, &key(client, login)).await.ok()??)
}

/// SECURITY: the user name is hashed, because keys are read by people and tools.
fn key(client: &Client, login: &str) -> String {
    let digest = sha256(&[client.pool.client_id().as_bytes(), &[0], login.as_bytes()]);
    let name = text::base64url(digest.get(..15).unwrap_or_default());
    ["lifeguard.", client.pool.client_id(), ".device.", &name].concat()
}
