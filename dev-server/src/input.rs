//! Reading members of an input whose shape was already checked.

mod kept;
pub(crate) mod members;

pub(crate) use kept::Kept;

use crate::refusal::Refusal;
use serde::Deserialize;
use serde_json::Value;
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

/// A text that is there, though it may be empty.
pub(crate) fn filled<'a>(value: &'a str, name: &str) -> Result<&'a str, Refusal> {
    if value.is_empty() {
        return Err(Refusal::invalid_parameter(format!("Missing required parameter {name}")));
    }
    Ok(value)
}

/// The input of an operation that needs nothing but to know who it is.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OnlyToken {
    pub(crate) access_token: String,
}

/// The shape `AttributeType`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Attribute {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) value: String,
}

/// Attributes as a map; of two with one name the last.
pub(crate) fn by_name(attributes: Vec<Attribute>) -> BTreeMap<String, String> {
    attributes.into_iter().map(|attribute| (attribute.name, attribute.value)).collect()
}
