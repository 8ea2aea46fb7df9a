//! Devices of anybody.

use super::named::pool_and_user;
use crate::caller::Caller;
use crate::refusal::Answer;
use crate::server::Server;
use crate::tracked;
use serde_json::{Value, json};

/// AdminListDevices.
pub(crate) fn list(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &request)?;
    tracked::page(&store, &pool.id, &user.username, &request)
}

/// AdminGetDevice.
pub(crate) fn show(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &request)?;
    let device = tracked::confirmed(&store, &pool.id, &user.username, &request)?;
    Ok(json!({ "Device": tracked::describe(&device) }))
}

/// AdminUpdateDeviceStatus.
pub(crate) fn update_status(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &request)?;
    tracked::remember(&store, &pool.id, &user.username, &request, server.clock.now_ms())
}

/// AdminForgetDevice.
pub(crate) fn forget(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &request)?;
    tracked::remove(&store, &pool.id, &user.username, &request)
}
