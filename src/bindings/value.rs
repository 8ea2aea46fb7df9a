//! JavaScript values and [`Value`]: inward as JSON text, since our reader is there anyway and serde's
//! brings all of Rust's number formatting with it; outward through serde-wasm-bindgen.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use wasm_bindgen::JsValue;

use crate::protocol::json::Value;

/// Reads a JavaScript value; what has no JSON form is `null`.
pub(super) fn from_js(value: &JsValue) -> Value {
    let text = js_sys::JSON::stringify(value).ok().and_then(|text| text.as_string());
    text.and_then(|text| Value::parse(&text)).unwrap_or(Value::Null)
}

/// Makes a JavaScript value: plain objects and arrays.
pub(super) fn to_js(value: &Value) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    Out(value).serialize(&serializer).unwrap_or(JsValue::NULL)
}

struct Out<'a>(&'a Value);

impl Serialize for Out<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(value) => serializer.serialize_f64(*value),
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Out(item))?;
                }
                list.end()
            }
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, &Out(value))?;
                }
                map.end()
            }
        }
    }
}
