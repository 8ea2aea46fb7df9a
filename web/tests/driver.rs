//! Operations of the core on a real page: its stores, its locks, its channel; only the service is
//! made up.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod page;

use std::cell::RefCell;
use std::rc::Rc;

use lifeguard::host::{SendError, Store};
use lifeguard::operations::error::Error;
use lifeguard::operations::events::Reason;
use lifeguard::operations::session::{self, Wanted};
use lifeguard::operations::sign_in::{self, Outcome};
use lifeguard::operations::{Client, tasks};
use lifeguard::protocol::json::Value;
use lifeguard::protocol::pool::Pool;
use lifeguard::protocol::secret::Secret;
use lifeguard::protocol::sign_in::{Flow, Start};
use lifeguard::protocol::task::find;
use lifeguard::protocol::wire::Extras;
use lifeguard_web::driver::Driver;
use lifeguard_web::storage::Stores;
use page::{aborting_in, js};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::AbortSignal;

wasm_bindgen_test_configure!(run_in_browser);

/// A page with the browser's stores, and the events it was notified of.
fn driver(client_id: &str) -> (Driver, Rc<RefCell<Vec<String>>>) {
    let client = Client::new(Pool::parse("eu-west-1_Ab12", client_id, None).unwrap(), 5_000);
    let events = Rc::new(RefCell::new(Vec::new()));
    let sink = Rc::clone(&events);
    let notify = move |event: &Value| sink.borrow_mut().push(event.string("type").unwrap());
    (Driver::new(client, Stores::default(), notify), events)
}

/// Puts a service in the place of `fetch`: an expression of `request`, for a promise of a reply.
fn service(reply: &str) {
    js(&format!(
        "(globalThis.honestFetch ??= fetch, globalThis.fetch = (request) => request.url.includes('cognito-idp') ? ({reply}) : honestFetch(request))"
    ));
}

/// A reply that never comes.
const SILENCE: &str = "new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))";

/// Tokens for a client.
fn tokens(client_id: &str) -> String {
    format!(
        "(async () => {{
           const url = (text) => btoa(text).replace(/=/g, '');
           const now = Math.floor(Date.now() / 1000);
           const claims = {{ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12', token_use: 'access', client_id: '{client_id}', sub: 'user-1', username: 'alice-id', iat: now, exp: now + 3600 }};
           const result = {{ AccessToken: url('{{}}') + '.' + url(JSON.stringify(claims)) + '.sig', RefreshToken: 'refresh', ExpiresIn: 3600 }};
           return new Response(JSON.stringify({{ AuthenticationResult: result }}));
         }})()"
    )
}

async fn sign_in(
    driver: &Driver,
    timeout_ms: Option<u32>,
    signal: Option<&AbortSignal>,
) -> Result<Outcome, Error> {
    let start = Start {
        username: String::from("alice"),
        password: Some(Secret::new(String::from("secret"))),
        flow: Flow::Password,
        preferred: None,
        session: None,
        extras: Extras::default(),
        device: None,
    };
    driver
        .run(timeout_ms, signal, |client, host| {
            sign_in::start(client, host, Store::Lasting, start.clone())
        })
        .await
}

async fn user(driver: &Driver) -> Option<String> {
    let found = driver
        .run(None, None, |client, host| session::find(client, host, &Wanted::default()))
        .await;
    found.ok().unwrap().map(|stored| stored.record.session.username)
}

#[wasm_bindgen_test]
async fn nobody_signed_in_is_none() {
    assert_eq!(user(&driver("nobody").0).await, None);
}

#[wasm_bindgen_test]
async fn a_user_signs_in_and_another_page_of_the_origin_has_the_session() {
    let (driver_, events) = driver("pages");
    js(
        "globalThis.heard = [], new BroadcastChannel('lifeguard.pages').onmessage = ({ data }) => heard.push(data)",
    );
    service(&tokens("pages"));
    assert_eq!(user(&driver_).await, None);

    let outcome = sign_in(&driver_, None, None).await;

    assert!(matches!(outcome, Ok(Outcome::SignedIn { .. })));
    assert!(events.borrow().iter().any(|name| name == "signedIn"), "{:?}", events.borrow());
    let (other, _) = driver("pages");
    assert_eq!(user(&other).await.as_deref(), Some("alice-id"));
    lifeguard_web::clock::sleep(50, None).await.unwrap();
    assert_eq!(js("heard.length"), 1);

    let ended = driver_
        .run(None, None, |client, host| {
            Ok(session::sign_out(client, host, false, Reason::SignOut)?)
        })
        .await;
    assert!(ended.ok().unwrap().cleared);
    assert_eq!(user(&other).await, None);
}

#[wasm_bindgen_test]
async fn the_calls_own_time_limit_is_the_one_that_counts() {
    service(SILENCE);
    let before = lifeguard_web::clock::now();

    // Sent once: a confirmation of a code is not repeated.
    let result = task(&driver("limits").0, Some(30), None).await;

    assert!(matches!(result, Err(Error::Send(SendError::TimedOut))));
    assert!(lifeguard_web::clock::now() < before + 4_000);
}

#[wasm_bindgen_test]
async fn an_abort_ends_the_call() {
    service(SILENCE);

    let result = task(&driver("aborts").0, None, Some(&aborting_in(30))).await;

    assert!(matches!(result, Err(Error::Send(SendError::Aborted))));
}

async fn task(
    driver: &Driver,
    timeout_ms: Option<u32>,
    signal: Option<&AbortSignal>,
) -> Result<Value, Error> {
    let input = Value::object().with("username", "alice").with("code", "123456");
    driver
        .run(timeout_ms, signal, |client, host| {
            let task = find("confirmSignUp").unwrap();
            tasks::run(client, host, task, input.clone(), &Extras::default())
        })
        .await
}

#[wasm_bindgen_test]
async fn what_calls_take_of_the_memory_is_given_back() {
    let (driver, _) = driver("memory");
    service(&tokens("memory"));
    let pages = || core::arch::wasm32::memory_size(0);
    let calls = async |count| {
        for _ in 0..count {
            sign_in(&driver, None, None).await.ok().unwrap();
        }
    };

    calls(20).await;
    let before = pages();
    calls(100).await;

    assert_eq!(pages(), before);
}
