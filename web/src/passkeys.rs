//! Passkeys: `navigator.credentials`, with options and results in their JSON form (WebAuthn Level 3,
//! sections 5.1.8 to 5.1.10), converted here for browsers that lack the conversions.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use lifeguard::host::PasskeyError;
use lifeguard::protocol::json::Value;
use lifeguard::protocol::text::{base64_decode, base64url};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

use crate::abort::is_aborted;
use crate::clock;

/// Prompts the user for a passkey: `{ publicKey, mediation? }` in its JSON form.
///
/// # Errors
/// Why there is no credential.
pub async fn get(request: &Value, signal: Option<&AbortSignal>) -> Result<String, PasskeyError> {
    ceremony("get", request, signal).await
}

/// Creates a passkey: `{ publicKey }` in its JSON form.
///
/// # Errors
/// Why there is no credential.
pub async fn create(request: &Value, signal: Option<&AbortSignal>) -> Result<String, PasskeyError> {
    ceremony("create", request, signal).await
}

/// `request` is the argument of the method in JSON form: `publicKey`, and `mediation` for `get`.
async fn ceremony(
    method: &str,
    request: &Value,
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

    let argument = binary(request, "");
    if let Some(signal) = signal {
        set(argument.unchecked_ref(), "signal", signal);
    }
    let limit = request.get("publicKey").and_then(|options| options.number("timeout"));
    let deadline = limit.map(|ms| clock::now() + ms as u64);
    let failed = |error: JsValue| {
        // The reason of an abort is the application's own value: only the signal tells.
        if is_aborted(signal) {
            return PasskeyError::Aborted;
        }
        let failure = failure(method, &error);
        // Browsers tell a refusal and a deadline by the same name: the clock tells them apart.
        let is_late = deadline.is_some_and(|deadline| clock::now() >= deadline);
        if failure == PasskeyError::Cancelled && is_late { PasskeyError::TimedOut } else { failure }
    };
    let promise = run.call1(&container, &argument).map_err(failed)?;
    let credential = JsFuture::from(Promise::resolve(&promise)).await.map_err(failed)?;
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
            for (key, value) in members.iter() {
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

/// What a failed ceremony means (WebAuthn Level 3, sections 5.1.3 and 5.1.4).
fn failure(method: &str, error: &JsValue) -> PasskeyError {
    match text(error, "name").as_deref() {
        Some("AbortError") => PasskeyError::Aborted,
        Some("NotAllowedError") => PasskeyError::Cancelled,
        Some("InvalidStateError") if method == "create" => PasskeyError::AlreadyRegistered,
        Some("SecurityError") => PasskeyError::WrongRelyingParty,
        Some("TimeoutError") => PasskeyError::TimedOut,
        Some("NotSupportedError" | "ConstraintError" | "TypeError") => PasskeyError::NotSupported,
        _ => PasskeyError::Failed,
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
