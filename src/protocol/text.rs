//! Numbers, hex and base64 as text, without the formatting machinery that would weigh in the wasm.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};

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
    let full = hex(bytes);
    let trimmed = full.trim_start_matches('0');
    if trimmed.is_empty() { String::from("0") } else { String::from(trimmed) }
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
    let text = text.as_bytes();
    let mut out = Vec::with_capacity(text.len() / 2 + 1);
    let (head, pairs) = text.split_at(text.len() % 2);
    if let Some(&digit) = head.first() {
        out.push(nibble(digit)?);
    }
    for pair in pairs.chunks_exact(2) {
        let [high, low] = pair else { return None };
        out.push(nibble(*high)? << 4 | nibble(*low)?);
    }
    let zeros = out.iter().take_while(|byte| **byte == 0).count();
    Some(out.split_off(zeros))
}

/// Standard base64 with padding (RFC 4648, section 4).
pub fn base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

/// Bytes of base64 in either alphabet, padded or not, as Cognito and its proxies write it.
pub fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let url: String = text
        .trim_end_matches('=')
        .chars()
        .map(|c| match c {
            '+' => '-',
            '/' => '_',
            other => other,
        })
        .collect();
    Base64UrlUnpadded::decode_vec(&url).ok()
}

/// Base64 in the URL alphabet without padding (RFC 4648, section 5).
pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn hex_digit(value: u8) -> char {
    char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 })
}

fn nibble(digit: u8) -> Option<u8> {
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
}
