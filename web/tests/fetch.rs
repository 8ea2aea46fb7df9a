//! HTTP: replies, and every way in which there is none.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod page;

use lifeguard::host::SendError;
use lifeguard::protocol::secret::Secret;
use lifeguard_web::fetch::{Request, send};
use page::{aborting_in, counting, js, listeners};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn get(url: &str, timeout_ms: u32) -> Request {
    Request {
        post: false,
        url: String::from(url),
        headers: vec![],
        body: Secret::new(String::new()),
        timeout_ms,
        keep_alive: false,
    }
}

/// An address of a body that never ends: its exchange hangs until it is aborted.
fn endless() -> String {
    js("(globalThis.realFetch ??= fetch, globalThis.fetch = (request) => request.url.includes('endless')
          ? new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))
          : realFetch(request), 'https://endless.invalid/')")
    .as_string()
    .unwrap()
}

#[wasm_bindgen_test]
async fn a_reply_is_read_whole() {
    let reply = send(&get("data:application/json,{\"a\":1}", 5_000), None).await.unwrap();

    assert_eq!((reply.status, reply.body.as_str()), (200, "{\"a\":1}"));
    assert_eq!(reply.error_type, None);
}

#[wasm_bindgen_test]
async fn the_services_time_is_read_where_it_is_told() {
    for (date, seconds) in [
        ("Tue, 15 Nov 1994 08:12:31 GMT", Some(784_887_151)),
        ("Tue, 29 Feb 2000 23:59:59 GMT", Some(951_868_799)),
        ("about noon", None),
        ("", None),
    ] {
        js("globalThis.honestFetch ??= fetch");
        js(&[
            "globalThis.fetch = async () => new Response('{}', { headers: { date: '",
            date,
            "' } })",
        ]
        .concat());

        let reply = send(&get("https://dated.invalid/", 5_000), None).await;
        js("globalThis.fetch = honestFetch");

        assert_eq!(reply.unwrap().date, seconds, "{date}");
    }
}

#[wasm_bindgen_test]
async fn a_request_that_cannot_be_made_is_a_network_failure() {
    for url in ["unknown-scheme:x", "http://127.0.0.1:1/", "http://["] {
        let failed = send(&get(url, 5_000), None).await.err();
        assert_eq!(failed, Some(SendError::Network), "{url}");
    }
}

#[wasm_bindgen_test]
async fn a_reply_that_does_not_come_is_given_up_in_time() {
    let failed = send(&get(&endless(), 30), None).await.err();

    assert_eq!(failed, Some(SendError::TimedOut));
}

#[wasm_bindgen_test]
async fn an_abort_ends_the_exchange_and_is_told_apart_from_a_timeout() {
    let before = js("AbortSignal.abort()").unchecked_into();

    let aborted = send(&get(&endless(), 5_000), Some(&before)).await.err();
    assert_eq!(aborted, Some(SendError::Aborted));
    let aborted = send(&get(&endless(), 5_000), Some(&aborting_in(30))).await.err();
    assert_eq!(aborted, Some(SendError::Aborted));
}

#[wasm_bindgen_test]
async fn an_exchange_that_has_ended_leaves_no_listener() {
    let signal = counting();

    send(&get("data:,a", 5_000), Some(&signal)).await.unwrap();
    send(&get(&endless(), 10), Some(&signal)).await.err().unwrap();

    assert_eq!(listeners(&signal), (0.0, 2.0));
}

#[wasm_bindgen_test]
async fn no_cookies_and_no_cache_take_part_and_headers_and_body_arrive() {
    js("(globalThis.plainFetch = fetch, globalThis.fetch = async (request) => {
          const { method, credentials, cache, keepalive } = request;
          const seen = [method, credentials, cache, keepalive, request.headers.get('x-amz-target'), await request.text()];
          return new Response(seen.join(' '));
        })");
    let mut request = get("https://pool.invalid/", 5_000);
    request.post = true;
    request.headers = vec![(String::from("x-amz-target"), String::from("Service.SignOut"))];
    request.body = Secret::new(String::from("{}"));
    request.keep_alive = true;

    let reply = send(&request, None).await;
    js("globalThis.fetch = plainFetch");

    let body = reply.unwrap().body;
    let expected = ["true", "false"]
        .map(|keeps| ["POST omit no-store ", keeps, " Service.SignOut {}"].concat());
    // A browser without the member sends an ordinary request.
    assert!(expected.contains(&body), "{body}");
}
