//! The module that signs people in: one function, with which the wrapper (`js/core-sign-in.ts`) takes
//! a call from one question of the core to the next.

use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::types::{self, Answered, Input, Output};
use super::{error, open};
use crate::browser::{Post, Wrapper};
use crate::client::error::Error;
use crate::client::{Client, resume, sign_in};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::srp::Ephemeral;

/// A call that waits for the wrapper.
struct Job {
    post: Rc<Post>,
    run: Pin<Box<dyn Future<Output = Value>>>,
}

thread_local! {
    static JOBS: RefCell<Vec<Option<Job>>> = const { RefCell::new(Vec::new()) };
    /// Made ahead of time; any pool's next sign-in takes it.
    static SPARE: RefCell<Option<Ephemeral>> = const { RefCell::new(None) };
}

/// Begins a call (`job` 0) with `{ config, operation, input, deviceName }`, or goes on with one, given
/// the answer to what it asked. In JSON: `{ told, asked, job }`, and at the end of the call
/// `{ told, done }` or `{ told, failed }`.
#[wasm_bindgen]
pub fn step(job: u32, message: &str) -> String {
    let message = Value::parse(message).unwrap_or(Value::Null);
    let slot = (job as usize).wrapping_sub(1);
    let waiting = JOBS.with_borrow_mut(|jobs| jobs.get_mut(slot).and_then(Option::take));
    let mut job = match waiting {
        Some(job) => {
            job.post.answer(message);
            job
        }
        None => Job::begin(message),
    };
    let polled = job.run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let told = job.post.told();
    let state = match polled {
        Poll::Ready(end) => end,
        Poll::Pending => {
            let asked = job.post.asked();
            Value::object().with("asked", asked).with("job", f64::from(keep(job)))
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

impl Job {
    fn begin(message: Value) -> Self {
        let post = Rc::new(Post::default());
        let run = Box::pin(run(message, post.clone()));
        Self { post, run }
    }
}

async fn run(message: Value, post: Rc<Post>) -> Value {
    let part = |name| Input::new(message.get(name).cloned().unwrap_or(Value::Null));
    let (config, input) = (part("config"), part("input"));
    let timeout_ms = input.number("timeoutMs").map(|ms| ms as u32);
    let page = Wrapper::new(post, timeout_ms, message.string("deviceName").unwrap_or_default());
    let result = match open(&config) {
        Ok(client) => {
            client.lend(SPARE.take());
            let operation = message.str("operation").unwrap_or_default();
            let result = call(&client, operation, &input, &page).await;
            if let Some(unused) = client.take_back() {
                SPARE.set(Some(unused));
            }
            result
        }
        Err(misuse) => Err(Error::Misuse(misuse)),
    };
    match result {
        Ok(output) => Value::object().with("done", output),
        Err(error) => Value::object().with("failed", error::write(error)),
    }
}

async fn call(
    client: &Client,
    operation: &str,
    input: &Input,
    page: &Wrapper,
) -> Result<Value, Error> {
    Ok(match operation {
        "prepare" => {
            client.prepare(page).await;
            Value::Null
        }
        "signIn" => {
            let start = types::start(input)?;
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
        _ => return Err(Error::Misuse(Misuse("no such operation"))),
    })
}
