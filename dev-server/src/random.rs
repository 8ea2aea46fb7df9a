//! Unpredictable bytes, and the identifiers made of them.

use crate::refusal::Refusal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::{Builder, Uuid};

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
    Ok(uuid_from(bytes()?))
}

/// The given bytes in the form of a version 4 UUID.
pub(crate) fn uuid_from(bytes: [u8; 16]) -> String {
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// A version 7 UUID: it begins with a moment in milliseconds.
pub(crate) fn uuid_of(ms: i64) -> Result<String, Refusal> {
    let moment = u64::try_from(ms).unwrap_or_default();
    Ok(Builder::from_unix_timestamp_millis(moment, &bytes()?).into_uuid().to_string())
}

/// The moment that a version 7 UUID begins with.
pub(crate) fn moment_of(text: &str) -> Option<i64> {
    let uuid = Uuid::parse_str(text).ok().filter(|uuid| uuid.get_version_num() == 7)?;
    let (seconds, nanoseconds) = uuid.get_timestamp()?.to_unix();
    i64::try_from(seconds * 1000 + u64::from(nanoseconds / 1_000_000)).ok()
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
