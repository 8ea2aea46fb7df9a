//! The operations by name: input as data, output as data.

use super::input::Input;
use super::redirect;
use super::types::{self, Answered, Output};
use crate::host::Host;
use crate::operations::error::Attempt;
use crate::operations::{Client, account, credentials, passkeys, session, sign_in, signing, tasks};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::task;

/// Runs an operation.
pub(super) fn run(
    client: &Client,
    operation: &str,
    input: &Input,
    host: &impl Host,
) -> Attempt<Value> {
    Ok(match operation {
        "prepare" => super::types::prepare(host)?,
        "signIn" => {
            let start = types::start(input)?;
            sign_in::start(client, host, input.store("store"), start)?.output(client)
        }
        "answer" => {
            let Answered { question, answer, mediation } = types::answer(input)?;
            sign_in::answer(client, host, question, answer, mediation.as_deref())?.output(client)
        }
        "question" => types::question(input)?.output(),
        "session" => match session::find(client, host, &types::wanted(input))? {
            Some(stored) => stored.output(client),
            None => Value::Null,
        },
        "wake" => {
            let again = session::wake(client, host, &types::hint(input))?;
            Value::object().with_some("againMs", again.map(f64::from))
        }
        "signOut" => {
            let reason = types::reason(input);
            session::sign_out(client, host, input.is_true("global"), reason)?.output()
        }
        "beginRedirect" => redirect::begin(client, host, input)?,
        "finishRedirect" => redirect::finish(client, host, input)?,
        "signOutUrl" => redirect::sign_out_url(client, input)?,
        "updateAttributes" => account::update_attributes(client, host, input.value())?,
        "deleteUser" => {
            account::delete_user(client, host)?;
            Value::Null
        }
        "credentials" => {
            credentials::credentials(client, host, input.is_true("forceRefresh"))?.output()
        }
        "sign" => signing::sign(client, host, &input.value())?,
        "registerPasskey" => {
            passkeys::register(client, host)?;
            Value::Null
        }
        #[cfg(feature = "vectors")]
        "srpVector" => types::srp_vector(input)?,
        _ => {
            let task = task::find(operation).ok_or(Misuse("no such operation"))?;
            tasks::run(client, host, task, input.value(), &input.extras())?
        }
    })
}
