//! Attributes of a person: what the service keeps as text and the page as values, and what became of
//! each one that was changed.

use crate::protocol::json::Value;
use crate::protocol::wire;

/// As the service lists them. Flags become text; `None` where a value is neither.
pub(super) fn ask(given: &Value) -> Option<Value> {
    let mut texts = Vec::new();
    for (name, value) in given.members() {
        let text = match value {
            Value::Bool(flag) => {
                if *flag {
                    "true"
                } else {
                    "false"
                }
            }
            other => other.as_str()?,
        };
        texts.push((name.clone(), String::from(text)));
    }
    Some(wire::attributes(&texts))
}

/// As the page gets them: standard flags as flags. `custom:` ones are the application's own.
pub(super) fn answer(pairs: Value) -> Value {
    pairs.members().iter().fold(Value::object(), |object, (name, value)| {
        match (FLAGS.contains(&name.as_str()), value.as_str()) {
            (true, Some(text)) => object.with(name, text == "true"),
            _ => object.with(name, value.clone()),
        }
    })
}

/// `{ name: { status, codeDelivery? } }`: whether each attribute of `given` is changed, or waits for
/// the code that the pool has sent.
pub fn outcomes(given: &Value, answer: &Value) -> Value {
    let deliveries = answer.get("codeDeliveries").map(Value::items).unwrap_or_default();
    given.members().iter().fold(Value::object(), |object, (name, _)| {
        let sent = deliveries.iter().find(|one| one.str("attributeName") == Some(name));
        let status = if sent.is_some() { "confirmWithCode" } else { "done" };
        let outcome =
            Value::object().with("status", status).with_some("codeDelivery", sent.cloned());
        object.with(name, outcome)
    })
}

const FLAGS: [&str; 2] = ["email_verified", "phone_number_verified"];

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        Value::parse(text).unwrap()
    }

    #[test]
    fn standard_flags_are_flags_and_custom_ones_stay_text() {
        let stored = json(
            r#"{"email_verified":"true","phone_number_verified":"false","custom:vip":"true","sub":"s"}"#,
        );

        assert_eq!(
            answer(stored).write(),
            r#"{"email_verified":true,"phone_number_verified":false,"custom:vip":"true","sub":"s"}"#
        );
    }

    #[test]
    fn flags_travel_as_text() {
        let sent = ask(&json(r#"{"custom:vip":true,"email":"e"}"#)).unwrap();

        assert_eq!(
            sent.write(),
            r#"[{"Name":"custom:vip","Value":"true"},{"Name":"email","Value":"e"}]"#
        );
    }

    #[test]
    fn each_changed_attribute_says_whether_it_waits_for_a_code() {
        let answer = json(
            r#"{"codeDeliveries":[{"destination":"a***","medium":"EMAIL","attributeName":"email"}]}"#,
        );

        assert_eq!(
            outcomes(&json(r#"{"email":"a@b","name":"A"}"#), &answer).write(),
            r#"{"email":{"status":"confirmWithCode","codeDelivery":{"destination":"a***","medium":"EMAIL","attributeName":"email"}},"name":{"status":"done"}}"#
        );
    }
}
