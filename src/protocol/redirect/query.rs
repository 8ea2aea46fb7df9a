//! Queries and forms (`application/x-www-form-urlencoded`), written and read.

use crate::protocol::text::integer_from_hex;

/// A query or form under construction.
#[derive(Default)]
pub struct Query(String);

impl Query {
    /// With one parameter more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        encode(name, &mut self.0);
        self.0.push('=');
        encode(value, &mut self.0);
        self
    }

    /// With one parameter more, where there is a value for it.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The text, without a leading question mark.
    pub fn text(self) -> String {
        self.0
    }
}

/// Everything but the unreserved characters of RFC 3986, section 2.3, is escaped: those alone come
/// back unchanged from a service that decodes once too often.
fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(char::from(if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 }));
            }
        }
    }
}

/// Parameters in their order. `None` for what is not well-formed.
pub fn parse(text: &str) -> Option<Vec<(String, String)>> {
    let text = text.trim_start_matches(['?', '#']);
    let parts = text.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let (digits, after) = rest.split_at_checked(2)?;
                let digits = core::str::from_utf8(digits).ok()?;
                // A zero byte reads as no bytes at all.
                bytes.push(integer_from_hex(digits)?.last().copied().unwrap_or(0));
                rest = after;
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}
