//! Generated from the facts: for every operation a valid input, and one broken input for each constraint.

use super::facts::{Bounds, Kind, OPERATIONS, Pattern, Shape};
use super::{check, errors, is_known, is_signed};
use serde_json::{Map, Value, json};

/// A broken value and what the refusal must say about it.
struct Case {
    value: Value,
    path: String,
    /// One or more parts of the message, a line each.
    constraint: String,
    is_sensitive: bool,
}

const LEADS: [&str; 9] = [
    "",
    "eu-west-1_0",
    "eu-west-1:0",
    "a@a",
    "{####}",
    "{##a##}",
    "arn:aws:iam::1:a",
    "Level1",
    "1",
];
const FILLS: [&str; 3] = ["a", "0", "aB"];

/// A text of this many characters that the pattern accepts.
fn text_of(length: usize, pattern: Option<&Pattern>) -> Option<String> {
    let fits = |text: &String| pattern.is_none_or(|pattern| pattern.whole.is_match(text));
    LEADS
        .iter()
        .filter(|lead| lead.len() <= length)
        .flat_map(|lead| {
            FILLS.iter().map(move |fill| {
                let filled: String = fill.chars().cycle().take(length - lead.len()).collect();
                format!("{lead}{filled}")
            })
        })
        .find(fits)
}

fn valid_text(length: Bounds, pattern: Option<&Pattern>, values: &[String]) -> String {
    if let Some(value) = values.first() {
        return value.clone();
    }
    let low = usize::try_from(length.min.unwrap_or(0)).unwrap();
    let high = low + 70;
    (low..=high).find_map(|size| text_of(size, pattern)).expect("a valid text")
}

fn valid(shape: &Shape) -> Value {
    match &shape.kind {
        Kind::Structure { members, .. } => {
            members.iter().map(|(name, member)| (name.clone(), valid(member))).collect()
        }
        Kind::Document => json!({}),
        Kind::List { member, size } => many(valid(member), size.min.unwrap_or(1).max(1)),
        Kind::Map { key, value, .. } => {
            let key = valid(key).as_str().unwrap().to_owned();
            Value::Object(Map::from_iter([(key, valid(value))]))
        }
        Kind::Text { length, pattern, values } => {
            valid_text(*length, pattern.as_ref(), values).into()
        }
        Kind::Integer { range } => range.min.unwrap_or(0).into(),
        Kind::Boolean => true.into(),
    }
}

fn many(item: Value, count: i64) -> Value {
    Value::Array(vec![item; usize::try_from(count).unwrap()])
}

fn case(value: impl Into<Value>, constraint: String) -> Case {
    Case { value: value.into(), path: String::new(), constraint, is_sensitive: false }
}

fn join(place: String, inner: &str) -> String {
    if inner.is_empty() { place } else { format!("{place}.{inner}") }
}

fn length_says(word: &str, bound: i64) -> String {
    format!("Member must have length {word} than or equal to {bound}")
}

/// Every way to break this shape once, as values of its place.
fn broken(shape: &Shape) -> Vec<Case> {
    let mut cases = match &shape.kind {
        Kind::Structure { required, members } => {
            let whole = valid(shape);
            let mut cases = Vec::new();
            for (name, member) in members {
                let at = |path: &str| {
                    let mut letters = name.chars();
                    let first = letters.next().unwrap().to_ascii_lowercase();
                    join(format!("{first}{}", letters.as_str()), path)
                };
                if required.contains(name) {
                    for absent in [None, Some(Value::Null)] {
                        let mut value = whole.clone();
                        match absent {
                            None => drop(value.as_object_mut().unwrap().remove(name)),
                            Some(null) => value[name] = null,
                        }
                        let mut missing = case(value, "Member must not be null".to_owned());
                        missing.path = at("");
                        cases.push(missing);
                    }
                }
                for inner in broken(member) {
                    let mut value = whole.clone();
                    value[name] = inner.value;
                    cases.push(Case { value, path: at(&inner.path), ..inner });
                }
            }
            cases
        }
        Kind::Document | Kind::Boolean => Vec::new(),
        Kind::List { member, size } => {
            let item = valid(member);
            let low = size.min.filter(|min| *min > 0);
            let low = low.map(|min| case(many(item.clone(), min - 1), length_says("greater", min)));
            let high = size.max;
            let high = high.map(|max| case(many(item.clone(), max + 1), length_says("less", max)));
            let mut cases: Vec<Case> = low.into_iter().chain(high).collect();
            let count = size.min.unwrap_or(1).max(1);
            cases.extend(broken(member).into_iter().map(|inner| {
                let mut value = many(item.clone(), count);
                value[0] = inner.value;
                let path = join("1.member".to_owned(), &inner.path);
                Case { value, path, ..inner }
            }));
            cases
        }
        Kind::Map { key, value, size } => {
            let good = valid(value);
            let name = valid(key).as_str().unwrap().to_owned();
            let entry = |name: String, value: Value| Value::Object(Map::from_iter([(name, value)]));
            let mut cases = Vec::new();
            for inner in broken(key) {
                let value = entry(inner.value.as_str().unwrap().to_owned(), good.clone());
                cases.push(case(
                    value,
                    format!("Map keys must satisfy constraint: [\n{}", inner.constraint),
                ));
            }
            for inner in broken(value) {
                let whole = entry(name.clone(), inner.value);
                if matches!(value.kind, Kind::Text { .. }) {
                    let says = "Map value must satisfy constraint: [";
                    cases.push(case(whole, format!("{says}\n{}", inner.constraint)));
                } else {
                    let path = join(format!("{name}.member"), &inner.path);
                    cases.push(Case { value: whole, path, ..inner });
                }
            }
            if let Some(max) = size.max {
                let entries = (0..=max).map(|index| (format!("k{index}"), good.clone()));
                cases.push(case(Value::Object(entries.collect()), length_says("less", max)));
            }
            cases
        }
        Kind::Text { length, pattern, values } => broken_texts(*length, pattern.as_ref(), values),
        Kind::Integer { range } => {
            let says =
                |word, bound| format!("Member must have value {word} than or equal to {bound}");
            let low = range.min.map(|min| case(min - 1, says("greater", min)));
            let high = range.max.map(|max| case(max + 1, says("less", max)));
            low.into_iter().chain(high).collect()
        }
    };
    for case in &mut cases {
        case.is_sensitive |= shape.is_sensitive;
    }
    cases
}

fn broken_texts(length: Bounds, pattern: Option<&Pattern>, values: &[String]) -> Vec<Case> {
    if !values.is_empty() {
        let constraint = format!("Member must satisfy enum value set: [{}]", values.join(", "));
        return vec![case("Imaginary", constraint)];
    }
    let size = |bound: i64| usize::try_from(bound).unwrap();
    let mut cases = Vec::new();
    if let Some(min) = length.min.filter(|min| *min > 0) {
        let short = text_of(size(min - 1), pattern).unwrap_or_else(|| "a".repeat(size(min - 1)));
        cases.push(case(short, length_says("greater", min)));
    }
    if let Some(max) = length.max {
        let long = text_of(size(max + 1), pattern).unwrap_or_else(|| "a".repeat(size(max + 1)));
        cases.push(case(long, length_says("less", max)));
    }
    if let Some(pattern) = pattern {
        let base = valid_text(length, Some(pattern), values);
        let spoiled = ["\u{7f}", " ", "\u{e9}", "\u{0}", "_"].iter().find_map(|odd| {
            let kept: String = base.chars().skip(1).collect();
            [format!("{odd}{kept}"), format!("{kept}{odd}")]
                .into_iter()
                .find(|text| !pattern.whole.is_match(text))
        });
        // A pattern that takes everything, `(?s).*`, cannot be broken.
        if let Some(text) = spoiled {
            let says = format!("Member must satisfy regular expression pattern: {}", pattern.text);
            cases.push(case(text, says));
        } else {
            assert_eq!(pattern.text, "(?s).*");
        }
    }
    cases
}

/// For each place of the shape, an input with a wrong JSON type there.
fn mistyped(shape: &Shape) -> Vec<Value> {
    match &shape.kind {
        Kind::Structure { members, .. } => {
            let mut cases = vec![json!([]), json!("x"), json!(1)];
            for (name, member) in members {
                cases.extend(mistyped(member).into_iter().map(|inner| json!({ name: inner })));
            }
            cases
        }
        Kind::Document => Vec::new(),
        Kind::List { member, .. } => {
            let mut cases = vec![json!({}), json!("x")];
            cases.extend(mistyped(member).into_iter().map(|inner| json!([inner])));
            cases
        }
        Kind::Map { value, .. } => {
            let mut cases = vec![json!([]), json!("x")];
            cases.extend(mistyped(value).into_iter().map(|inner| json!({ "key": inner })));
            cases
        }
        Kind::Text { .. } => vec![json!(1), json!(true), json!({}), json!([])],
        Kind::Integer { .. } => vec![json!("1"), json!(1.5), json!(true), json!({}), json!([])],
        Kind::Boolean => vec![json!("true"), json!(0), json!({}), json!([])],
    }
}

#[test]
fn facts_hold_every_operation() {
    let source = include_str!("../../facts/operations.json");
    let file: Value = serde_json::from_str(source).unwrap();
    let control: Value = serde_json::from_str(include_str!("../../facts/control.json")).unwrap();
    let named = [
        &file["cognito-idp"]["operations"],
        &file["cognito-identity"]["operations"],
        &control["cognito-idp"]["operations"],
    ];

    let names: Vec<&String> =
        named.iter().flat_map(|list| list.as_object().unwrap().keys()).collect();

    assert!(names.len() >= 80, "{} operations", names.len());
    for name in &names {
        assert!(is_known(name), "{name} was not understood");
        assert!(!errors(name).is_empty(), "{name} lists errors");
    }
    assert_eq!(OPERATIONS.len(), names.len());
    assert!(!is_signed("SignUp") && is_signed("ListUsers") && is_signed("CreateUserPool"));
}

#[test]
fn full_valid_input_passes_for_every_operation() {
    for (name, facts) in OPERATIONS.iter() {
        let input = valid(&facts.input);
        assert!(check(name, &input).is_ok(), "{name}: {:?}", check(name, &input));

        let mut odd = input;
        odd["NoSuchMember"] = json!({"deep": [1]});
        assert!(check(name, &odd).is_ok(), "{name} ignores unknown members");
    }
}

#[test]
fn each_broken_constraint_is_refused_and_named() {
    let mut count = 0;
    for (name, facts) in OPERATIONS.iter() {
        for case in broken(&facts.input) {
            if name == "SignUp" && case.value["Password"] == "" {
                continue;
            }
            let refusal = check(name, &case.value).expect_err(&format!("{name} {}", case.path));
            let (error, message) = (refusal.name, refusal.message.as_str());

            assert_eq!(error, "InvalidParameterException", "{name} {}", case.path);
            let named = format!("at '{}' failed to satisfy constraint:", case.path);
            assert!(message.contains(&named), "{name} {}: {message}", case.path);
            for part in case.constraint.lines() {
                assert!(message.contains(part), "{name}: {message} / {part}");
            }
            assert!(message.contains(" validation error"), "{message}");
            assert!(!case.is_sensitive || message.contains(": Value at "), "{name}: {message}");
            count += 1;
        }
    }
    assert!(count > 900, "only {count} cases");
}

#[test]
fn each_wrong_json_type_is_a_serialization_error() {
    let mut count = 0;
    for (name, facts) in OPERATIONS.iter() {
        for input in mistyped(&facts.input) {
            let refusal = check(name, &input).expect_err(&format!("{name} {input}"));
            assert_eq!(refusal.name, "SerializationException", "{name} {input}");
            count += 1;
        }
    }
    assert!(count > 1500, "only {count} cases");
}

#[test]
fn null_means_absent() {
    let input = json!({"ClientId": "abc", "Username": "alice", "ValidationData": null,
        "ClientMetadata": {}, "UserAttributes": [{"Name": "email", "Value": null}]});

    assert!(check("SignUp", &input).is_ok());
}

#[test]
fn several_failures_are_counted_and_joined() {
    let refusal = check("SignUp", &json!({"ClientId": "a b", "Password": "x"})).unwrap_err();

    assert_eq!(
        refusal.message,
        "2 validation errors detected: Value at 'clientId' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: [\\w+]+; Value at 'username' failed to satisfy constraint: Member must not be \
         null"
    );
}

#[test]
fn sensitive_values_stay_out_of_messages() {
    let input = json!({"ClientId": "abc", "Username": "has a space", "Password": "has a space"});

    let refusal = check("SignUp", &input).unwrap_err();

    assert!(refusal.message.starts_with("2 validation errors detected: Value at 'password'"));
    assert!(!refusal.message.contains("has a space"));
}

#[test]
fn value_that_is_no_secret_is_repeated() {
    let refusal =
        check("ListUsers", &json!({"UserPoolId": "eu-west-1_Ab1", "Limit": 61})).unwrap_err();

    assert_eq!(
        refusal.message,
        "1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: Member must have value \
         less than or equal to 60"
    );
}

#[test]
fn lengths_count_characters_and_classes_are_ascii() {
    let named = |name: &str| check("SignUp", &json!({"ClientId": "abc", "Username": name}));

    assert!(named(&"\u{1f511}".repeat(128)).is_ok());
    assert!(named(&"\u{1f511}".repeat(129)).is_err());
    assert!(check("SignUp", &json!({"ClientId": "\u{e9}", "Username": "a"})).is_err());
}

#[test]
fn empty_password_is_left_to_sign_up() {
    assert!(check("SignUp", &json!({"ClientId": "a", "Username": "a", "Password": ""})).is_ok());
    let input = json!({"AccessToken": "a", "ProposedPassword": ""});
    assert!(check("ChangePassword", &input).is_err());
}

#[test]
fn unknown_operation_and_bodies_that_are_no_objects_are_refused() {
    assert_eq!(check("Abracadabra", &json!({})).unwrap_err().name, "UnknownOperationException");
    assert_eq!(check("GetUser", &json!("x")).unwrap_err().name, "SerializationException");
}
