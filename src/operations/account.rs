//! Account management: what takes more than one request and one reply.

use super::error::Attempt;
use super::events::Reason;
use super::{Client, devices, session, tasks, user};
use crate::host::{Host, Store};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::record;
use crate::protocol::session::user_claims;
use crate::protocol::task::{self, attributes};
use crate::protocol::wire::Extras;

/// Changes attributes: `{ name: { status, codeDelivery? } }` for each that was given.
///
/// # Errors
/// As [`tasks::run`].
pub fn update_attributes(client: &Client, host: &impl Host, input: Value) -> Attempt<Value> {
    let given = input.get("attributes").cloned().unwrap_or(Value::Null);
    if given.members().is_empty() {
        return Err(Misuse("name at least one attribute to change").into());
    }
    let answer = run(client, host, "updateAttributes", input)?;
    Ok(attributes::outcomes(&given, &answer))
}

/// Deletes the user's account for good; then everything of that user leaves this browser.
///
/// # Errors
/// As [`tasks::run`]: nothing has left this browser then.
pub fn delete_user(client: &Client, host: &impl Host) -> Attempt<()> {
    let session = user::session(client, host)?;
    run(client, host, "deleteUser", Value::object())?;
    // The account is gone whatever becomes of this call.
    host.detach(true);
    let claims = user_claims(&session);
    devices::forget_local(client, host, &session.username)?;
    for alias in ALIASES {
        if let Some(login) = claims.str(alias) {
            devices::forget_local(client, host, login)?;
        }
    }
    let _ = host.remove(Store::Tab, &record::pending_key(&client.pool))?;
    session::forget(client, host, Reason::SignOut)?;
    Ok(())
}

/// Claims that a user may have signed in with, beside the user name.
const ALIASES: [&str; 4] = ["cognito:username", "email", "phone_number", "preferred_username"];

fn run(client: &Client, host: &impl Host, name: &str, input: Value) -> Attempt<Value> {
    let task = task::find(name).ok_or(Misuse("no such operation"))?;
    tasks::run(client, host, task, input, &Extras::default())
}
