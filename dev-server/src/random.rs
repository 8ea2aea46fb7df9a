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
    let hex = crate::hex::encode(&bytes);
    let mut out = String::with_capacity(36);
    for (i, c) in hex.chars().enumerate() {
        if matches!(i, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(c);
    }
    out
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
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz012345";
    let mut out = String::with_capacity(length);
    for _ in 0..length {
        let [byte] = bytes::<1>()?;
        out.push(char::from(ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'a')));
    }
    Ok(out)
}
