//! Numbers, hex, base64 and parts of texts, without the machinery of the standard library for each of
//! them, which would weigh in the wasm.

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

/// Appends a number of at most 99 as two digits.
pub fn push_two_digits(out: &mut String, value: u32) {
    out.push(char::from(b'0' + (value / 10 % 10) as u8));
    out.push(char::from(b'0' + (value % 10) as u8));
}

/// Lower-case hex without leading zeros, as `SRP_A` travels (an odd number of digits is possible).
pub fn hex_minimal(bytes: &[u8]) -> String {
    let full = hex(without_zeros(bytes));
    match full.strip_prefix('0') {
        Some(rest) => String::from(rest),
        None if full.is_empty() => String::from("0"),
        None => full,
    }
}

/// Lower-case hex, two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(hex_digit(byte >> 4));
        out.push(hex_digit(byte & 15));
    }
    out
}

/// Bytes of a hexadecimal integer: any case, odd length, leading zeros allowed; leading zero bytes
/// dropped. `None` when a character is no hex digit or nothing is there.
pub fn integer_from_hex(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 2 + 1);
    let (mut byte, mut left) = (0, text.len());
    for digit in text.bytes() {
        byte = byte << 4 | nibble(digit)?;
        if left % 2 == 1 {
            out.push(byte);
        }
        left -= 1;
    }
    Some(without_zeros(&out).to_vec())
}

/// An integer's bytes, the highest first, without zeros in front.
pub fn without_zeros(mut bytes: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

/// Standard base64 with padding (RFC 4648, section 4).
pub fn base64(bytes: &[u8]) -> String {
    let mut out = encoded(bytes, -15, 3);
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

/// Base64 in the URL alphabet without padding (RFC 4648, section 5).
pub fn base64url(bytes: &[u8]) -> String {
    encoded(bytes, -13, 49)
}

/// SECURITY: what is encoded may be secret: no branch and no table depends on it. Each range of the
/// alphabet adds its distance to the one before where the value lies beyond its start; the last two
/// are those of the symbols 62 and 63.
fn encoded(bytes: &[u8], distance_62: i16, distance_63: i16) -> String {
    let mut out = String::with_capacity(bytes.len() / 3 * 4 + 4);
    let (mut bits, mut count) = (0u32, 0);
    let mut push = |six: u32| {
        let value = (six & 63) as i16;
        let beyond = |last: i16, distance: i16| ((last - value) >> 8) & distance;
        let symbol = value + 65 + beyond(25, 6) + beyond(51, -75);
        let symbol = symbol + beyond(61, distance_62) + beyond(62, distance_63);
        out.push(char::from(symbol as u8));
    };
    for &byte in bytes {
        bits = bits << 8 | u32::from(byte);
        count += 8;
        while count >= 6 {
            count -= 6;
            push(bits >> count);
        }
    }
    if count > 0 {
        push(bits << (6 - count));
    }
    out
}

/// Bytes of base64 in either alphabet, padded or not, as Cognito and its proxies write it.
pub fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let text = without_end(text, b'=').as_bytes();
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count, mut wrong) = (0u32, 0, 0);
    for &byte in text {
        // SECURITY: as in `encoded`. Each range adds one more than the value; outside of all it is -1.
        let symbol = i16::from(byte);
        let within = |first: i16, last: i16, add: i16| {
            (((first - 1 - symbol) & (symbol - last - 1)) >> 8) & (symbol + add)
        };
        let one = |at: i16, value: i16| within(at, at, value + 1 - at);
        let letters = within(65, 90, -64) + within(97, 122, -70) + within(48, 57, 5);
        let value = letters + one(43, 62) + one(45, 62) + one(47, 63) + one(95, 63) - 1;
        wrong |= value;
        bits = bits << 6 | (value & 63) as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    let rest = bits & ((1 << count) - 1);
    (wrong >= 0 && count < 6 && rest == 0).then_some(out)
}

/// Text of bytes in UTF-8 (RFC 3629): `None` for what is none, as the standard library has it.
pub fn from_utf8(bytes: &[u8]) -> Option<String> {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&first) = rest.next() {
        // A character of one byte begins with no set bit, one of n bytes with n of them.
        let length = first.leading_ones();
        let mut code = u32::from(first) & (0x7f >> length);
        for _ in 1..length {
            let byte = *rest.next()?;
            (byte & 0xc0 == 0x80).then_some(())?;
            code = code << 6 | u32::from(byte & 0x3f);
        }
        let c = char::from_u32(code).filter(|c| c.len_utf8() == length.max(1) as usize)?;
        // A byte that only goes on, and more bytes than any character has, begin nothing.
        (length != 1 && length < 5).then_some(())?;
        out.push(c);
    }
    Some(out)
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

fn hex_digit(value: u8) -> char {
    char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 })
}

pub(super) fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_print_as_the_standard_library_prints_them() {
        for value in [0, 7, 10, -1, 1_780_000_000_123, i64::MAX, i64::MIN] {
            let mut out = String::new();
            push_integer(&mut out, value);
            assert_eq!(out, value.to_string());
        }
    }

    #[test]
    fn hex_integers_lose_case_length_and_leading_zeros() {
        assert_eq!(integer_from_hex("000F0a").unwrap(), [0x0f, 0x0a]);
        assert_eq!(integer_from_hex("abc").unwrap(), [0x0a, 0xbc]);
        assert!(integer_from_hex("0").unwrap().is_empty());
        assert_eq!(integer_from_hex(""), None);
        assert_eq!(integer_from_hex("0x12"), None);
        assert_eq!(hex_minimal(&[0, 0x0a, 0xbc]), "abc");
        assert_eq!(hex_minimal(&[0]), "0");
    }

    #[test]
    fn base64_is_read_in_both_alphabets() {
        let bytes = [0xfb, 0xff, 0x01];

        assert_eq!(base64_decode("+/8B").unwrap(), bytes);
        assert_eq!(base64_decode("-_8B").unwrap(), bytes);
        assert_eq!(base64_decode(&base64(&[1])).unwrap(), [1]);
        assert_eq!(base64_decode("%%"), None);
    }

    #[test]
    fn base64_agrees_with_the_reference() {
        use base64ct::{Base64, Base64UrlUnpadded, Encoding};

        let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        for (start, length) in (0..400).flat_map(|start| (0..70).map(move |length| (start, length)))
        {
            let part = &bytes[start..start + length];
            assert_eq!(base64(part), Base64::encode_string(part));
            assert_eq!(base64url(part), Base64UrlUnpadded::encode_string(part));
            assert_eq!(base64_decode(&base64(part)).unwrap(), part);
        }
        for first in 0..=255u8 {
            for text in [[first, b'A', b'A', b'A'], [b'A', b'A', b'A', first]] {
                let Ok(text) = str::from_utf8(&text) else { continue };
                let url = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
                let expected = Base64UrlUnpadded::decode_vec(&url).ok();
                assert_eq!(base64_decode(text), expected, "{text}");
            }
        }
        for (text, bytes) in
            [("", Some(vec![])), ("A", None), ("AB", None), ("AA", Some(vec![0])), ("A=A", None)]
        {
            assert_eq!(base64_decode(text), bytes, "{text}");
        }
    }

    #[test]
    fn texts_are_those_of_the_standard_library() {
        let starts = [0, 0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef];
        let starts = starts.into_iter().chain([0xf0, 0xf1, 0xf4, 0xf5, 0xf8, 0xfc, 0xfe, 0xff]);
        let others = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc3, 0xff];
        for first in starts {
            for at in 0..others.len().pow(4) {
                let other = |place: u32| others[at / others.len().pow(place) % others.len()];
                let bytes = [first, other(0), other(1), other(2), other(3)];
                for length in 0..=bytes.len() {
                    let part = &bytes[..length];
                    let expected = String::from_utf8(part.to_vec()).ok();
                    assert_eq!(from_utf8(part), expected, "{part:?}");
                }
            }
        }
    }

    #[test]
    fn words_are_counted_from_the_first() {
        assert_eq!(word("a bc d ", "a"), Some(0));
        assert_eq!(word("a bc d ", "d"), Some(2));
        for none in ["", "b", "c", "a bc", "d "] {
            assert_eq!(word("a bc d ", none), None, "{none}");
        }
    }

    #[test]
    fn parts_are_those_of_the_standard_library() {
        for text in [
            "",
            ".",
            "a",
            "a.b",
            "a..b",
            ".a.",
            "äö.ü",
            "0.00.12x",
            "18446744073709551616",
            "+1",
            "007",
        ] {
            assert_eq!(cut(text, b'.'), text.split_once('.'));
            assert_eq!(until(text, b'.'), text.split('.').next().unwrap());
            assert_eq!(without_end(text, b'.'), text.trim_end_matches('.'));
            assert_eq!(parts(text, b'.'), text.split('.').collect::<Vec<_>>());
            assert_eq!(join(&parts(text, b'.'), ", "), text.replace('.', ", "));
            for part in ["a", ".b", "ü", "longer than all of them"] {
                assert_eq!(has(text, part), text.contains(part));
            }
            let number = text.parse().ok().filter(|_: &u64| !text.starts_with('+'));
            assert_eq!(whole_number(text), number, "{text}");
        }
    }
}
