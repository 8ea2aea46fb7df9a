//! The arithmetic of the next sign-in's first message, ahead of time.

use core::cell::Cell;

use crate::host::{Host, Run};
use crate::protocol::group::{Direct, Preparation};
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Ephemeral;
use crate::protocol::text;

thread_local! {
    /// The tables of the generator, as far as they are made. They are constants of the group.
    static TABLES: Cell<Option<Preparation>> = const { Cell::new(None) };
}

/// Makes an ephemeral in slices, so that the page stays responsive on a slow device: `{ spare: { a,
/// public } }`, for the input of the next sign-in with a password.
pub(in crate::step) fn prepare(host: &impl Host) -> Run<Value> {
    // A slice is an entry of the transcript, so that a run does no slice of a run before it.
    while host.compute(&[], &slice) != [1] {
        let _ = host.sleep(0)?;
    }
    let mut a = vec![0; 32];
    host.fill_random(&mut a);
    let public = Ephemeral::new(Secret::new(a.clone())).public(&Direct);
    let spare = Value::object().with("a", text::base64(&a)).with("public", text::base64(&public));
    Ok(Value::object().with("spare", spare))
}

/// Does a slice of the tables; `[1]` when it was the last.
fn slice() -> Vec<u8> {
    let mut tables = TABLES.take().unwrap_or_default();
    if tables.step() {
        tables.finish();
        return vec![1];
    }
    TABLES.set(Some(tables));
    vec![0]
}
