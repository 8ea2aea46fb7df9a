//! Signatures, with a key made here.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod page;

use js_sys::Promise;
use lifeguard::host::SendError;
use lifeguard_web::signatures::verify;
use page::js;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A signed token, and the URL of a key set with changes to its one key.
async fn signed(changes: &str) -> (String, String) {
    let made: Promise = js(&format!(
        "(async () => {{
           const algorithm = {{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }};
           const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
           const {{ kty, n, e }} = await crypto.subtle.exportKey('jwk', pair.publicKey);
           const url = (text) => btoa(text).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, '');
           const text = url(JSON.stringify({{ alg: 'RS256', kid: 'k1' }})) + '.' + url('{{}}');
           const bytes = new Uint8Array(await crypto.subtle.sign(algorithm.name, pair.privateKey, new TextEncoder().encode(text)));
           const keys = [{{ kty: 'RSA', kid: 'k0', n: 'AQAB', e: 'AQAB' }}, {{ kty, n, e, kid: 'k1', use: 'sig', alg: 'RS256', ...{changes} }}];
           return text + '.' + url(String.fromCharCode(...bytes)) + ' data:application/json,' + encodeURIComponent(JSON.stringify({{ keys }}));
         }})()"
    ))
    .unchecked_into();
    let both = JsFuture::from(made).await.unwrap().as_string().unwrap();
    let (token, keys) = both.split_once(' ').unwrap();
    (String::from(token), String::from(keys))
}

#[wasm_bindgen_test]
async fn a_token_is_signed_by_the_key_of_its_id_and_no_other_text_is() {
    let (token, keys) = signed("{}").await;
    let (other, _) = signed("{}").await;
    let foreign = [token.rsplit_once('.').unwrap().0, ".", other.rsplit_once('.').unwrap().1];

    assert_eq!(verify(&token, &keys, None).await, Ok(true));
    assert_eq!(verify(&foreign.concat(), &keys, None).await, Ok(false));
    assert_eq!(verify("a.b.c", &keys, None).await, Ok(false));
    assert_eq!(verify("", &keys, None).await, Ok(false));
}

#[wasm_bindgen_test]
async fn a_key_for_something_else_signs_nothing() {
    for changes in ["{ use: 'enc' }", "{ alg: 'RS512' }", "{ kty: 'EC' }", "{ kid: 'k2' }"] {
        let (token, keys) = signed(changes).await;

        assert_eq!(verify(&token, &keys, None).await, Ok(false), "{changes}");
    }
}

#[wasm_bindgen_test]
async fn keys_that_cannot_be_loaded_are_no_verdict() {
    let (token, _) = signed("{}").await;

    for keys in ["http://127.0.0.1:1/", "data:,nothing"] {
        assert_eq!(verify(&token, keys, None).await, Err(SendError::Network), "{keys}");
    }
}
