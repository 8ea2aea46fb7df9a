//! Signatures: RS256 by WebCrypto, with keys from a key set (RFC 7517).

use gloo_net::http::RequestBuilder;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use lifeguard::host::SendError;
use lifeguard::protocol::json::Value;
use lifeguard::protocol::text::base64_decode;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCredentials};

use crate::abort::is_aborted;

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// What WebCrypto takes of a key.
#[derive(Serialize)]
struct Rsa<'a> {
    kty: &'a str,
    n: &'a str,
    e: &'a str,
}

/// Whether one of the keys at a URL signed a token; the key is found by the token's key id.
///
/// # Errors
/// The keys could not be loaded.
pub async fn verify(
    token: &str,
    keys: &str,
    signal: Option<&AbortSignal>,
) -> Result<bool, SendError> {
    let Some((signed, tail)) = token.rsplit_once('.') else { return Ok(false) };
    let Some(kid) = key_id(signed) else { return Ok(false) };
    let Some(signature) = base64_decode(tail) else { return Ok(false) };
    let set = match load(keys, signal).await {
        Some(set) => set,
        None if is_aborted(signal) => return Err(SendError::Aborted),
        None => return Err(SendError::Network),
    };
    let Some(key) = set.keys.iter().find(|key| key.kid.as_deref() == Some(&kid)) else {
        return Ok(false);
    };
    Ok(check(key, signed, &signature).await.is_some_and(|verdict| verdict.is_truthy()))
}

/// The key id of a token's header.
fn key_id(signed: &str) -> Option<String> {
    let (head, _) = signed.split_once('.')?;
    let header = Value::parse(&String::from_utf8(base64_decode(head)?).ok()?)?;
    // SECURITY: the one algorithm user pools sign with; never what the token suggests (RFC 8725, 3.1).
    header.str("alg").filter(|name| *name == "RS256")?;
    header.string("kid")
}

async fn load(url: &str, signal: Option<&AbortSignal>) -> Option<KeySet> {
    let request =
        RequestBuilder::new(url).credentials(RequestCredentials::Omit).abort_signal(signal).build();
    let reply = request.ok()?.send().await.ok()?;
    if !reply.ok() {
        return None;
    }
    let document = JSON::parse(&reply.text().await.ok()?).ok()?;
    serde_wasm_bindgen::from_value(document).ok()
}

async fn check(key: &Key, signed: &str, signature: &[u8]) -> Option<JsValue> {
    // SECURITY: only keys that say they are for RS256 signatures (RFC 7517, sections 4.2 and 4.4).
    let is_for_it = key.kty == "RSA"
        && key.usage.as_deref().unwrap_or("sig") == "sig"
        && key.alg.as_deref().unwrap_or("RS256") == "RS256";
    let (n, e) = (key.n.as_deref().filter(|_| is_for_it)?, key.e.as_deref()?);
    let jwk = serde_wasm_bindgen::to_value(&Rsa { kty: &key.kty, n, e }).ok()?;
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &"RSASSA-PKCS1-v1_5".into()).ok()?;
    Reflect::set(&algorithm, &"hash".into(), &"SHA-256".into()).ok()?;
    let usages = Array::of1(&"verify".into());
    let import = [&"jwk".into(), &jwk, &algorithm, &JsValue::FALSE, &usages];
    let key = subtle("importKey", &import.into_iter().collect()).await?;
    let (signature, signed) = (Uint8Array::from(signature), Uint8Array::from(signed.as_bytes()));
    let verify = [&"RSASSA-PKCS1-v1_5".into(), &key, &signature, &signed];
    subtle("verify", &verify.into_iter().collect()).await
}

/// Calls a method of WebCrypto, which pages have in a secure context only.
async fn subtle(method: &str, arguments: &Array) -> Option<JsValue> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).ok()?;
    let subtle = Reflect::get(&crypto, &"subtle".into()).ok()?;
    let method: Function = Reflect::get(&subtle, &method.into()).ok()?.dyn_into().ok()?;
    let promise = Promise::resolve(&method.apply(&subtle, arguments).ok()?);
    JsFuture::from(promise).await.ok()
}
