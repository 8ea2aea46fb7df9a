//! Devices of anybody.

use super::pool_and_user;
use crate::account::devices;
use crate::refusal::Answer;
use crate::server::{Caller, Server};
use serde_json::{Value, json};

/// AdminListDevices.
pub(super) fn list(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &request)?;
    devices::page(&store, &pool.id, &user.username, &request)
}

/// AdminGetDevice.
pub(super) fn show(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &request)?;
    let device = devices::confirmed(&store, &pool.id, &user.username, &request)?;
    Ok(json!({ "Device": devices::describe(&device) }))
}

/// AdminUpdateDeviceStatus.
pub(super) fn update_status(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &request)?;
    devices::remember(&store, &pool.id, &user.username, &request, server.clock.now_ms())
}

/// AdminForgetDevice.
pub(super) fn forget(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &request)?;
    devices::remove(&store, &pool.id, &user.username, &request)
}
