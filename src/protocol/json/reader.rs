//! Reads JSON texts (RFC 8259): strict, without recursion beyond a bound.

use super::Value;
use crate::protocol::text::nibble;

/// Deepest nesting that is read: hostile input must not exhaust the stack.
const MAX_DEPTH: usize = 64;

/// A text and how far it has been read.
pub(super) struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Whether half a surrogate pair reads as the replacement character.
    takes_halves: bool,
}

impl<'a> Reader<'a> {
    /// The one value that a text is, and nothing after it.
    pub(super) fn whole(text: &'a str, takes_halves: bool) -> Option<Value> {
        let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, takes_halves };
        let value = reader.value(0)?;
        reader.space();
        (reader.at == reader.bytes.len()).then_some(value)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Whether this byte comes next; if so it is taken.
    fn skip(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// The same behind space.
    fn mark(&mut self, byte: u8) -> bool {
        self.space();
        self.skip(byte)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let end = self.at.checked_add(word.len())?;
        (self.bytes.get(self.at..end)? == word.as_bytes()).then(|| self.at = end)?;
        Some(value)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.space();
        match self.peek()? {
            b'n' => self.word("null", Value::Null),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'"' => self.string().map(Value::String),
            b'[' => self.array(depth),
            b'{' => self.object(depth),
            _ => self.number(),
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.take()?;
        let mut items = Vec::new();
        if self.mark(b']') {
            return Some(Value::from(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.mark(b']') {
                return Some(Value::from(items));
            }
            self.mark(b',').then_some(())?;
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.take()?;
        let mut members = Vec::new();
        if self.mark(b'}') {
            return Some(Value::from_members(members));
        }
        loop {
            self.space();
            let name = self.string()?;
            self.mark(b':').then_some(())?;
            members.push((name, self.value(depth + 1)?));
            if self.mark(b'}') {
                return Some(Value::from_members(members));
            }
            self.mark(b',').then_some(())?;
        }
    }

    fn string(&mut self) -> Option<String> {
        self.skip(b'"').then_some(())?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..b' ') {
                self.at += 1;
            }
            // What ends a part is ASCII, so that the part is text of its own.
            out.push_str(self.text.get(start..self.at)?);
            match self.take()? {
                b'"' => return Some(out),
                b'\\' => out.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        Some(match self.take()? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let unit = self.hex4()?;
                let after = self.at;
                if (0xd800..0xdc00).contains(&unit) && self.word("\\u", Value::Null).is_some() {
                    let low = self.hex4()?;
                    if (0xdc00..0xe000).contains(&low) {
                        return char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
                    }
                    self.at = after;
                }
                match char::from_u32(unit) {
                    Some(char) => char,
                    None => self.takes_halves.then_some('\u{fffd}')?,
                }
            }
            c @ (b'"' | b'\\' | b'/') => char::from(c),
            _ => return None,
        })
    }

    fn hex4(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | u32::from(nibble(self.take()?)?);
        }
        Some(unit)
    }

    fn number(&mut self) -> Option<Value> {
        let negative = self.skip(b'-');
        let leading = self.peek();
        let mut number = 0.0;
        // A leading zero must stand alone.
        if self.digits(&mut number)? > 1 && leading == Some(b'0') {
            return None;
        }
        let mut exponent = 0;
        if self.skip(b'.') {
            exponent = -self.digits(&mut number)?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            let down = self.skip(b'-');
            let _ = !down && self.skip(b'+');
            let mut power = 0.0;
            self.digits(&mut power)?;
            let power = power.min(MAX_EXPONENT) as i32;
            exponent += if down { -power } else { power };
        }
        let factor = ten_to(exponent.unsigned_abs());
        number = if exponent < 0 { number / factor } else { number * factor };
        Some(Value::Number(if negative { -number } else { number }))
    }

    /// Reads digits into a number and says how many there were, at least one.
    fn digits(&mut self, number: &mut f64) -> Option<i32> {
        let start = self.at;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            *number = *number * 10.0 + f64::from(digit - b'0');
            self.at += 1;
        }
        (self.at > start).then_some((self.at - start) as i32)
    }
}

/// Larger ones lead to zero or beyond all numbers as well.
const MAX_EXPONENT: f64 = 400.0;
/// The largest power of ten that is a number: zero times one beyond would be none.
const MAX_PLACES: u32 = 308;

fn ten_to(places: u32) -> f64 {
    (0..places.min(MAX_PLACES)).fold(1.0, |power, _| power * 10.0)
}
