//! Other tabs.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod page;

use js_sys::Promise;
use lifeguard_web::channel;
use page::js;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_message_reaches_those_who_listen_for_the_same_app_client() {
    let heard: Promise = js("new Promise((resolve) => {
          const other = new BroadcastChannel('lifeguard.client2');
          other.onmessage = () => resolve('of another client');
          const channel = new BroadcastChannel('lifeguard.client1');
          channel.onmessage = ({ data }) => resolve(data);
        })")
    .unchecked_into();

    channel::broadcast("client1", "signedOut signOut");

    assert_eq!(JsFuture::from(heard).await.unwrap(), "signedOut signOut");
}

#[wasm_bindgen_test]
fn a_browser_without_channels_sends_nothing_and_goes_on() {
    js(
        "globalThis.honestChannel = BroadcastChannel, globalThis.BroadcastChannel = class { constructor() { throw new Error('no') } }",
    );

    channel::broadcast("client1", "signedOut");

    js("globalThis.BroadcastChannel = honestChannel");
}
