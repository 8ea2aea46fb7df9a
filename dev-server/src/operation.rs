//! A row of the table of operations.

use crate::caller::Caller;
use crate::refusal::Answer;
use crate::server::Server;
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
macro_rules! later {
    ($handler:path) => {
        |server, caller, input| Box::pin($handler(server, caller, input))
    };
}
pub(crate) use later;
