//! Operations of the task table: one question, one answer, nothing in between.

use super::call::call;
use super::error::Error;
use super::{Client, admin, devices, person};
use crate::platform::Platform;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::task::{Of, Task};
use crate::protocol::wire::factors;
use crate::protocol::wire::{Call, Extras};

/// Runs a task with the page's input and returns the page's output.
///
/// # Errors
/// `Misuse` when the input is not what the task takes, `SignedOut` when it is a person's and nobody
/// is signed in; else see [`Error`].
pub async fn run(
    client: &Client,
    platform: &impl Platform,
    task: &Task,
    mut input: Value,
    extras: &Extras,
) -> Result<Value, Error> {
    let session = match task.of {
        Of::Admin => return admin::run(client, platform, task, &input).await,
        Of::Client => None,
        Of::Person | Of::Device => Some(person::session(client, platform).await?),
    };
    let mut this = None;
    if let (Of::Device, Some(session)) = (task.of, &session) {
        this = devices::this_key(client, platform, session).await;
        if input.get("deviceKey").is_none() && task.takes("deviceKey") {
            input = input.with("deviceKey", this.as_deref().ok_or(NO_DEVICE)?);
        }
    }
    let empty = match &session {
        None => {
            let mut extras = extras.clone();
            if let (None, Some(login)) = (&extras.context, input.str("username")) {
                let (pool, app) = (client.pool.id(), client.pool.client_id());
                extras.context = platform.context_data(login, pool, app);
            }
            Call::new(task.operation, &client.pool, &extras)
        }
        Some(session) => Call::of_person(task.operation, &session.access),
    };
    let begun = empty.input.members().len();
    let sent = Call { operation: task.operation, input: task.ask(&input, empty.input)? };
    if task.name == "setMfaPreference" && sent.input.members().len() == begun {
        return Err(NO_FACTOR.into());
    }
    let reply = call(platform, &client.pool, client.timeout_ms, &sent).await?;
    if task.name == "verifySoftwareToken" && !factors::is_verified(&reply)? {
        return Err(Error::Refused(Box::new(factors::wrong_code())));
    }
    if let ("forgetDevice", Some(session)) = (task.name, &session)
        && input.str("deviceKey") == this.as_deref()
    {
        devices::forget_local(client, platform, &session.username).await;
    }
    Ok(devices::mark(task.answer(&reply)?, this.as_deref()))
}

const NO_DEVICE: Misuse =
    Misuse("deviceKey: this browser has none, because the pool remembers no devices or forgot it");
const NO_FACTOR: Misuse = Misuse("name at least one factor: sms, totp, email or passkey");
