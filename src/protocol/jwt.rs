//! Tokens: decoding and claims (RFC 7519). Signatures are checked where the host has the keys.

use super::error::Violation;
use super::json::Value;
use super::text;

/// The claims of a token of three parts. The signature is not looked at.
///
/// # Errors
/// [`Violation::TokenForm`] for anything but `header.claims.signature` with JSON objects.
pub fn claims(token: &str) -> Result<Value, Violation> {
    read(token).ok_or(Violation::TokenForm)
}

fn read(token: &str) -> Option<Value> {
    let (header, rest) = text::cut(token, b'.')?;
    let (claims, signature) = text::cut(rest, b'.')?;
    let is_whole = !signature.is_empty() && text::cut(signature, b'.').is_none();
    object(header).filter(|_| is_whole)?;
    object(claims)
}

fn object(part: &str) -> Option<Value> {
    let text = text::from_utf8(&text::base64_decode(part)?)?;
    Value::parse_lossy(&text).filter(|value| matches!(value, Value::Object(_)))
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
