//! Time.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod page;

use lifeguard::host::SendError;
use lifeguard_web::clock;
use page::{aborting_in, counting, js, listeners};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn sleeping_takes_time_and_time_is_unix_milliseconds() {
    let before = clock::now();

    clock::sleep(30, None).await.unwrap();

    assert!(clock::now() >= before + 25);
    assert!((before as f64 - js("Date.now()").as_f64().unwrap()).abs() < 60_000.0);
}

#[wasm_bindgen_test]
async fn an_abort_ends_sleep_early() {
    let ended = clock::sleep(3_600_000, Some(&aborting_in(10))).await;

    assert_eq!(ended, Err(SendError::Aborted));
}

#[wasm_bindgen_test]
async fn a_sleep_that_has_ended_leaves_no_listener() {
    let signal = counting();

    clock::sleep(1, Some(&signal)).await.unwrap();

    assert_eq!(listeners(&signal), (0.0, 1.0));
}
