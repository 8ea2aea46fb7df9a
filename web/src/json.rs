//! The core's data as types with `serde`, by way of JavaScript's own JSON.

use js_sys::JSON;
use lifeguard::protocol::json::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::error::{AuthError, ErrorCode};

/// Reads data of the core as a type.
pub(crate) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, AuthError> {
    parse(&value.write())
}

/// Reads JSON as a type.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, AuthError> {
    let value = JSON::parse(text).unwrap_or(JsValue::NULL);
    serde_wasm_bindgen::from_value(value).map_err(|error| AuthError {
        detail: Some(error.to_string()),
        ..AuthError::new(ErrorCode::ProtocolViolation)
    })
}

/// Writes a type as data for the core; what is `None` is left out.
pub(crate) fn write(input: &impl Serialize) -> Result<Value, AuthError> {
    let serializer = Serializer::json_compatible().serialize_missing_as_null(false);
    let value = input.serialize(&serializer).map_err(|error| AuthError::misuse(&error.to_string()));
    let text = JSON::stringify(&value?).map(String::from);
    let read = text.ok().and_then(|text| Value::parse(&text));
    read.ok_or_else(|| AuthError::misuse("the input is no JSON"))
}
