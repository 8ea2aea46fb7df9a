//! Bytes as text and back: hexadecimal, base64 and UTF-8.

use super::without_end;

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

fn hex_digit(value: u8) -> char {
    char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 })
}

/// The value of a hexadecimal digit.
pub fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
