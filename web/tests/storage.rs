//! Stores: the browser's, and those that applications bring: prompt, slow, throwing, hanging.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod page;

use lifeguard::host::{Store, StoreError};
use lifeguard_web::storage::Stores;
use page::js;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Stores whose lasting one is the given expression.
fn own(lasting: &str) -> Stores {
    Stores::with_own(js(lasting).unchecked_into())
}

#[wasm_bindgen_test]
async fn what_is_saved_is_loaded_until_it_is_removed() {
    let stores = Stores::default();

    for store in [Store::Lasting, Store::Tab, Store::Memory] {
        stores.save(store, "lifeguard.test", "value ✓").await.unwrap();
        let loaded = stores.load(store, "lifeguard.test").await;
        assert_eq!(loaded, Ok(Some(String::from("value ✓"))), "{store:?}");
        stores.remove(store, "lifeguard.test").await.unwrap();
        assert_eq!(stores.load(store, "lifeguard.test").await, Ok(None), "{store:?}");
    }
}

#[wasm_bindgen_test]
async fn each_store_is_the_one_of_its_name() {
    let stores = Stores::default();
    stores.save(Store::Lasting, "lifeguard.where", "lasting").await.unwrap();
    stores.save(Store::Tab, "lifeguard.where", "tab").await.unwrap();
    stores.save(Store::Memory, "lifeguard.where", "memory").await.unwrap();

    assert_eq!(js("localStorage.getItem('lifeguard.where')"), "lasting");
    assert_eq!(js("sessionStorage.getItem('lifeguard.where')"), "tab");
    let kept = stores.load(Store::Memory, "lifeguard.where").await;
    assert_eq!(kept, Ok(Some(String::from("memory"))));
    assert_eq!(Stores::default().load(Store::Memory, "lifeguard.where").await, Ok(None));
}

#[wasm_bindgen_test]
async fn a_store_that_answers_with_a_promise_is_awaited() {
    let stores = own("{ getItem: async (key) => 'async ' + key }");

    let loaded = stores.load(Store::Lasting, "k").await;

    assert_eq!(loaded, Ok(Some(String::from("async k"))));
}

#[wasm_bindgen_test]
async fn a_store_that_throws_or_rejects_is_unavailable() {
    for store in [
        "{ getItem() { throw new Error('no') } }",
        "{ getItem: () => Promise.reject(new Error('no')) }",
        "{}",
    ] {
        let loaded = own(store).load(Store::Lasting, "k").await;
        assert_eq!(loaded, Err(StoreError::Unavailable), "{store}");
    }
}

#[wasm_bindgen_test]
async fn a_store_that_hangs_is_given_up() {
    let stores = own("{ setItem: () => new Promise(() => {}) }");

    let saved = stores.save(Store::Lasting, "k", "v").await;

    assert_eq!(saved, Err(StoreError::TimedOut));
}

#[wasm_bindgen_test]
async fn the_pages_memory_stands_in_for_a_store_that_is_switched_off() {
    js(
        "globalThis.honestStorage = Object.getOwnPropertyDescriptor(globalThis, 'sessionStorage'), Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, get() { throw new Error('no') } })",
    );
    let stores = Stores::default();

    stores.save(Store::Tab, "k", "v").await.unwrap();
    let (of_tab, of_memory) =
        (stores.load(Store::Tab, "k").await, stores.load(Store::Memory, "k").await);
    js("Object.defineProperty(globalThis, 'sessionStorage', honestStorage)");

    assert_eq!(of_tab, Ok(Some(String::from("v"))));
    assert_eq!(of_memory, Ok(None), "it is not the store of another name");
}

#[wasm_bindgen_test]
async fn a_cookie_of_another_library_is_read_and_removed() {
    let stores = Stores::default();
    let name = "CognitoIdentityServiceProvider.client1.a@b$(c).accessToken";
    js(
        "document.cookie = 'CognitoIdentityServiceProvider.client1.a%40b$%28c%29.accessToken=a%3Db; path=/'",
    );

    assert_eq!(stores.load(Store::Cookies, name).await, Ok(Some(String::from("a=b"))));
    assert_eq!(stores.save(Store::Cookies, name, "x").await, Err(StoreError::Unavailable));

    stores.remove(Store::Cookies, name).await.unwrap();
    assert_eq!(stores.load(Store::Cookies, name).await, Ok(None));
}
