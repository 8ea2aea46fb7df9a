//! The reader and writer against `serde_json` as the oracle.

use super::Value;

const TEXTS: &[&str] = &[
    "null",
    " true ",
    "false",
    "0",
    "-0.5",
    "1700000000.123",
    "1e3",
    "2.5E-1",
    "\"\"",
    r#""a\"\\\/\b\f\n\r\té😀 ü""#,
    "[]",
    "[1,[2,{}],\"x\"]",
    "{}",
    r#"{"a":{"b":[null,true]},"c":"d"}"#,
    "\t{ \"k\" : [ 1 , 2 ] }\n",
];

const BROKEN: &[&str] = &[
    "",
    " ",
    "nul",
    "tru",
    "01",
    "-",
    "1.",
    ".5",
    "1e",
    "+1",
    "\"",
    "\"\\x\"",
    "\"\\ud800\"",
    "\"\\ud800x\"",
    "\"\\u12\"",
    "[",
    "[1,]",
    "[1 2]",
    "{",
    "{\"a\"}",
    "{\"a\":}",
    "{a:1}",
    "{\"a\":1,}",
    "1 2",
    "\"\u{1}\"",
    "]",
    "NaN",
    "<html>",
];

fn agrees(ours: &Value, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(a), serde_json::Value::Bool(b)) => a == b,
        (Value::Number(a), serde_json::Value::Number(b)) => (a - b.as_f64().unwrap()).abs() < 1e-6,
        (Value::String(a), serde_json::Value::String(b)) => a == b,
        (Value::Array(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agrees(a, b))
        }
        (Value::Object(a), serde_json::Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|b| agrees(v, b)))
        }
        _ => false,
    }
}

#[test]
fn every_text_reads_and_writes_as_serde_json_says() {
    for text in TEXTS {
        let theirs: serde_json::Value = serde_json::from_str(text).unwrap();
        let ours = Value::parse(text).unwrap_or_else(|| panic!("not read: {text}"));
        assert!(agrees(&ours, &theirs), "{text}");
        let again: serde_json::Value = serde_json::from_str(&ours.write()).unwrap();
        assert!(agrees(&ours, &again), "written: {}", ours.write());
    }
}

#[test]
fn broken_texts_are_refused() {
    for text in BROKEN {
        assert!(
            serde_json::from_str::<serde_json::Value>(text).is_err(),
            "the oracle takes {text}"
        );
        assert_eq!(Value::parse(text), None, "{text}");
    }
}

#[test]
fn a_number_is_one_whatever_its_exponent() {
    for (text, expected) in [
        ("0e400", 0.0),
        ("-0E+999", 0.0),
        ("0.0e309", 0.0),
        ("1e-400", 0.0),
        ("1e308", 1e308),
        ("5e-1", 0.5),
    ] {
        let Some(Value::Number(number)) = Value::parse(text) else { panic!("{text}") };
        assert!(
            (number - expected).abs() <= f64::max(expected * 1e-12, 1e-300),
            "{text}: {number}"
        );
    }
    let large = format!("1{}e-400", "0".repeat(400));
    assert!(matches!(Value::parse(&large), Some(Value::Number(number)) if !number.is_nan()));
}

#[test]
fn deep_nesting_is_refused_without_exhausting_the_stack() {
    assert_eq!(Value::parse(&"[".repeat(100_000)), None);
}

#[test]
fn every_prefix_of_a_text_is_refused_without_a_panic() {
    let text = r#"{"a":[1.5e2,"b\u00e9",{"c":null}],"d":true}"#;

    for end in 0..text.len() {
        assert_eq!(Value::parse(&text[..end]), None);
    }
}

#[test]
fn null_members_count_as_absent_and_the_last_of_two_wins() {
    let value = Value::parse(r#"{"a":null,"b":1,"b":2}"#).unwrap();

    assert_eq!(value.get("a"), None);
    assert_eq!(value.number("b"), Some(2.0));
}

#[test]
fn half_a_surrogate_pair_of_a_claim_reads_as_the_replacement_character() {
    for (text, expected) in [
        (r#""\ud83d\ude80""#, "\u{1f680}"),
        (r#""Zo\ud83d""#, "Zo\u{fffd}"),
        (r#""x\udc00""#, "x\u{fffd}"),
        (r#""\ud83dx""#, "\u{fffd}x"),
        (r#""\ud83d\n""#, "\u{fffd}\n"),
        (r#""\ud83d\u0041""#, "\u{fffd}A"),
        (r#""\ud83d\ud83d\ude80""#, "\u{fffd}\u{1f680}"),
    ] {
        assert_eq!(Value::parse_lossy(text), Some(Value::from(expected)), "{text}");
    }
    assert_eq!(Value::parse_lossy(r#""\ud83d\u00""#), None);
    assert_eq!(Value::parse(r#""\ud83d\ude80""#), Some(Value::from("\u{1f680}")));
}
