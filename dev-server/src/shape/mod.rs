//! Checks every operation's input against the facts of the service's models, before any operation sees it.
//!
//! A wrong JSON type is a `SerializationException`; broken constraints are one `InvalidParameterException`
//! that lists them all. `null` means absent, unknown members are ignored, sensitive values are never
//! repeated.

mod facts;
mod rules;
#[cfg(test)]
mod tests;

use crate::refusal::Refusal;
use axum::http::StatusCode;
use facts::OPERATIONS;
use serde_json::Value;

/// Whether the service has this operation (and the facts files know it).
#[cfg(test)]
pub(crate) fn is_known(operation: &str) -> bool {
    OPERATIONS.contains_key(operation)
}

/// Whether the operation must carry an AWS signature.
#[cfg(test)]
pub(crate) fn is_signed(operation: &str) -> bool {
    OPERATIONS.get(operation).is_some_and(|facts| facts.is_signed)
}

/// The members of the operation's input, or of what a path of members leads to within it, through lists and maps.
#[cfg(test)]
pub(crate) fn members(operation: &str, path: &[&str]) -> Vec<&'static str> {
    use facts::Kind;
    let mut path = path.iter();
    let mut kind = OPERATIONS.get(operation).map(|facts| &facts.input.kind);
    loop {
        kind = match kind {
            Some(Kind::List { member, .. }) => Some(&member.kind),
            Some(Kind::Map { value, .. }) => Some(&value.kind),
            Some(Kind::Structure { members, .. }) => match path.next() {
                Some(name) => members.get(*name).map(|member| &member.kind),
                None => return members.keys().map(String::as_str).collect(),
            },
            _ => return Vec::new(),
        };
    }
}

/// The values that a member of the operation's input may have.
#[cfg(test)]
pub(crate) fn values(operation: &str, member: &str) -> std::collections::BTreeSet<String> {
    let facts::Kind::Structure { members, .. } = &OPERATIONS[operation].input.kind else {
        return std::collections::BTreeSet::new();
    };
    match &members[member].kind {
        facts::Kind::Text { values, .. } => values.iter().cloned().collect(),
        _ => std::collections::BTreeSet::new(),
    }
}

/// The exception names the model lists for the operation; empty for an unknown one.
pub(crate) fn errors(operation: &str) -> &'static [String] {
    OPERATIONS.get(operation).map_or(&[], |facts| facts.errors.as_slice())
}

/// Holds `input` against the model of `operation`.
///
/// # Errors
/// `UnknownOperationException`, `SerializationException` or `InvalidParameterException`, as the service answers.
pub(crate) fn check(operation: &str, input: &Value) -> Result<(), Refusal> {
    let Some(facts) = OPERATIONS.get(operation) else {
        return Err(
            Refusal::new("UnknownOperationException", "").with_status(StatusCode::NOT_FOUND)
        );
    };
    if !input.is_object() {
        return Err(Refusal::serialization("Expected structure, map or null."));
    }
    if let Some(message) = rules::wrong_type(input, &facts.input) {
        return Err(Refusal::serialization(message));
    }
    let mut broken = Vec::new();
    rules::broken(input, &facts.input, "", false, &mut broken);
    if is_empty_password_allowed(operation, input) {
        broken.retain(|text| !text.starts_with("Value at 'password' "));
    }
    match broken.len() {
        0 => Ok(()),
        count => Err(invalid(count, &broken)),
    }
}

/// Pools with a passwordless first factor take an empty password at sign-up; the operation itself refuses the rest.
fn is_empty_password_allowed(operation: &str, input: &Value) -> bool {
    operation == "SignUp" && input.get("Password").is_some_and(|password| password == "")
}

fn invalid(count: usize, broken: &[String]) -> Refusal {
    let plural = if count == 1 { "error" } else { "errors" };
    let message = format!("{count} validation {plural} detected: {}", broken.join("; "));
    Refusal::invalid_parameter(message)
}
