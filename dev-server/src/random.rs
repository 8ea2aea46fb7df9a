//! Unpredictable bytes, and the identifiers made of them.

use crate::refusal::Refusal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `N` bytes from the operating system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Refusal> {
    let mut out = [0; N];
    getrandom::fill(&mut out).map_err(Refusal::internal)?;
    Ok(out)
}

/// `N` bytes as base64url without padding.
pub(crate) fn base64url<const N: usize>() -> Result<String, Refusal> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<N>()?))
}

/// A version 4 UUID.
pub(crate) fn uuid() -> Result<String, Refusal> {
    Ok(uuid_from(bytes::<16>()?))
}

/// The given bytes in the form of a version 4 UUID.
pub(crate) fn uuid_from(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    hyphenated(&bytes)
}

fn hyphenated(bytes: &[u8; 16]) -> String {
    let hex = crate::hex::encode(bytes);
    let mut out = String::with_capacity(36);
    for (i, c) in hex.chars().enumerate() {
        if matches!(i, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(c);
    }
    out
}

/// A version 7 UUID: it begins with a moment in milliseconds.
pub(crate) fn uuid_of(ms: i64) -> Result<String, Refusal> {
    let mut bytes = bytes::<16>()?;
    let moment = ms.max(0).to_be_bytes();
    for (byte, part) in bytes.iter_mut().zip(moment.iter().skip(2)) {
        *byte = *part;
    }
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Ok(hyphenated(&bytes))
}

/// The moment that a version 7 UUID begins with.
pub(crate) fn moment_of(uuid: &str) -> Option<i64> {
    let is_timed = uuid.len() == 36 && uuid.get(14..15) == Some("7");
    let digits = format!("{}{}", uuid.get(..8)?, uuid.get(9..13)?);
    i64::from_str_radix(&digits, 16).ok().filter(|_| is_timed)
}

/// A code of `digits` decimal digits.
pub(crate) fn code(digits: u32) -> Result<String, Refusal> {
    let range = 10u64.saturating_pow(digits);
    // 64 random bits over at most 10^8 values: the bias is below 2^-37.
    let number = u64::from_be_bytes(bytes::<8>()?) % range.max(1);
    Ok(format!("{number:0width$}", width = digits as usize))
}

/// `length` characters of `a-z0-9`, the form of a client id.
pub(crate) fn alphanumeric(length: usize) -> Result<String, Refusal> {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut out = String::with_capacity(length);
    while out.len() < length {
        let bytes = bytes::<64>()?;
        // Of 256 values the last four would make four letters likelier than the others.
        let fair = bytes.iter().filter(|byte| **byte < 252);
        let letters = fair.filter_map(|byte| ALPHABET.get(usize::from(byte % 36)));
        out.extend(letters.take(length - out.len()).copied().map(char::from));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_letter_and_digit_comes() {
        let text = alphanumeric(4000).unwrap();

        assert_eq!(text.len(), 4000);
        assert_eq!(text.chars().collect::<BTreeSet<_>>().len(), 36);
        assert_eq!(alphanumeric(26).unwrap().len(), 26);
    }

    #[test]
    fn uuid_of_a_moment_tells_it() {
        let uuid = uuid_of(1_700_000_000_123).unwrap();

        assert_eq!(moment_of(&uuid), Some(1_700_000_000_123));
        assert_eq!((uuid.len(), &uuid[14..15]), (36, "7"));
        assert_eq!(moment_of(&super::uuid().unwrap()), None);
        for text in ["", "018bcfe5-687b-7", "zzzzzzzz-zzzz-7zzz-8zzz-zzzzzzzzzzzz"] {
            assert_eq!(moment_of(text), None, "{text}");
        }
    }
}
