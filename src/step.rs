//! What a host sees of the core: one function that takes a call from one effect to the next, text
//! in and text out. The core keeps nothing between two steps: all of a call is in its message, so
//! that a host may replace the instance at any time.
//!
//! Message: `{ config, operation, input, state, transcript }`. Answer: `{ entries, notes, state?,
//! effect?, done?, failed? }`, with one of the last three. [`crate::transcript`] tells what the
//! parts are; `docs/internals/steps.md` has the whole contract.

mod input;
mod operations;
mod redirect;
mod types;

#[cfg(all(target_arch = "wasm32", feature = "module"))]
pub mod wasm;

#[cfg(test)]
mod tests;

use crate::host::Host;
use crate::operations::Client;
use crate::operations::error::{Attempt, Error};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::transcript::{Machine, Transcript};
use input::Input;
use types::Output;

/// Runs a call as far as its transcript reaches.
pub fn step(machine: &dyn Machine, message: &str) -> String {
    // A host writes nothing but JSON: only an argument can be nested deeper than the reader goes.
    let Some(message) = Value::parse_lossy(message) else {
        let error = Error::Misuse(Misuse("an argument is nested too deeply"));
        return Value::object()
            .with("failed", error.write())
            .with("entries", Value::from(Vec::new()))
            .with("notes", Value::from(Vec::new()))
            .write();
    };
    let part = |name| message.get(name).unwrap_or(&Value::Null);
    let (config, input) = (Input::new(part("config")), Input::new(part("input")));
    let timeout_ms = input.number("timeoutMs").map(|ms| ms as u32);
    let state = message.get("state").cloned().unwrap_or_else(Value::object);
    let host = Transcript::new(machine, part("transcript").items(), state, timeout_ms);
    let operation = message.str("operation").unwrap_or_default();
    let (result, ran) = {
        let result = run(&config, operation, &input, &host);
        host.end(result)
    };
    let end = match result {
        Some(Ok(output)) => Value::object().with("done", output),
        Some(Err(error)) => Value::object().with("failed", failure(&error)),
        None => Value::object(),
    };
    end.with("entries", Value::from(ran.entries))
        .with("notes", Value::from(ran.notes))
        .with_some("state", ran.state)
        .with_some("effect", ran.effect)
        .write()
}

/// Runs an operation by its name, for a host in Rust: input and output are those of [`step`].
///
/// # Errors
/// Those of the operation; `Misuse` for a name that is none.
#[cfg(feature = "host")]
pub fn operate(client: &Client, name: &str, input: &Value, host: &impl Host) -> Attempt<Value> {
    operations::run(client, name, &Input::new(input), host)
}

fn run(config: &Input, operation: &str, input: &Input, host: &impl Host) -> Attempt<Value> {
    let client: Client = config.client(input)?;
    operations::run(&client, operation, input, host)
}

/// An error as data, with the challenge from which the sign-in goes on, where there is one.
pub fn failure(error: &Error) -> Value {
    let mut failure = error.write();
    if let Error::Restart(_, question) = error {
        failure.append(question.output());
    }
    failure
}
