//! The module that signs people in: one function, with which the wrapper (`js/core-sign-in.ts`) takes
//! a call from one question of the core to the next.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::types::{self, Answered, Input, Output};
use super::{error, open};
use crate::browser::{Journal, Wrapper, random};
use crate::client::error::Error;
use crate::client::{Client, sign_in};
use crate::protocol::error::Misuse;
use crate::protocol::group::Preparation;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Ephemeral;

/// A call that has not ended.
struct Job {
    /// What it began with.
    message: Value,
    journal: Rc<Journal>,
    /// The exponent made ahead of time, which this call may take.
    spare: Option<Secret<Vec<u8>>>,
}

thread_local! {
    static JOBS: RefCell<Vec<Option<Job>>> = const { RefCell::new(Vec::new()) };
    static PREPARATION: Cell<Option<Preparation>> = const { Cell::new(None) };
    /// Made ahead of time; any pool's next sign-in takes it.
    static SPARE: Cell<Option<Secret<Vec<u8>>>> = const { Cell::new(None) };
}

/// Does a slice of the arithmetic of the next sign-in's first message, in idle time, so that the page
/// stays alive on a slow device. Whether that was the last.
#[wasm_bindgen]
pub fn prepare() -> bool {
    let mut tables = PREPARATION.take().unwrap_or_default();
    if !tables.step() {
        PREPARATION.set(Some(tables));
        return false;
    }
    tables.finish();
    let spare = SPARE.take().unwrap_or_else(|| {
        let mut exponent = vec![0; 32];
        random(&mut exponent);
        Secret::new(exponent)
    });
    Ephemeral::new(spare.clone()).wire();
    SPARE.set(Some(spare));
    true
}

/// Begins a call (`job` 0) with `{ config, operation, input, deviceName }`, or goes on with one, given
/// the answer to what it asked. In JSON: `{ told, asked, job }`, and at the end of the call
/// `{ told, done }` or `{ told, failed }`.
#[wasm_bindgen]
pub fn step(job: u32, message: &str) -> String {
    let message = Value::parse(message).unwrap_or(Value::Null);
    let slot = (job as usize).wrapping_sub(1);
    let waiting = JOBS.with_borrow_mut(|jobs| jobs.get_mut(slot).and_then(Option::take));
    let job = match waiting {
        Some(job) => {
            job.journal.answer(message);
            job
        }
        None => Job { message, journal: Rc::default(), spare: SPARE.take() },
    };
    let (end, unused) = run(&job);
    let told = job.journal.told();
    let state = match job.journal.asked() {
        Some(asked) => Value::object().with("asked", asked).with("job", f64::from(keep(job))),
        None => {
            if unused {
                SPARE.set(job.spare);
            }
            end
        }
    };
    state.with("told", told).write()
}

/// The number by which a job is known.
fn keep(job: Job) -> u32 {
    JOBS.with_borrow_mut(|jobs| {
        let free = jobs.iter().position(Option::is_none).unwrap_or(jobs.len());
        if free == jobs.len() {
            jobs.push(None);
        }
        if let Some(slot) = jobs.get_mut(free) {
            *slot = Some(job);
        }
        free as u32 + 1
    })
}

/// Runs a call as far as its journal reaches: what comes of it, and whether it left the exponent
/// that was made ahead of time.
fn run(job: &Job) -> (Value, bool) {
    let part = |name| Input::new(job.message.get(name).unwrap_or(&Value::Null));
    let (config, input) = (part("config"), part("input"));
    let timeout_ms = input.number("timeoutMs").map(|ms| ms as u32);
    let device_name = job.message.string("deviceName").unwrap_or_default();
    let page = Wrapper::new(job.journal.clone(), timeout_ms, device_name);
    let client = match open(&config) {
        Ok(client) => client,
        Err(misuse) => return (failed(misuse.into()), true),
    };
    client.lend(job.spare.clone().map(Ephemeral::new));
    let operation = job.message.str("operation").unwrap_or_default();
    let end = match call(&client, operation, &input, &page) {
        Ok(output) => Value::object().with("done", output),
        Err(error) => failed(error),
    };
    (end, client.take_back().is_some())
}

fn failed(error: Error) -> Value {
    Value::object().with("failed", error::write(error))
}

fn call(client: &Client, operation: &str, input: &Input, page: &Wrapper) -> Result<Value, Error> {
    Ok(match operation {
        // That the configuration is right; the rest is `prepare`.
        "prepare" => Value::Null,
        "signIn" => {
            let start = types::start(input)?;
            sign_in::start(client, page, input.store("store"), start)?.output()
        }
        "answer" => {
            let Answered { question, answer, mediation } = types::answer(input)?;
            sign_in::answer(client, page, question, answer, mediation.as_deref())?.output()
        }
        "question" => types::question(input)?.output(),
        #[cfg(feature = "vectors")]
        "srpVector" => types::srp_vector(input)?,
        _ => return Err(Error::Misuse(Misuse("no such operation"))),
    })
}
