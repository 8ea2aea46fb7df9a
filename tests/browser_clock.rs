//! Time and randomness.
#![cfg(all(target_arch = "wasm32", feature = "account"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod browser;

use browser::{host, js};
use lifeguard::browser::Page;
use lifeguard::platform::{Platform, SendError};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn sleeping_takes_time_and_time_is_unix_milliseconds() {
    let host = host();
    let page = Page::new(&host, None);
    let before = page.now();

    page.sleep(30).await.unwrap();

    assert!(page.now() >= before + 25);
    assert!((before as f64 - js("Date.now()").as_f64().unwrap()).abs() < 60_000.0);
}

#[wasm_bindgen_test]
async fn an_abort_ends_sleep_early() {
    let host = host();
    let signal = js(
        "(() => { const c = new AbortController(); setTimeout(() => c.abort(), 10); return c.signal })()",
    );

    let ended = Page::new(&host, Some(signal.unchecked_into())).sleep(3_600_000).await;

    assert_eq!(ended, Err(SendError::Aborted));
}

#[wasm_bindgen_test]
fn randomness_fills_every_byte() {
    let host = host();
    let mut seen = [0u8; 32];
    for _ in 0..64 {
        let mut bytes = [0u8; 32];
        Page::new(&host, None).fill_random(&mut bytes);
        for (all, byte) in seen.iter_mut().zip(bytes) {
            *all |= byte;
        }
    }

    assert!(seen.iter().all(|byte| *byte == 0xff), "{seen:?}");
}
