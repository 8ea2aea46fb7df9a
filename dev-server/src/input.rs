//! Reading members of an input whose shape was already checked.

use crate::refusal::Refusal;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A member; `null` when absent.
pub(crate) fn member<'a>(input: &'a Value, name: &str) -> &'a Value {
    input.get(name).unwrap_or(&Value::Null)
}

/// Whether a flag is there and `true`.
pub(crate) fn is_true(input: &Value, name: &str) -> bool {
    input.get(name) == Some(&Value::Bool(true))
}

/// A text member, or nothing.
pub(crate) fn text<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name).and_then(Value::as_str)
}

/// A text member that must be there, as `AuthParameters` have it.
pub(crate) fn required<'a>(input: &'a Value, name: &str) -> Result<&'a str, Refusal> {
    text(input, name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Refusal::invalid_parameter(format!("Missing required parameter {name}")))
}

/// An object member; empty when absent.
pub(crate) fn map(input: &Value, name: &str) -> Map<String, Value> {
    input.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

/// A list of `{Name, Value}` as a map.
pub(crate) fn attributes(input: &Value, name: &str) -> BTreeMap<String, String> {
    let items = input.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items
        .iter()
        .filter_map(|item| {
            Some((text(item, "Name")?.to_owned(), text(item, "Value").unwrap_or("").to_owned()))
        })
        .collect()
}
