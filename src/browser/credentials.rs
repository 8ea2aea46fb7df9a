//! Passkeys: `navigator.credentials`, with options and results in their JSON form (WebAuthn Level 3,
//! sections 5.1.8 to 5.1.10), converted here for browsers that lack the conversions.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::platform::PasskeyError;
use crate::protocol::json::Value;
use crate::protocol::text::{base64_decode, base64url};

/// Asks for an assertion.
pub(super) async fn get(
    options: &Value,
    signal: Option<&AbortSignal>,
) -> Result<String, PasskeyError> {
    ceremony("get", options, signal).await
}

/// Makes a credential.
pub(super) async fn create(
    options: &Value,
    signal: Option<&AbortSignal>,
) -> Result<String, PasskeyError> {
    ceremony("create", options, signal).await
}

async fn ceremony(
    method: &str,
    options: &Value,
    signal: Option<&AbortSignal>,
) -> Result<String, PasskeyError> {
    let global = js_sys::global();
    // Without the interface there is no ceremony, whatever else the container offers.
    member(&global, "PublicKeyCredential").ok_or(PasskeyError::NotSupported)?;
    let container = member(&global, "navigator")
        .and_then(|navigator| member(&navigator, "credentials"))
        .ok_or(PasskeyError::NotSupported)?;
    let run: Function = member(&container, method)
        .and_then(|method| method.dyn_into().ok())
        .ok_or(PasskeyError::NotSupported)?;

    let request = Object::new();
    set(&request, "publicKey", &binary(options, ""));
    if let Some(signal) = signal {
        set(&request, "signal", signal);
    }
    let promise = run.call1(&container, &request).map_err(|error| failure(&error))?;
    let credential =
        JsFuture::from(Promise::resolve(&promise)).await.map_err(|error| failure(&error))?;
    if credential.is_null() {
        return Err(PasskeyError::Cancelled);
    }
    Ok(json(&credential).write())
}

/// Options with `challenge` and every `id` as bytes, everything else as it is.
fn binary(value: &Value, name: &str) -> JsValue {
    match value {
        Value::Null => JsValue::UNDEFINED,
        Value::Bool(value) => JsValue::from_bool(*value),
        Value::Number(value) => JsValue::from_f64(*value),
        Value::String(text) if name == "challenge" || name == "id" => match base64_decode(text) {
            Some(bytes) => Uint8Array::from(bytes.as_slice()).into(),
            None => JsValue::from_str(text),
        },
        Value::String(text) => JsValue::from_str(text),
        Value::Array(items) => {
            items.iter().map(|item| binary(item, name)).collect::<Array>().into()
        }
        Value::Object(members) => {
            let object = Object::new();
            for (key, value) in members {
                // The relying party's id is a domain name, not bytes.
                let kind = if name == "rp" { "" } else { key.as_str() };
                set(&object, key, &binary(value, kind));
            }
            object.into()
        }
    }
}

/// A credential in JSON form; what an authenticator left out stays out.
fn json(credential: &JsValue) -> Value {
    let id = text(credential, "id").unwrap_or_default();
    let response = member(credential, "response").unwrap_or(JsValue::UNDEFINED);
    let mut fields = Value::object();
    for name in
        ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]
    {
        let buffer = member(&response, name).or_else(|| called(&response, getter(name)));
        fields = fields.with_some(name, buffer.map(|buffer| encoded(&buffer)));
    }
    if let Some(key) = called(&response, "getPublicKey") {
        fields = fields.with("publicKey", encoded(&key)).with_some(
            "publicKeyAlgorithm",
            called(&response, "getPublicKeyAlgorithm").and_then(|algorithm| algorithm.as_f64()),
        );
    }
    if let Some(list) = called(&response, "getTransports") {
        let names: Vec<_> = Array::from(&list).iter().filter_map(|name| name.as_string()).collect();
        fields = fields.with("transports", Value::from_strings(&names));
    }
    Value::object()
        .with("id", id.as_str())
        .with("rawId", id.as_str())
        .with("type", "public-key")
        .with_some("authenticatorAttachment", text(credential, "authenticatorAttachment"))
        .with("clientExtensionResults", Value::object())
        .with("response", fields)
}

/// Browsers offer the authenticator data of a new credential by a method only.
fn getter(name: &str) -> &'static str {
    if name == "authenticatorData" { "getAuthenticatorData" } else { "" }
}

fn failure(error: &JsValue) -> PasskeyError {
    match text(error, "name").as_deref() {
        Some("AbortError") => PasskeyError::Aborted,
        Some("NotAllowedError") => PasskeyError::Cancelled,
        Some("InvalidStateError") => PasskeyError::AlreadyRegistered,
        Some("SecurityError") => PasskeyError::WrongRelyingParty,
        Some("TimeoutError") => PasskeyError::TimedOut,
        _ => PasskeyError::NotSupported,
    }
}

fn encoded(buffer: &JsValue) -> String {
    base64url(&Uint8Array::new(buffer).to_vec())
}

fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into())
        .ok()
        .filter(|value| !value.is_null() && !value.is_undefined())
}

fn text(object: &JsValue, name: &str) -> Option<String> {
    member(object, name)?.as_string()
}

fn called(object: &JsValue, method: &str) -> Option<JsValue> {
    let method: Function = member(object, method)?.dyn_into().ok()?;
    method.call0(object).ok().filter(|value| !value.is_null() && !value.is_undefined())
}

fn set(object: &Object, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}
