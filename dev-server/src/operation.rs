//! A row of the table of operations.
//!
//! A handler names the type of its input, a structure whose members are those that it reads; the row makes one of what
//! came. That every such member is the model's is held by a test. What a handler keeps as it is, as settings, is the rest
//! of a `Kept`.

#[cfg(test)]
pub(crate) mod testing;

use crate::caller::Caller;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use serde::de::DeserializeOwned;
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

/// A handler with the type of its input.
#[derive(Clone, Copy)]
pub(crate) struct Work {
    pub(crate) handler: Handler,
    /// The members that it reads of the input, or of what a path leads to within it.
    #[cfg(test)]
    pub(crate) members: fn(&[&str]) -> Option<testing::Members>,
}

/// A row of a table of operations.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    /// As `x-amz-target` has it, without the service's prefix.
    pub(crate) name: &'static str,
    /// Whether the call must be signed with AWS credentials.
    pub(crate) signed: bool,
    /// What carries it out.
    pub(crate) work: Work,
}

/// A row for an operation that anyone may call.
pub(crate) const fn open(name: &'static str, work: Work) -> Operation {
    Operation { name, signed: false, work }
}

/// A row for an operation of administrators.
pub(crate) const fn signed(name: &'static str, work: Work) -> Operation {
    Operation { name, signed: true, work }
}

/// The input as the type that a handler wants. The shape check came before, so nothing is missing.
pub(crate) fn read<T: DeserializeOwned>(input: Value) -> Result<T, Refusal> {
    // The error's own text may repeat values.
    serde_json::from_value(input).map_err(|_| Refusal::internal("an input is not of its type"))
}

/// Makes a handler that answers at once fit [`Work`].
macro_rules! now {
    ($handler:path) => {
        Work {
            handler: Handler::Now(|server, caller, input| $handler(server, caller, read(input)?)),
            #[cfg(test)]
            members: |path| crate::operation::testing::of_now($handler, path),
        }
    };
}
pub(crate) use now;

/// Makes an `async fn` fit [`Work`].
macro_rules! later {
    ($handler:path) => {
        Work {
            handler: Handler::Later(|server, caller, input| {
                Box::pin(async move { $handler(server, caller, read(input)?).await })
            }),
            #[cfg(test)]
            members: |path| {
                crate::operation::testing::of_later(
                    |server, caller, input| Box::pin($handler(server, caller, input)),
                    path,
                )
            },
        }
    };
}
pub(crate) use later;
