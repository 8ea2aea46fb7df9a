//! The JSON reader and writer, against `serde_json` and against each other.

use lifeguard::protocol::json::Value;
use serde_json::Value as Theirs;

/// What is read means what `serde_json` reads, what is refused is refused by it, and what is written reads the same.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let ours = Value::parse(text);
    match (&ours, serde_json::from_str::<Theirs>(text)) {
        (Some(ours), Ok(theirs)) => {
            assert!(agrees(ours, &theirs) || has_long_number(text), "another value: {text}");
        }
        (None, Err(_)) => {}
        // Half the depth: hostile input must not exhaust the stack of the module.
        (None, Ok(theirs)) => assert!(depth(&theirs) > MAX_DEPTH, "refused: {text}"),
        // Beyond all numbers, where ours is infinite or the largest.
        (Some(_), Err(error)) => {
            assert!(error.to_string().contains("number out of range"), "taken: {text}: {error}");
        }
    }
    // Claims may have half surrogate pairs beside all that.
    let claims = Value::parse_lossy(text);
    assert!(ours.is_none() || claims == ours, "claims are read otherwise: {text}");
    for value in [ours, claims].into_iter().flatten() {
        let written = value.write();
        let again = Value::parse(&written).unwrap_or_else(|| panic!("not readable: {written}"));
        assert!(is_kept(&value, &again), "{text} is written as {written}");
        serde_json::from_str::<Theirs>(&written).expect("what is written is JSON");
    }
}

fn agrees(ours: &Value, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Bool(a), Theirs::Bool(b)) => a == b,
        (Value::Number(a), Theirs::Number(b)) => is_near(*a, b.as_f64().unwrap()),
        (Value::String(a), Theirs::String(b)) => a == b,
        (Value::Array(a), Theirs::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agrees(a, b))
        }
        (Value::Object(a), Theirs::Object(b)) => {
            // The last of two equal names wins; `null` is a member of theirs only.
            let is_last = |(name, value): &(String, Value)| {
                let last = a.iter().rev().find(|(other, _)| other == name).unwrap();
                !std::ptr::eq(&raw const last.1, value)
                    || b.get(name).is_some_and(|theirs| agrees(value, theirs))
            };
            b.keys().all(|name| a.iter().any(|(other, _)| other == name)) && a.iter().all(is_last)
        }
        _ => false,
    }
}

fn is_near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-6_f64.max(b.abs() * 1e-12)
}

/// The same but for what the writer leaves out: more than three decimals, and numbers that are no exact integers.
fn is_kept(value: &Value, again: &Value) -> bool {
    match (value, again) {
        (Value::Number(a), Value::Null) => a.abs() >= LARGEST,
        (Value::Number(a), Value::Number(b)) => (a - b).abs() <= 0.000_6_f64.max(a.abs() * 1e-15),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| is_kept(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().zip(b.iter()).all(|(a, b)| a.0 == b.0 && is_kept(&a.1, &b.1))
        }
        _ => value == again,
    }
}

/// Numbers of so many digits that the part before the point is beyond all numbers.
fn has_long_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').any(|digits| digits.len() > 300)
}

fn depth(value: &Theirs) -> usize {
    match value {
        Theirs::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Theirs::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Deepest nesting that the reader takes.
const MAX_DEPTH: usize = 64;
/// From here on a double is no exact integer.
const LARGEST: f64 = 9_007_199_254_740_992.0;
