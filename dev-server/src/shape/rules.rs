//! Holds one value against its shape: first the JSON types of the whole input, then the constraints.

use super::facts::{Bounds, Kind, Shape};
use serde_json::{Map, Value};

/// A non-sensitive value longer than this is not repeated in a message.
const LONGEST_ECHO: usize = 128;

/// The first place whose JSON type is wrong, in the serializer's words.
pub(super) fn wrong_type(value: &Value, shape: &Shape) -> Option<String> {
    match (&shape.kind, value) {
        (_, Value::Null) | (Kind::Document, _) => None,
        (Kind::Structure { members, .. }, Value::Object(object)) => members
            .iter()
            .filter_map(|(name, member)| Some((object.get(name)?, member)))
            .find_map(|(inner, member)| wrong_type(inner, member)),
        (Kind::List { member, .. }, Value::Array(items)) => {
            items.iter().find_map(|item| wrong_type(item, member))
        }
        (Kind::Map { value, .. }, Value::Object(object)) => {
            object.values().find_map(|inner| wrong_type(inner, value))
        }
        (Kind::Text { .. }, Value::String(_)) | (Kind::Boolean, Value::Bool(_)) => None,
        (Kind::Integer { .. }, Value::Number(number)) if number.as_i64().is_some() => None,
        (Kind::Structure { .. } | Kind::Map { .. }, Value::Array(_)) => {
            Some("Start of list found where not expected.".to_owned())
        }
        (Kind::Structure { .. } | Kind::Map { .. }, _) => {
            Some("Expected structure, map or null.".to_owned())
        }
        (Kind::List { .. }, _) => Some("Expected list or null.".to_owned()),
        (Kind::Text { .. }, _) => Some(cannot(value, "a String")),
        (Kind::Integer { .. }, _) => Some(cannot(value, "an Integer")),
        (Kind::Boolean, _) => Some(cannot(value, "a Boolean")),
    }
}

/// Every constraint the value breaks, in the service's words.
pub(super) fn broken(
    value: &Value,
    shape: &Shape,
    path: &str,
    hidden: bool,
    out: &mut Vec<String>,
) {
    let hidden = hidden || shape.is_sensitive;
    let mut say = |constraint: String| {
        let echo = if hidden { None } else { echo(value) };
        let value = echo.map_or_else(|| "Value".to_owned(), |text| format!("Value '{text}'"));
        out.push(format!("{value} at '{path}' failed to satisfy constraint: {constraint}"));
    };
    match (&shape.kind, value) {
        (Kind::Text { .. }, Value::String(text)) => {
            text_constraints(text, shape).into_iter().for_each(say);
        }
        (Kind::Integer { range }, Value::Number(number)) => {
            number_constraints(number.as_i64().unwrap_or_default(), *range)
                .into_iter()
                .for_each(say);
        }
        (Kind::List { member, size }, Value::Array(items)) => {
            length_constraints(items.len(), *size).into_iter().for_each(say);
            for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
                broken(item, member, &format!("{path}.{}.member", index + 1), hidden, out);
            }
        }
        (Kind::Map { key, value, size }, Value::Object(entries)) => {
            length_constraints(entries.len(), *size).into_iter().for_each(&mut say);
            entry_constraints(entries, key, value).into_iter().for_each(say);
            if !matches!(value.kind, Kind::Text { .. }) {
                for (name, inner) in entries {
                    broken(inner, value, &format!("{path}.{name}.member"), hidden, out);
                }
            }
        }
        (Kind::Structure { required, members }, Value::Object(object)) => {
            for (name, member) in members {
                let path = if path.is_empty() {
                    lower_first(name)
                } else {
                    format!("{path}.{}", lower_first(name))
                };
                match object.get(name) {
                    None | Some(Value::Null) if required.contains(name) => out.push(format!(
                        "Value at '{path}' failed to satisfy constraint: Member must not be null"
                    )),
                    None | Some(Value::Null) => {}
                    Some(inner) => broken(inner, member, &path, hidden, out),
                }
            }
        }
        _ => {}
    }
}

fn text_constraints(text: &str, shape: &Shape) -> Vec<String> {
    let Kind::Text { length, pattern, values } = &shape.kind else { return Vec::new() };
    let mut out = length_constraints(text.chars().count(), *length);
    if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.whole.is_match(text)) {
        out.push(format!("Member must satisfy regular expression pattern: {}", pattern.text));
    }
    if !values.is_empty() && !values.iter().any(|value| value == text) {
        out.push(format!("Member must satisfy enum value set: [{}]", values.join(", ")));
    }
    out
}

fn entry_constraints(entries: &Map<String, Value>, key: &Shape, value: &Shape) -> Vec<String> {
    let mut out = Vec::new();
    for (name, inner) in entries {
        let keys = text_constraints(name, key);
        if !keys.is_empty() {
            out.push(format!("Map keys must satisfy constraint: [{}]", keys.join(", ")));
        }
        let values = inner.as_str().map(|text| text_constraints(text, value)).unwrap_or_default();
        if !values.is_empty() {
            out.push(format!("Map value must satisfy constraint: [{}]", values.join(", ")));
        }
    }
    out
}

fn length_constraints(length: usize, bounds: Bounds) -> Vec<String> {
    limits(i64::try_from(length).unwrap_or(i64::MAX), bounds, "length")
}

fn number_constraints(number: i64, bounds: Bounds) -> Vec<String> {
    limits(number, bounds, "value")
}

fn limits(measured: i64, bounds: Bounds, what: &str) -> Vec<String> {
    let low = bounds.min.filter(|min| measured < *min);
    let high = bounds.max.filter(|max| measured > *max);
    let low = low.map(|min| format!("Member must have {what} greater than or equal to {min}"));
    let high = high.map(|max| format!("Member must have {what} less than or equal to {max}"));
    low.into_iter().chain(high).collect()
}

fn echo(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.chars().count() <= LONGEST_ECHO => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn cannot(value: &Value, target: &str) -> String {
    match value {
        Value::Object(_) => "Start of structure or map found where not expected.".to_owned(),
        Value::Array(_) => "Start of list found where not expected.".to_owned(),
        _ => format!("{} can not be converted to {target}", token(value)),
    }
}

fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "VALUE_NULL",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "START_ARRAY",
        Value::Object(_) => "START_OBJECT",
    }
}
