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

/// Parameters in their order. `None` for what is not well-formed.
pub fn parse(mut text: &str) -> Option<Vec<(String, String)>> {
    while let [b'?' | b'#', ..] = text.as_bytes() {
        text = text.get(1..)?;
    }
    let mut parameters = Vec::new();
    for part in text::parts(text, b'&') {
        if !part.is_empty() {
            let (name, value) = text::cut(part, b'=').unwrap_or((part, ""));
            parameters.push((decode(name)?, decode(value)?));
        }
    }
    Some(parameters)
}

fn decode(text: &str) -> Option<String> {
    let (bytes, is_well_formed) = percent::decode(text, true);
    text::from_utf8(&bytes).filter(|_| is_well_formed)
}
