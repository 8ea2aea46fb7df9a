//! Tracked devices of the signed-in person.

use crate::caller::Caller;
use crate::refusal::Answer;
use crate::server::Server;
use crate::tokens;
use crate::tracked::{confirmed, describe, page, remember, remove};
use serde::Deserialize;
use serde_json::json;

/// The input of ListDevices.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    access_token: String,
    limit: Option<u64>,
    pagination_token: Option<String>,
}

/// The input of GetDevice and of ForgetDevice.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    // The model has it optional; without one nobody is meant.
    #[serde(default)]
    access_token: String,
    device_key: String,
}

/// The input of UpdateDeviceStatus.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateStatus {
    access_token: String,
    device_key: String,
    device_remembered_status: Option<String>,
}

/// ListDevices.
pub(crate) fn list(server: &Server, _: &Caller, input: List) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let token = input.pagination_token.as_deref();
    page(&server.store(), &bearer.pool.id, &bearer.user.username, input.limit, token)
}

/// GetDevice.
pub(crate) fn show(server: &Server, _: &Caller, input: Named) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let (pool, name) = (&bearer.pool.id, &bearer.user.username);
    let device = confirmed(&server.store(), pool, name, &input.device_key)?;
    Ok(json!({ "Device": describe(&device) }))
}

/// UpdateDeviceStatus.
pub(crate) fn update_status(server: &Server, _: &Caller, input: UpdateStatus) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    let (pool, name) = (&bearer.pool.id, &bearer.user.username);
    let status = input.device_remembered_status.as_deref();
    remember(&server.store(), pool, name, &input.device_key, status, server.clock.now_ms())
}

/// ForgetDevice.
pub(crate) fn forget(server: &Server, _: &Caller, input: Named) -> Answer {
    let bearer = tokens::authorize(server, &input.access_token)?;
    remove(&server.store(), &bearer.pool.id, &bearer.user.username, &input.device_key)
}
