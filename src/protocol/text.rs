//! Numbers, names and parts of texts, without the machinery of the standard library for each of
//! them, which would weigh in the wasm.

mod encoding;

pub use encoding::*;

/// Appends a whole number in decimal.
pub fn push_integer(out: &mut String, value: i64) {
    let mut digits = [0u8; 20];
    let mut rest = value.unsigned_abs();
    let mut used = 0;
    for slot in digits.iter_mut().rev() {
        *slot = b'0' + (rest % 10) as u8;
        rest /= 10;
        used += 1;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    for digit in digits.iter().skip(digits.len() - used) {
        out.push(char::from(*digit));
    }
}

/// A name without white space at either end, which pasting and autofill leave there.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// A code as it was meant: without white space, with plain digits.
pub fn code(text: &str) -> String {
    let mut code = String::new();
    for char in text.chars().filter(|char| !is_blank(*char)) {
        code.push(match char {
            FULL_WIDTH_ZERO..='\u{ff19}' => {
                char::from(b'0' + (char as u32 - FULL_WIDTH_ZERO as u32) as u8)
            }
            plain => plain,
        });
    }
    code
}

const FULL_WIDTH_ZERO: char = '\u{ff10}';

/// White space (Unicode), and characters that cannot be seen: marks of direction, joiners, soft hyphens.
fn is_blank(char: char) -> bool {
    matches!(
        char,
        '\t'..='\r' | ' ' | '\u{85}' | '\u{a0}' | '\u{ad}' | '\u{1680}' | '\u{180e}'
            | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
            | '\u{3000}' | '\u{feff}'
    )
}

/// Appends a number of at most 99 as two digits.
pub fn push_two_digits(out: &mut String, value: u32) {
    out.push(char::from(b'0' + (value / 10 % 10) as u8));
    out.push(char::from(b'0' + (value % 10) as u8));
}

/// What stands before and behind the first mark; `None` where there is none.
pub fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// What stands before the first mark, or all.
pub fn until(text: &str, mark: u8) -> &str {
    cut(text, mark).map_or(text, |(before, _)| before)
}

/// The parts of a text between its marks: one more than there are marks.
pub fn parts(mut text: &str, mark: u8) -> Vec<&str> {
    let mut parts = Vec::new();
    while let Some((part, rest)) = cut(text, mark) {
        parts.push(part);
        text = rest;
    }
    parts.push(text);
    parts
}

/// Texts behind each other, with a separator between them.
pub fn join<S: AsRef<str>>(texts: &[S], separator: &str) -> String {
    let mut out = String::new();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        out.push_str(text.as_ref());
    }
    out
}

/// Which of a text's words, each with a space behind it, this is.
pub fn word(mut words: &str, wanted: &str) -> Option<usize> {
    let mut at = 0;
    while let Some((word, rest)) = cut(words, b' ') {
        if word == wanted {
            return Some(at);
        }
        at += 1;
        words = rest;
    }
    None
}

/// Whether a text has a part, which is not empty.
pub fn has(text: &str, part: &str) -> bool {
    find(text, part).is_some()
}

/// Where a text has a part, which is not empty.
pub fn find(text: &str, part: &str) -> Option<usize> {
    text.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())
}

/// The text without marks at its end.
pub fn without_end(mut text: &str, mark: u8) -> &str {
    while text.as_bytes().last() == Some(&mark) {
        text = text.get(..text.len() - 1).unwrap_or_default();
    }
    text
}

/// A whole number in decimal, without sign.
pub fn whole_number(text: &str) -> Option<u64> {
    let digit = |number: u64, byte: u8| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then_some(())?;
        number.checked_mul(10)?.checked_add(u64::from(digit))
    };
    let all = text.bytes().try_fold(0, digit);
    all.filter(|_| !text.is_empty())
}

#[cfg(test)]
mod tests;
