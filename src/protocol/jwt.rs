//! Tokens: decoding and claims (RFC 7519). Signatures are checked where the platform has the keys.

use super::error::Violation;
use super::json::Value;
use super::text;

/// The claims of a token of three parts. The signature is not looked at.
///
/// # Errors
/// [`Violation::TokenForm`] for anything but `header.claims.signature` with JSON objects.
pub fn claims(token: &str) -> Result<Value, Violation> {
    let mut parts = text::words(token, b'.');
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Violation::TokenForm);
    };
    if signature.is_empty() || object(header).is_none() {
        return Err(Violation::TokenForm);
    }
    object(claims).ok_or(Violation::TokenForm)
}

fn object(part: &str) -> Option<Value> {
    let text = text::from_utf8(&text::base64_decode(part)?)?;
    Value::parse(&text).filter(|value| matches!(value, Value::Object(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_and_other_forms_refused() {
        let part = |json: &str| text::base64url(json.as_bytes());
        let token = [&part("{}"), ".", &part(r#"{"sub":"s"}"#), ".x"].concat();

        assert_eq!(claims(&token).unwrap().str("sub"), Some("s"));
        for broken in
            ["", "a.b", "a.b.c", &token.replace(".x", "."), &[&token, ".y"].concat(), &part("[]")]
        {
            assert_eq!(claims(broken), Err(Violation::TokenForm), "{broken}");
        }
    }
}
