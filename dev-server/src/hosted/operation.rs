//! The pages carry out the pool's own operations, so that they judge people as every other client does.

use super::request::Request;
use crate::caller::Caller;
use crate::dispatch::dispatch;
use crate::refusal::Answer;
use crate::server::Server;
use crate::{random, srp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Calls an operation as the request's client, which proves its secret where it has one.
pub(super) async fn call(
    server: &Server,
    request: &Request,
    operation: &str,
    username: &str,
    mut input: Value,
) -> Answer {
    let client = &request.context.client;
    let hash = client.secret.as_ref().map(|secret| {
        STANDARD.encode(srp::hmac(secret.as_bytes(), &[username.as_bytes(), client.id.as_bytes()]))
    });
    let responses = input.get_mut("ChallengeResponses").and_then(Value::as_object_mut);
    match (responses, &hash) {
        (Some(responses), Some(hash)) => {
            responses.insert("SECRET_HASH".to_owned(), json!(hash));
        }
        (None, Some(hash)) => {
            if let Some(members) = input.as_object_mut() {
                members.insert("SecretHash".to_owned(), json!(hash));
            }
        }
        (_, None) => {}
    }
    if let Some(members) = input.as_object_mut() {
        members.insert("ClientId".to_owned(), json!(client.id));
    }
    let caller = Caller {
        operation: operation.to_owned(),
        request_id: random::uuid()?,
        ..Caller::default()
    };
    dispatch(server, &caller, input.to_string().as_bytes()).await
}

/// Calls an operation that a `Session` alone authorizes.
pub(super) async fn call_session(server: &Server, operation: &str, input: Value) -> Answer {
    let caller = Caller {
        operation: operation.to_owned(),
        request_id: random::uuid()?,
        ..Caller::default()
    };
    dispatch(server, &caller, input.to_string().as_bytes()).await
}
