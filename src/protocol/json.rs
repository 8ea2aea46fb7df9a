//! JSON as one dynamic type, so that the wasm carries one reader and one writer instead of a pair
//! for each message.

mod owned;
mod reader;

use super::text::push_integer;
use owned::{Owned, into_inner, owned};
use reader::Reader;

/// A JSON value. Objects keep their order; the last of two equal names wins on reading.
#[derive(Clone, PartialEq)]
#[cfg_attr(any(test, debug_assertions), derive(Debug))]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number. Written with at most three decimals: the protocol has no finer ones.
    Number(f64),
    /// A string
    String(String),
    /// An array
    Array(Owned<Vec<Value>>),
    /// An object
    Object(Owned<Vec<(String, Value)>>),
}

impl Value {
    /// Reads a JSON text (RFC 8259). `None` for anything that is not one whole value.
    pub fn parse(text: &str) -> Option<Value> {
        Reader::whole(text, false)
    }

    /// [`Value::parse`], where half a surrogate pair reads as the replacement character: a text of
    /// JavaScript, or a claim, may have been cut in the middle of one.
    pub fn parse_lossy(text: &str) -> Option<Value> {
        Reader::whole(text, true)
    }

    /// The value as JSON text.
    pub fn write(&self) -> String {
        let mut out = String::new();
        self.write_to(&mut out);
        out
    }

    /// An empty object.
    pub fn object() -> Value {
        Value::from_members(Vec::new())
    }

    /// An object of these members.
    pub fn from_members(members: Vec<(String, Value)>) -> Value {
        Value::Object(owned(members))
    }

    /// The members of an object, owned; `None` for other values.
    pub fn into_members(self) -> Option<Vec<(String, Value)>> {
        match self {
            Value::Object(members) => Some(into_inner(members)),
            _ => None,
        }
    }

    /// The object with one member more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Value {
        self.put(name, value.into());
        self
    }

    /// Gives the object one member more, which is a text.
    #[inline(never)]
    pub fn put_text(&mut self, name: &str, text: &str) {
        self.put(name, Value::from(text));
    }

    /// Gives the object one member more. Not generic, and once in the wasm.
    #[inline(never)]
    pub fn put(&mut self, name: &str, value: Value) {
        if let Value::Object(members) = self {
            members.push((String::from(name), value));
        }
    }

    /// Gives the object this member in place of the one it has; `Null` removes it.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Value::Object(members) = self {
            members.retain(|(key, _)| key != name);
        }
        if value != Value::Null {
            self.put(name, value);
        }
    }

    /// Takes over the members of another object, behind its own.
    pub fn append(&mut self, other: Value) {
        if let (Value::Object(members), Some(mut more)) = (self, other.into_members()) {
            members.append(&mut more);
        }
    }

    /// The object with one member more where there is a value for it.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Value {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Member of an object; `null` counts as absent.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let Value::Object(members) = self else { return None };
        let (_, value) = members.iter().rev().find(|(key, _)| key == name)?;
        (!matches!(value, Value::Null)).then_some(value)
    }

    /// Text of a member that is a string.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Text of a member that is a string, owned.
    pub fn string(&self, name: &str) -> Option<String> {
        self.str(name).map(String::from)
    }

    /// Number of a member that is a number.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.get(name)? {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether a member is `true`.
    pub fn is_true(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Bool(true)))
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Items of an array; nothing for other values.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// Texts of an array's strings; other items are passed over.
    pub fn strings(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for item in self.items() {
            if let Some(text) = item.as_str() {
                texts.push(String::from(text));
            }
        }
        texts
    }

    /// Members of an object; nothing for other values.
    pub fn members(&self) -> &[(String, Value)] {
        match self {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// Whether this is an object of strings.
    pub fn has_only_text(&self) -> bool {
        matches!(self, Self::Object(_))
            && self.members().iter().all(|(_, value)| value.as_str().is_some())
    }

    /// An object's members that are strings, as pairs.
    pub fn string_pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for (name, value) in self.members() {
            if let Some(text) = value.as_str() {
                pairs.push((name.clone(), String::from(text)));
            }
        }
        pairs
    }

    /// An object of strings.
    pub fn from_pairs<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)]) -> Value {
        let mut object = Value::object();
        for (name, text) in pairs {
            object.put_text(name.as_ref(), text.as_ref());
        }
        object
    }

    /// An array of strings.
    pub fn from_strings<S: AsRef<str>>(texts: &[S]) -> Value {
        let mut items = Vec::new();
        for text in texts {
            items.push(Value::from(text.as_ref()));
        }
        Value::from(items)
    }

    fn write_to(&self, out: &mut String) {
        match self {
            Value::Null => out.push_str("null"),
            Value::Bool(true) => out.push_str("true"),
            Value::Bool(false) => out.push_str("false"),
            Value::Number(number) => write_number(*number, out),
            Value::String(text) => write_string(text, out),
            Value::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_to(out);
                }
                out.push(']');
            }
            Value::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_string(name, out);
                    out.push(':');
                    value.write_to(out);
                }
                out.push('}');
            }
        }
    }
}

impl From<&str> for Value {
    #[inline(never)]
    fn from(text: &str) -> Self {
        Value::String(String::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Value::String(text.clone())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Number(value)
    }
}

impl From<u64> for Value {
    /// The largest integer that is written stands for those beyond it.
    fn from(value: u64) -> Self {
        Value::Number(value.min((1 << 53) - 1) as f64)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::Array(owned(items))
    }
}

fn write_number(number: f64, out: &mut String) {
    // Beyond 2^53 a double is no exact integer, and JSON has no infinities.
    if number.is_nan() || number.abs() >= 9_007_199_254_740_992.0 {
        return out.push_str("null");
    }
    if number < 0.0 {
        out.push('-');
    }
    let size = number.abs();
    let mut whole = size as i64;
    let mut thousandths = ((size - whole as f64) * 1000.0 + 0.5) as u32;
    if thousandths == 1000 {
        whole += 1;
        thousandths = 0;
    }
    push_integer(out, whole);
    if thousandths > 0 {
        out.push('.');
        for divisor in [100, 10, 1] {
            out.push(char::from(b'0' + (thousandths / divisor % 10) as u8));
        }
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let mark = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            0..b' ' => "\\u00",
            _ => continue,
        };
        // What is escaped is ASCII, so that the part before is text of its own.
        out.push_str(text.get(start..at).unwrap_or_default());
        out.push_str(mark);
        if mark.len() > 2 {
            out.push_str(&super::text::hex(&[byte]));
        }
        start = at + 1;
    }
    out.push_str(text.get(start..).unwrap_or_default());
    out.push('"');
}

#[cfg(test)]
mod tests;
