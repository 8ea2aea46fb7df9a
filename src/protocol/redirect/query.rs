//! Queries and forms (`application/x-www-form-urlencoded`), written and read.

use crate::protocol::{percent, text};

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
        percent::encode(&mut self.0, name.as_bytes(), false);
        self.0.push('=');
        percent::encode(&mut self.0, value.as_bytes(), false);
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

/// A parameter of an address.
pub struct Parameter {
    /// Decoded, as the value is: a percent sign without two hex digits stays what it is.
    pub name: String,
    /// What it stands for; empty without an equals sign.
    pub value: String,
    /// Whether it is encoded as RFC 3986 and UTF-8 have it.
    pub is_well_formed: bool,
}

/// Parameters in their order, the application's own among them, in whatever encoding.
pub fn parameters(mut text: &str) -> Vec<Parameter> {
    while let [b'?' | b'#', ..] = text.as_bytes() {
        text = text.get(1..).unwrap_or_default();
    }
    let mut all = Vec::new();
    for part in text::parts(text, b'&') {
        if !part.is_empty() {
            let (name, value) = text::cut(part, b'=').unwrap_or((part, ""));
            let ((name, is_name), (value, is_value)) = (decode(name), decode(value));
            all.push(Parameter { name, value, is_well_formed: is_name && is_value });
        }
    }
    all
}

fn decode(text: &str) -> (String, bool) {
    let (bytes, is_well_formed) = percent::decode(text, true);
    if let Some(text) = text::from_utf8(&bytes) {
        return (text, is_well_formed);
    }
    let replaced = |&byte: &u8| if byte.is_ascii() { char::from(byte) } else { '\u{fffd}' };
    (bytes.iter().map(replaced).collect(), false)
}

/// Names and values. `None` where one is not well-formed.
#[cfg(test)]
pub fn parse(text: &str) -> Option<Vec<(String, String)>> {
    let pair = |one: Parameter| one.is_well_formed.then_some((one.name, one.value));
    parameters(text).into_iter().map(pair).collect()
}
