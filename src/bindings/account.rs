//! Operations of a session and of an account.

use super::types::{self, Input, Output};
use crate::browser::Page;
use crate::client::error::Error;
use crate::client::{Client, account, credentials, keeper, passkeys, signing, tasks};
use crate::protocol::json::Value;
use crate::protocol::task;

/// Runs an operation; `None` when it is none of these.
pub(super) async fn run(
    client: &Client,
    operation: &str,
    input: &Input,
    page: &Page<'_>,
) -> Result<Option<Value>, Error> {
    Ok(Some(match operation {
        "session" => match keeper::session_as(client, page, &types::wanted(input)).await? {
            Some(session) => session.output(),
            None => Value::Null,
        },
        "wake" => {
            let again = keeper::wake(client, page, &types::hint(input)).await;
            Value::object().with_some("againMs", again.map(f64::from))
        }
        "signOut" => {
            let reason = types::reason(input);
            keeper::sign_out(client, page, input.is_true("global"), reason).await.output()
        }
        "settleLegacy" => {
            keeper::settle_legacy(client, page).await;
            Value::Null
        }
        "updateAttributes" => account::update_attributes(client, page, input.value()).await?,
        "deleteUser" => {
            account::delete_user(client, page).await?;
            Value::Null
        }
        "credentials" => {
            let forced = input.is_true("forceRefresh");
            credentials::credentials(client, page, forced).await?.output()
        }
        "sign" => signing::sign(client, page, &input.value()).await?,
        "registerPasskey" => {
            passkeys::register(client, page).await?;
            Value::Null
        }
        _ => match task::find(operation) {
            Some(task) => tasks::run(client, page, task, input.value(), &input.extras()).await?,
            None => return Ok(None),
        },
    }))
}
