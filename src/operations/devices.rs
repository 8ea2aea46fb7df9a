//! This browser as a remembered device: its data is kept per person and outlives sign-out.

use super::call::call;
use super::error::settle;
use super::{Client, Remembered};
use crate::host::{Host, Run, Store};
use crate::protocol::device::Device;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::session::{NewDevice, Session};
use crate::protocol::srp::sha256;
use crate::protocol::text;

/// The device remembered for a user name or alias, if any. A store that fails has none.
pub fn load(client: &Client, host: &impl Host, login: &str) -> Run<Option<Device>> {
    let mut record = read(client, host, login)?;
    if let Some(username) = record.string("user") {
        record = read(client, host, &username)?;
    }
    Ok(device(&record))
}

fn device(record: &Value) -> Option<Device> {
    Some(Device {
        key: record.string("key")?,
        group_key: record.string("groupKey")?,
        password: Secret::new(record.string("password")?),
    })
}

/// Registers this browser with the service and remembers it, for the user name and for what was
/// typed. Returns the device key where the pool wants the person asked whether to remember it. A
/// failure leaves the sign-in valid, as it leaves the service's.
pub fn confirm(
    client: &Client,
    host: &impl Host,
    session: &Session,
    login: &str,
    names: &NewDevice,
) -> Run<Option<String>> {
    let mut entropy = [0; 40];
    let mut salt = [0; 16];
    host.fill_random(&mut entropy);
    host.fill_random(&mut salt);
    let device = Device::make(names, &entropy);
    let confirm = device.confirm(&session.access, &salt, &client.device_name, &Remembered(host));
    let Ok(reply) = settle(call(host, &client.pool, client.timeout_ms, &confirm))? else {
        return Ok(None);
    };
    save(client, host, &session.username, &device)?;
    if login != session.username {
        // One copy of the device's password, found under both names.
        let record = Value::object().with("user", session.username.as_str());
        let _ = host.save(Store::Lasting, &key(client, login), &record.write())?;
    }
    Ok(reply.is_true("UserConfirmationNecessary").then_some(device.key))
}

/// Forgets the device of a user name or alias in this browser only.
pub fn forget_local(client: &Client, host: &impl Host, login: &str) -> Run<()> {
    if let Some(username) = read(client, host, login)?.string("user") {
        let _ = host.remove(Store::Lasting, &key(client, &username))?;
    }
    let _ = host.remove(Store::Lasting, &key(client, login))?;
    Ok(())
}

/// Remembers a device for a user name.
pub fn save(client: &Client, host: &impl Host, login: &str, device: &Device) -> Run<()> {
    let record = Value::object()
        .with("key", device.key.as_str())
        .with("groupKey", device.group_key.as_str())
        .with("password", device.password.expose("the store keeps it").as_str());
    // A store that refuses costs the person a second factor next time, nothing more.
    let _ = host.save(Store::Lasting, &key(client, login), &record.write())?;
    Ok(())
}

/// Marks which of the devices of an answer is this browser.
pub fn mark(output: Value, this: Option<&str>) -> Value {
    let marked = |device: &Value| device.clone().with("isThis", device.str("deviceKey") == this);
    if let Some(device) = output.get("device") {
        return marked(device);
    }
    let Some(devices) = output.get("devices") else { return output };
    let devices: Vec<_> = devices.items().iter().map(marked).collect();
    let mut output = output;
    output.set("devices", Value::from(devices));
    output
}

/// This browser's device key: the one the tokens are bound to, else the one that is remembered.
pub fn this_key(client: &Client, host: &impl Host, session: &Session) -> Run<Option<String>> {
    match &session.device_key {
        Some(key) => Ok(Some(key.clone())),
        None => Ok(load(client, host, &session.username)?.map(|device| device.key)),
    }
}
/// What is stored for a user name or alias; `Null` for nothing, and where the store fails.
fn read(client: &Client, host: &impl Host, login: &str) -> Run<Value> {
    let stored = host.load(Store::Lasting, &key(client, login))?;
    let record = stored.ok().flatten().and_then(|text| Value::parse(&text));
    Ok(record.unwrap_or(Value::Null))
}

/// SECURITY: the user name is hashed, because keys are read by people and tools.
fn key(client: &Client, login: &str) -> String {
    let digest = sha256(&[client.pool.client_id().as_bytes(), &[0], login.as_bytes()]);
    let name = text::base64url(digest.get(..15).unwrap_or_default());
    ["lifeguard.", client.pool.client_id(), ".device.", &name].concat()
}
