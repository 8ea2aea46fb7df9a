//! Operations of the task table: one request, one reply, nothing in between.

use super::call::call;
use super::error::{Attempt, Error};
use super::{Client, admin, devices, user};
use crate::host::Host;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::task::{Of, Task};
use crate::protocol::wire::factors;
use crate::protocol::wire::{Call, Extras};

/// Runs a task with the application's input and returns its output.
///
/// # Errors
/// `Misuse` when the input is not what the task takes, `SignedOut` when it is a user's own task and
/// nobody is signed in; else see [`Error`].
pub fn run(
    client: &Client,
    host: &impl Host,
    task: &Task,
    mut input: Value,
    extras: &Extras,
) -> Attempt<Value> {
    let session = match task.of {
        Of::Admin => return admin::run(client, host, task, &input),
        Of::Client => None,
        Of::Person | Of::Device => Some(user::session(client, host)?),
    };
    let mut this = None;
    if let (Of::Device, Some(session)) = (task.of, &session) {
        this = devices::this_key(client, host, session)?;
        if input.get("deviceKey").is_none() && task.takes("deviceKey") {
            input = input.with("deviceKey", this.as_deref().ok_or(NO_DEVICE)?);
        }
    }
    let empty = match &session {
        None => Call::new(task.operation, &client.pool, extras),
        Some(session) => Call::of_person(task.operation, &session.access),
    };
    let begun = empty.input.members().len();
    let sent = Call { operation: task.operation, input: task.ask(&input, empty.input)? };
    if task.name == "setMfaPreference" && sent.input.members().len() == begun {
        return Err(NO_FACTOR.into());
    }
    let reply = call(host, &client.pool, client.timeout_ms, &sent)?;
    if task.name == "verifySoftwareToken" && !factors::is_verified(&reply)? {
        return Err(Error::Refused(Box::new(factors::wrong_code())).into());
    }
    if let ("forgetDevice", Some(session)) = (task.name, &session)
        && input.str("deviceKey") == this.as_deref()
    {
        devices::forget_local(client, host, &session.username)?;
    }
    Ok(devices::mark(task.answer(&reply)?, this.as_deref()))
}

const NO_DEVICE: Misuse =
    Misuse("deviceKey: this browser has none, because the pool remembers no devices or forgot it");
const NO_FACTOR: Misuse = Misuse("name at least one factor: sms, totp, email or passkey");
