//! Tracked devices of the signed-in person.

use crate::caller::Caller;
use crate::refusal::Answer;
use crate::server::Server;
use crate::tokens;
use crate::tracked::{confirmed, describe, page, remember, remove};
use serde_json::{Value, json};

/// ListDevices.
pub(crate) fn list(server: &Server, _: &Caller, request: Value) -> Answer {
    let bearer = tokens::authorize(server, &request)?;
    page(&server.store(), &bearer.pool.id, &bearer.user.username, &request)
}

/// GetDevice.
pub(crate) fn show(server: &Server, _: &Caller, request: Value) -> Answer {
    let bearer = tokens::authorize(server, &request)?;
    let device = confirmed(&server.store(), &bearer.pool.id, &bearer.user.username, &request)?;
    Ok(json!({ "Device": describe(&device) }))
}

/// UpdateDeviceStatus.
pub(crate) fn update_status(server: &Server, _: &Caller, request: Value) -> Answer {
    let bearer = tokens::authorize(server, &request)?;
    let now = server.clock.now_ms();
    remember(&server.store(), &bearer.pool.id, &bearer.user.username, &request, now)
}

/// ForgetDevice.
pub(crate) fn forget(server: &Server, _: &Caller, request: Value) -> Answer {
    let bearer = tokens::authorize(server, &request)?;
    remove(&server.store(), &bearer.pool.id, &bearer.user.username, &request)
}
