//! Devices of anybody.

use super::named::pool_and_user;
use crate::caller::Caller;
use crate::refusal::Answer;
use crate::server::Server;
use crate::tracked;
use serde::Deserialize;
use serde_json::json;

/// The input of AdminListDevices.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    user_pool_id: String,
    username: String,
    limit: Option<u64>,
    pagination_token: Option<String>,
}

/// The input of AdminGetDevice and of AdminForgetDevice.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    user_pool_id: String,
    username: String,
    device_key: String,
}

/// The input of AdminUpdateDeviceStatus.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateStatus {
    user_pool_id: String,
    username: String,
    device_key: String,
    device_remembered_status: Option<String>,
}

/// AdminListDevices.
pub(crate) fn list(server: &Server, _: &Caller, input: List) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    let token = input.pagination_token.as_deref();
    tracked::page(&store, &pool.id, &user.username, input.limit, token)
}

/// AdminGetDevice.
pub(crate) fn show(server: &Server, _: &Caller, input: Named) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    let device = tracked::confirmed(&store, &pool.id, &user.username, &input.device_key)?;
    Ok(json!({ "Device": tracked::describe(&device) }))
}

/// AdminUpdateDeviceStatus.
pub(crate) fn update_status(server: &Server, _: &Caller, input: UpdateStatus) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    let (key, status) = (&input.device_key, input.device_remembered_status.as_deref());
    tracked::remember(&store, &pool.id, &user.username, key, status, server.clock.now_ms())
}

/// AdminForgetDevice.
pub(crate) fn forget(server: &Server, _: &Caller, input: Named) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    tracked::remove(&store, &pool.id, &user.username, &input.device_key)
}
