//! HTTP: replies, and every way in which there is none.
#![cfg(all(target_arch = "wasm32", feature = "account"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod browser;

use browser::{host, js};
use lifeguard::browser::Page;
use lifeguard::platform::{Platform, SendError};
use lifeguard::protocol::http::HttpRequest;
use lifeguard::protocol::secret::Secret;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn get(url: &str, timeout_ms: u32) -> HttpRequest {
    HttpRequest {
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
    let host = host();

    let reply =
        Page::new(&host, None).send(&get("data:application/json,{\"a\":1}", 5_000)).await.unwrap();

    assert_eq!((reply.status, reply.body.as_str()), (200, "{\"a\":1}"));
    assert_eq!(reply.error_type, None);
}

#[wasm_bindgen_test]
async fn the_services_time_is_read_where_it_is_told() {
    let host = host();
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

        let reply = Page::new(&host, None).send(&get("https://dated.invalid/", 5_000)).await;
        js("globalThis.fetch = honestFetch");

        assert_eq!(reply.unwrap().date, seconds, "{date}");
    }
}

#[wasm_bindgen_test]
async fn a_request_that_cannot_be_made_is_a_network_failure() {
    let host = host();

    for url in ["unknown-scheme:x", "http://127.0.0.1:1/", "http://["] {
        let failed = Page::new(&host, None).send(&get(url, 5_000)).await.err();
        assert_eq!(failed, Some(SendError::Network), "{url}");
    }
}

#[wasm_bindgen_test]
async fn a_reply_that_does_not_come_is_given_up_in_time() {
    let host = host();

    let failed = Page::new(&host, None).send(&get(&endless(), 30)).await.err();
    assert_eq!(failed, Some(SendError::TimedOut));

    let page = Page::new(&host, None).with_timeout(Some(30));
    let failed = page.send(&get(&endless(), 600_000)).await.err();
    assert_eq!(failed, Some(SendError::TimedOut), "the call's own limit is the one that counts");
}

#[wasm_bindgen_test]
async fn an_abort_ends_the_exchange_and_is_told_apart_from_a_timeout() {
    let host = host();
    let before = js("AbortSignal.abort()").unchecked_into();
    let during = js(
        "(() => { const c = new AbortController(); setTimeout(() => c.abort(), 30); return c.signal })()",
    );

    let aborted = Page::new(&host, Some(before)).send(&get(&endless(), 5_000)).await.err();
    assert_eq!(aborted, Some(SendError::Aborted));
    let aborted =
        Page::new(&host, Some(during.unchecked_into())).send(&get(&endless(), 5_000)).await.err();
    assert_eq!(aborted, Some(SendError::Aborted));
}
