//! Looking after one's account: the steps that are more than one question and one answer.

use super::error::Error;
use super::events::Reason;
use super::{Client, devices, keeper, person, tasks};
use crate::platform::{Platform, Store};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::task::{self, attributes};
use crate::protocol::wire::Extras;
use crate::protocol::{record, session};

/// Changes attributes: `{ name: { status, codeDelivery? } }` for each that was given.
///
/// # Errors
/// As [`tasks::run`].
pub async fn update_attributes(
    client: &Client,
    platform: &impl Platform,
    input: Value,
) -> Result<Value, Error> {
    let given = input.get("attributes").cloned().unwrap_or(Value::Null);
    if given.members().is_empty() {
        return Err(Misuse("name at least one attribute to change").into());
    }
    let answer = run(client, platform, "updateAttributes", input).await?;
    Ok(attributes::outcomes(&given, &answer))
}

/// Deletes the person's account for good; then everything of them leaves this browser.
///
/// # Errors
/// As [`tasks::run`]: nothing has left this browser then.
pub async fn delete_user(client: &Client, platform: &impl Platform) -> Result<(), Error> {
    let session = person::session(client, platform).await?;
    run(client, platform, "deleteUser", Value::object()).await?;
    // The account is gone whatever becomes of the call that asked for it.
    let platform = &platform.detached();
    let claims = session::user_claims(&session);
    devices::forget_local(client, platform, &session.username).await;
    for alias in ALIASES {
        if let Some(login) = claims.str(alias) {
            devices::forget_local(client, platform, login).await;
        }
    }
    let _ = platform.remove(Store::Tab, &record::pending_key(&client.pool)).await;
    keeper::forget(client, platform, Reason::SignOut).await;
    Ok(())
}

/// Claims that a person may have signed in with, beside the user name.
const ALIASES: [&str; 4] = ["cognito:username", "email", "phone_number", "preferred_username"];

async fn run(
    client: &Client,
    platform: &impl Platform,
    name: &str,
    input: Value,
) -> Result<Value, Error> {
    let task = task::find(name).ok_or(Misuse("no such operation"))?;
    tasks::run(client, platform, task, input, &Extras::default()).await
}
