//! A search for people, as `ListUsers` takes it.

use crate::protocol::json::Value;

/// `{ attribute, equals }` or `{ attribute, startsWith }` as `attribute = "value"` or
/// `attribute ^= "value"`; `None` for anything else.
pub(super) fn ask(given: &Value) -> Option<Value> {
    let attribute = given.str("attribute")?;
    let is_name = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b':');
    if attribute.is_empty() || !attribute.bytes().all(is_name) {
        return None;
    }
    let (operator, value) = match (given.str("equals"), given.str("startsWith")) {
        (Some(value), None) => (" = \"", value),
        (None, Some(value)) => (" ^= \"", value),
        _ => return None,
    };
    // SECURITY: what was typed into a search field must stay inside its quotes.
    let mut filter = [attribute, operator].concat();
    for c in value.chars() {
        if matches!(c, '\\' | '"') {
            filter.push('\\');
        }
        filter.push(c);
    }
    filter.push('"');
    Some(Value::from(filter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<String> {
        ask(&Value::parse(text).unwrap()).and_then(|value| value.as_str().map(String::from))
    }

    #[test]
    fn a_filter_is_quoted_so_that_nothing_gets_out_of_it() {
        for (given, text) in [
            (r#"{"attribute":"email","equals":"a@b"}"#, r#"email = "a@b""#),
            (
                r#"{"attribute":"cognito:user_status","startsWith":"CON"}"#,
                r#"cognito:user_status ^= "CON""#,
            ),
            (r#"{"attribute":"name","equals":"a\" or \\"}"#, r#"name = "a\" or \\""#),
        ] {
            assert_eq!(asked(given).as_deref(), Some(text));
        }
    }

    #[test]
    fn what_is_no_filter_is_none() {
        for given in [
            "{}",
            r#"{"attribute":"email"}"#,
            r#"{"attribute":"email","equals":"a","startsWith":"a"}"#,
            r#"{"attribute":"email = \"x\" or name","equals":"a"}"#,
            r#"{"attribute":"","equals":"a"}"#,
        ] {
            assert_eq!(asked(given), None, "{given}");
        }
    }
}
