//! From `x-amz-target` to the handler of an operation.

#[cfg(test)]
mod tests;

use crate::refusal::{Answer, Refusal};
use crate::server::{Caller, Server};
use crate::{account, auth, control, identity, input, shape, sigv4};
use axum::http::StatusCode;
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;

/// The future of a handler that calls a trigger.
pub(crate) type Pending<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// How an operation is carried out.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// At once.
    Now(fn(&Server, &Caller, Value) -> Answer),
    /// With a wait for a trigger somewhere.
    Later(for<'a> fn(&'a Server, &'a Caller, Value) -> Pending<'a>),
}

/// A row of a table of operations.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    /// As `x-amz-target` has it, without the service's prefix.
    pub(crate) name: &'static str,
    /// Whether the call must be signed with AWS credentials.
    pub(crate) signed: bool,
    /// What carries it out.
    pub(crate) handler: Handler,
}

/// A row for an operation that anyone may call.
pub(crate) const fn open(
    name: &'static str,
    handler: fn(&Server, &Caller, Value) -> Answer,
) -> Operation {
    Operation { name, signed: false, handler: Handler::Now(handler) }
}

/// A row for an operation that anyone may call and that waits for triggers.
pub(crate) const fn open_later(
    name: &'static str,
    handler: for<'a> fn(&'a Server, &'a Caller, Value) -> Pending<'a>,
) -> Operation {
    Operation { name, signed: false, handler: Handler::Later(handler) }
}

/// A row for an operation of administrators.
pub(crate) const fn signed(
    name: &'static str,
    handler: fn(&Server, &Caller, Value) -> Answer,
) -> Operation {
    Operation { name, signed: true, handler: Handler::Now(handler) }
}

/// A row for an operation of administrators that waits for triggers.
pub(crate) const fn signed_later(
    name: &'static str,
    handler: for<'a> fn(&'a Server, &'a Caller, Value) -> Pending<'a>,
) -> Operation {
    Operation { name, signed: true, handler: Handler::Later(handler) }
}

/// Makes an `async fn` of a handler's arguments fit [`Handler::Later`].
#[macro_export]
macro_rules! later {
    ($handler:path) => {
        |server, caller, input| Box::pin($handler(server, caller, input))
    };
}

/// The services that share this server's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Service {
    /// `cognito-idp`.
    #[default]
    UserPools,
    /// `cognito-identity`.
    IdentityPools,
}

/// Reads service and operation out of `x-amz-target`.
pub(crate) fn target(target: &str) -> Option<(Service, &str)> {
    let (prefix, name) = target.split_once('.')?;
    match prefix {
        "AWSCognitoIdentityProviderService" => Some((Service::UserPools, name)),
        "AWSCognitoIdentityService" => Some((Service::IdentityPools, name)),
        _ => None,
    }
}

/// Checks the input and carries the operation out.
pub(crate) async fn dispatch(server: &Server, caller: &Caller, body: &[u8]) -> Answer {
    let operation = find(caller.service, &caller.operation)
        .ok_or_else(|| unknown_operation(caller.service, &caller.operation))?;
    server.store().count(operation.name)?;
    let signed;
    let (caller, input) = if operation.signed {
        let signer = sigv4::verify(server, &caller.request, &["cognito-idp"])?;
        let input = read_input(body)?;
        allow(server, &signer, operation.name, &input)?;
        signed = Caller { signer: Some(signer), ..caller.clone() };
        (&signed, input)
    } else {
        (caller, read_input(body)?)
    };
    shape::check(operation.name, &input)?;
    let work = async {
        match operation.handler {
            Handler::Now(handler) => handler(server, caller, input),
            Handler::Later(handler) => handler(server, caller, input).await,
        }
    };
    let answer = server.transact(work).await;
    answer.map_err(|refusal| as_listed(operation.name, refusal))
}

/// What stands in a person's way has a name of its own only where the model lists it for the operation.
fn as_listed(operation: &str, refusal: Refusal) -> Refusal {
    let is_listed = shape::errors(operation).iter().any(|name| name == refusal.name);
    match refusal.name {
        _ if is_listed => refusal,
        "TooManyFailedAttemptsException" => Refusal::limit_exceeded(),
        name if OF_PEOPLE.contains(&name) => Refusal::not_authorized(refusal.message),
        _ => refusal,
    }
}

const OF_PEOPLE: &[&str] = &[
    "PasswordResetRequiredException",
    "ResourceNotFoundException",
    "UserNotConfirmedException",
    "UserNotFoundException",
];

/// Whether a target names an operation that must be signed.
pub(crate) fn is_signed(text: &str) -> bool {
    let operation = target(text).and_then(|(service, name)| find(service, name));
    operation.is_some_and(|operation| operation.signed)
}

/// The refusal of a request that names no operation of a service that is here.
pub(crate) fn no_operation() -> Refusal {
    let text = "Send a POST whose x-amz-target names an operation of AWSCognitoIdentityProviderService or \
                AWSCognitoIdentityService.";
    Refusal::new("UnknownOperationException", text).with_status(StatusCode::NOT_FOUND)
}

/// The refusal of an operation that is not here. The service says nothing; whoever ported a backend to this server
/// needs to know which one is missing.
fn unknown_operation(service: Service, name: &str) -> Refusal {
    let is_name = !name.is_empty() && name.len() <= 64;
    if !is_name || !name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
        return no_operation();
    }
    let service = match service {
        Service::UserPools => "cognito-idp",
        Service::IdentityPools => "cognito-identity",
    };
    let text = format!("This server does not have the operation {name} of {service}.");
    Refusal::new("UnknownOperationException", text).with_status(StatusCode::NOT_FOUND)
}

/// Holds a signed operation against the signer's role.
fn allow(
    server: &Server,
    signer: &sigv4::Signer,
    operation: &str,
    input: &Value,
) -> Result<(), Refusal> {
    let action = format!("cognito-idp:{operation}");
    let Some(pool) = input::text(input, "UserPoolId") else {
        return sigv4::allow(server, signer, &action, "*");
    };
    // At the service, a pool of another region is at another address.
    let region = pool.split('_').next().unwrap_or_default();
    if region != signer.region {
        return Err(sigv4::wrong_region());
    }
    let resource = format!("arn:aws:cognito-idp:{region}:{}:userpool/{pool}", signer.account());
    sigv4::allow(server, signer, &action, &resource)
}

fn find(service: Service, name: &str) -> Option<Operation> {
    let tables: &[&[Operation]] = match service {
        Service::UserPools => &[auth::OPERATIONS, account::OPERATIONS, control::OPERATIONS],
        Service::IdentityPools => &[identity::OPERATIONS],
    };
    tables.iter().copied().flatten().find(|operation| operation.name == name).copied()
}

fn read_input(body: &[u8]) -> Answer {
    let body = if body.is_empty() { b"{}" } else { body };
    let mut input: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::serialization("Could not parse request body into json"))?;
    if !input.is_object() {
        return Err(Refusal::serialization("Start of structure or map found where not expected."));
    }
    drop_nulls(&mut input);
    Ok(input)
}

/// A member that is `null` is absent; real clients send them.
fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}
