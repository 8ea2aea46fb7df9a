//! Stores as applications bring them: prompt, slow, throwing and hanging ones.
#![cfg(all(target_arch = "wasm32", feature = "account"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod browser;

use browser::{host, host_with};
use lifeguard::browser::Page;
use lifeguard::platform::{Platform, Store, StoreError};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn what_is_saved_is_loaded_until_it_is_removed() {
    let host = host();
    let page = Page::new(&host, None);

    for store in [Store::Lasting, Store::Tab] {
        page.save(store, "lifeguard.test", "value ✓").await.unwrap();
        assert_eq!(page.load(store, "lifeguard.test").await, Ok(Some(String::from("value ✓"))));
        page.remove(store, "lifeguard.test").await.unwrap();
        assert_eq!(page.load(store, "lifeguard.test").await, Ok(None));
    }
}

#[wasm_bindgen_test]
async fn a_store_that_answers_with_a_promise_is_awaited() {
    let host = host_with("{ getItem: async (key) => 'async ' + key }");

    let loaded = Page::new(&host, None).load(Store::Lasting, "k").await;

    assert_eq!(loaded, Ok(Some(String::from("async k"))));
}

#[wasm_bindgen_test]
async fn a_store_that_throws_or_rejects_is_unavailable() {
    for store in [
        "{ getItem() { throw new Error('no') } }",
        "{ getItem: () => Promise.reject(new Error('no')) }",
        "{}",
    ] {
        let host = host_with(store);
        let loaded = Page::new(&host, None).load(Store::Lasting, "k").await;
        assert_eq!(loaded, Err(StoreError::Unavailable), "{store}");
    }
}

#[wasm_bindgen_test]
async fn a_store_that_hangs_is_given_up() {
    let host = host_with("{ setItem: () => new Promise(() => {}) }");

    let saved = Page::new(&host, None).save(Store::Lasting, "k", "v").await;

    assert_eq!(saved, Err(StoreError::TimedOut));
}
