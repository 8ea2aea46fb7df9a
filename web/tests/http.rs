//! `Auth::fetch` against the sample API of the local pool.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod page;
#[path = "page/pool.rs"]
mod pool;

use gloo_net::http::Request;
use lifeguard_web::{Auth, AuthOptions, Persistence, SignInRequest};
use page::js;
use pool::{PASSWORD, PLAIN};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

async fn signed_in(path: &str) -> Auth {
    let options = AuthOptions {
        persistence: Persistence::Memory,
        allow: vec![[pool::url(), path].concat()],
        ..pool::options(PLAIN)
    };
    let auth = Auth::new(options).unwrap();
    auth.sign_in(SignInRequest::password("alice", PASSWORD)).await.unwrap();
    auth
}

async fn status(auth: &Auth, url: &str) -> u16 {
    auth.fetch(Request::get(url).build().unwrap()).await.unwrap().status()
}

#[wasm_bindgen_test]
async fn a_listed_address_gets_the_token_and_no_other_one_does() {
    let api = [pool::url(), "/_sample/token/me"].concat();

    assert_eq!(status(&signed_in("/_sample/token").await, &api).await, 200);
    assert_eq!(status(&signed_in("/_sample/tok").await, &api).await, 401);
    assert_eq!(status(&pool::auth(PLAIN), &api).await, 401);
}

#[wasm_bindgen_test]
async fn a_refused_token_is_replaced_once() {
    let auth = signed_in("/_sample/token").await;
    let before = auth.access_token().await.unwrap();
    // The API refuses the first token that it sees, and no other one.
    js("(globalThis.honest ??= fetch, globalThis.sent = [], globalThis.fetch = async (request) => {
          if (!request.url.includes('_sample')) return honest(request);
          sent.push(request.headers.get('authorization'));
          return sent.at(-1) === sent[0] ? new Response('', { status: 401 }) : honest(request);
        })");

    let status = status(&auth, &[pool::url(), "/_sample/token/me"].concat()).await;

    js("globalThis.fetch = honest");
    assert_eq!(status, 200);
    assert_eq!(js("sent.length"), 2);
    assert_ne!(auth.access_token().await.unwrap(), before);
}
