//! Operations of a page where nobody is signed in yet.

use super::types::{self, Answered, Input, Output};
use crate::browser::Page;
use crate::client::error::Error;
use crate::client::{Client, resume, sign_in};
use crate::platform::Platform;
use crate::protocol::json::Value;

/// Runs an operation; `None` when it is none of these.
pub(super) async fn run(
    client: &Client,
    operation: &str,
    input: &Input,
    page: &Page<'_>,
) -> Result<Option<Value>, Error> {
    let pool = &client.pool;
    Ok(Some(match operation {
        "prepare" => {
            client.prepare(page).await;
            Value::Null
        }
        "signIn" => {
            let start = types::start(input, |username| {
                page.context_data(username, pool.id(), pool.client_id())
            })?;
            sign_in::start(client, page, input.store("store"), start).await?.output()
        }
        "answer" => {
            let Answered { question, answer, mediation } = types::answer(input)?;
            sign_in::answer(client, page, question, answer, mediation.as_deref()).await?.output()
        }
        "pendingSignIns" => resume::all(client, page).await.output(),
        "cancelSignIn" => {
            resume::forget(client, page, &input.text("id")?).await;
            Value::Null
        }
        "srpVector" => types::srp_vector(input)?,
        _ => return Ok(None),
    }))
}
