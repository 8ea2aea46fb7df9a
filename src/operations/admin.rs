//! What an administrator's page asks of other people's accounts: signed with its own AWS credentials.

use super::Client;
use super::call::repeated;
use super::error::{Attempt, Error, settle};
use crate::host::Host;
use crate::protocol::date;
use crate::protocol::error::Misuse;
use crate::protocol::http::HttpRequest;
use crate::protocol::json::Value;
use crate::protocol::refusal::Kind;
use crate::protocol::secret::Secret;
use crate::protocol::sigv4::{self, Key, Request, Scope};
use crate::protocol::task::Task;
use crate::protocol::text;
use crate::protocol::wire::Call;

/// Runs a task with the page's input, `credentials: { accessKeyId, secretAccessKey, sessionToken? }`
/// among it, and returns the page's output.
///
/// # Errors
/// `Misuse` when the input is not what the task takes; else see [`Error`].
pub fn run(client: &Client, host: &impl Host, task: &Task, input: &Value) -> Attempt<Value> {
    let key = key(input.get("credentials").ok_or(Misuse("credentials"))?)?;
    let body = Value::object().with("UserPoolId", client.pool.id());
    let call = Call { operation: task.operation, input: task.ask(input, body)? };
    let request = |seconds| signed(client, &call, &key, seconds);
    let now = host.now() / 1000;
    let reply = match settle(repeated(host, call.operation, &request(now)))? {
        // This device's clock is wrong: the service says what time it is.
        Err(Error::Refused(refusal))
            if refusal.kind == Kind::Credentials && date::agreed(now, refusal.date) != now =>
        {
            let agreed = date::agreed(now, refusal.date);
            repeated(host, call.operation, &request(agreed))?
        }
        reply => reply?,
    };
    Ok(task.answer(&reply.body)?)
}

fn signed(client: &Client, call: &Call, key: &Key, seconds: u64) -> HttpRequest {
    let mut request = call.request(&client.pool, client.timeout_ms);
    let address = text::find(&request.url, "://").and_then(|at| request.url.get(at + 3..));
    let address = address.unwrap_or_default();
    let host = text::until(address, b'/');
    let path = address.get(host.len()..).unwrap_or_default();
    let mut headers = vec![(String::from("host"), String::from(host))];
    for (name, value) in &request.headers {
        if *name != "cache-control" {
            headers.push((String::from(*name), value.clone()));
        }
    }
    let payload_hash = sigv4::payload_hash(request.body.expose("hashed").as_bytes());
    let date = date::compact(seconds);
    let scope = Scope { region: client.pool.region(), service: "cognito-idp", date: &date };
    let asked = Request { method: "POST", path, query: "", headers, payload_hash: &payload_hash };
    let added = sigv4::sign(asked, key, &scope);
    request.headers.extend(added);
    request
}

fn key(given: &Value) -> Result<Key, Misuse> {
    let text = |name: &'static str| given.string(name).ok_or(Misuse(name));
    Ok(Key {
        access_key_id: text("accessKeyId")?,
        secret_access_key: Secret::new(text("secretAccessKey")?),
        session_token: given.string("sessionToken").map(Secret::new),
    })
}
