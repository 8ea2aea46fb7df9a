//! The facts files, parsed once into shapes that can be checked.

use crate::input::{is_true, member, text};
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

const SOURCES: [&str; 2] =
    [include_str!("../../facts/operations.json"), include_str!("../../facts/control.json")];
const SERVICES: [&str; 2] = ["cognito-idp", "cognito-identity"];

/// Every operation of the facts files by name.
pub(super) static OPERATIONS: LazyLock<HashMap<String, Operation>> = LazyLock::new(load);

/// What the model says about one operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) input: Shape,
    pub(super) errors: Vec<String>,
    #[cfg(test)]
    pub(super) is_signed: bool,
}

/// A typed place in an input, with its constraints.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) kind: Kind,
    pub(super) is_sensitive: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    Structure {
        required: Vec<String>,
        members: BTreeMap<String, Shape>,
    },
    /// Free JSON: passkey credentials.
    Document,
    List {
        member: Box<Shape>,
        size: Bounds,
    },
    Map {
        key: Box<Shape>,
        value: Box<Shape>,
        size: Bounds,
    },
    Text {
        length: Bounds,
        pattern: Option<Pattern>,
        values: Vec<String>,
    },
    Integer {
        range: Bounds,
    },
    Boolean,
}

/// Inclusive limits, either of which may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
}

/// A pattern as the model prints it, and as it is matched: against the whole value.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) whole: Arc<Regex>,
}

fn load() -> HashMap<String, Operation> {
    let mut patterns = HashMap::new();
    let mut operations = HashMap::new();
    for source in SOURCES {
        let file: Value = serde_json::from_str(source).unwrap_or_default();
        for (name, facts) in SERVICES
            .iter()
            .filter_map(|service| member(member(&file, service), "operations").as_object())
            .flatten()
        {
            if let Some(input) = shape(member(facts, "input"), &mut patterns) {
                let operation = Operation {
                    input,
                    errors: strings(member(facts, "errors")),
                    #[cfg(test)]
                    is_signed: text(facts, "auth") == Some("sigv4"),
                };
                operations.insert(name.clone(), operation);
            }
        }
    }
    operations
}

fn shape(facts: &Value, patterns: &mut HashMap<String, Pattern>) -> Option<Shape> {
    let kind = match text(facts, "type")? {
        "structure" if is_true(facts, "document") => Kind::Document,
        "structure" => Kind::Structure {
            required: strings(member(facts, "required")),
            members: member(facts, "members")
                .as_object()?
                .iter()
                .map(|(name, member)| Some((name.clone(), shape(member, patterns)?)))
                .collect::<Option<_>>()?,
        },
        "list" => {
            let member = Box::new(shape(member(facts, "member"), patterns)?);
            Kind::List { member, size: bounds(facts) }
        }
        "map" => Kind::Map {
            key: Box::new(shape(member(facts, "key"), patterns)?),
            value: Box::new(shape(member(facts, "value"), patterns)?),
            size: bounds(facts),
        },
        "string" => Kind::Text {
            length: bounds(facts),
            pattern: match text(facts, "pattern") {
                Some(pattern) => Some(compiled(pattern, patterns)?),
                None => None,
            },
            values: strings(member(facts, "enum")),
        },
        "integer" => Kind::Integer { range: bounds(facts) },
        "boolean" => Kind::Boolean,
        _ => return None,
    };
    Some(Shape { kind, is_sensitive: is_true(facts, "sensitive") })
}

fn bounds(facts: &Value) -> Bounds {
    Bounds { min: member(facts, "min").as_i64(), max: member(facts, "max").as_i64() }
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn compiled(text: &str, patterns: &mut HashMap<String, Pattern>) -> Option<Pattern> {
    if let Some(known) = patterns.get(text) {
        return Some(known.clone());
    }
    let whole = Arc::new(Regex::new(&format!(r"\A(?:{})\z", ascii_classes(text))).ok()?);
    let pattern = Pattern { text: text.to_owned(), whole };
    patterns.insert(text.to_owned(), pattern.clone());
    Some(pattern)
}

/// The service's `\w`, `\d`, `\s` and `\S` know only ASCII; those of the `regex` crate know all of Unicode.
fn ascii_classes(text: &str) -> String {
    text.replace(r"\w", "[0-9A-Za-z_]")
        .replace(r"\d", "[0-9]")
        .replace(r"\s", r"[\t\n\x0B\f\r ]")
        .replace(r"\S", r"[^\t\n\x0B\f\r ]")
}
