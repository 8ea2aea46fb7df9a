//! The server's side of Cognito's dialect of SRP-6a: the 3072-bit group with generator 2, SHA-256,
//! minimal two's-complement padding in every hash, and a key that signs a claim in place of a proof.
//! The big numbers are `crypto-bigint`'s; the group, the formulas and the paddings are ours.

use crate::random;
use crate::refusal::Refusal;
use crate::store::Verifier;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd, U3072};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use subtle::ConstantTimeEq;

/// The group of RFC 3526 (number 15), with generator 2 where RFC 5054 has 5. On the heap: numbers whose size is a type's
/// would be compiled with this crate, without optimisation in a debug build.
static GROUP: LazyLock<BoxedMontyParams> =
    LazyLock::new(|| BoxedMontyParams::new_vartime(Odd::<U3072>::from_be_hex(N).into()));

/// The generator.
const G: &[u8] = &[2];

/// A verifier of a new password, with a salt of its own.
pub(crate) fn make_verifier(
    group_name: &str,
    identity: &str,
    password: &str,
) -> Result<Verifier, Refusal> {
    let salt = random::bytes::<16>()?;
    Ok(derive_verifier(group_name, identity, password, &salt))
}

/// Whether a password is the one behind a verifier.
pub(crate) fn is_password(
    stored: &Verifier,
    group_name: &str,
    identity: &str,
    password: &str,
) -> bool {
    let Some(salt) = from_hex(&stored.salt) else { return false };
    let derived = derive_verifier(group_name, identity, password, &salt);
    derived.verifier.as_bytes().ct_eq(stored.verifier.as_bytes()).into()
}

/// v = g^x mod N, x = H(PAD(s) | H(group name | identity | ":" | password))
fn derive_verifier(group_name: &str, identity: &str, password: &str, salt: &[u8]) -> Verifier {
    let inner = Sha256::new()
        .chain_update(group_name)
        .chain_update(identity)
        .chain_update(":")
        .chain_update(password)
        .finalize();
    let x = Sha256::new().chain_update(pad(salt)).chain_update(inner).finalize();
    Verifier { salt: trimmed_hex(salt), verifier: trimmed_hex(&bytes_of(&power(&modulo(G), &x))) }
}

/// B = (k·v + g^b) mod N, as it goes over the wire.
pub(crate) fn b_public(verifier: &str, b_secret: &[u8]) -> Option<String> {
    let v = element(&from_hex(verifier)?)?;
    Some(trimmed_hex(&bytes_of(&(multiplier() * v + power(&modulo(G), b_secret)))))
}

/// Reads A as a client sent it: nothing when it is no number, too long, or 0 mod N.
pub(crate) fn read_a_public(text: &str) -> Option<String> {
    if text.is_empty() || text.len() > 2 * U3072::BYTES + 2 {
        return None;
    }
    let bytes = from_hex(text)?;
    let is_zero = bool::from(element(&bytes)?.retrieve().is_zero());
    (!is_zero).then(|| trimmed_hex(&bytes))
}

/// The 16-byte key that both sides derive; nothing when u = 0 or a part is no number.
///
/// u = H(PAD(A) | PAD(B)), S = (A·v^u)^b mod N, K = HKDF(salt PAD(u), PAD(S))
pub(crate) fn derive_key(
    verifier: &str,
    a_public: &str,
    b_secret: &[u8],
    b_public: &str,
) -> Option<[u8; 16]> {
    let u_hash = Sha256::new()
        .chain_update(pad(&from_hex(a_public)?))
        .chain_update(pad(&from_hex(b_public)?))
        .finalize();
    if u_hash.iter().all(|byte| *byte == 0) {
        return None;
    }
    let (a, v) = (element(&from_hex(a_public)?)?, element(&from_hex(verifier)?)?);
    let s = power(&(a * power(&v, &u_hash)), b_secret);
    let extracted = hmac(&pad(&u_hash), &[&pad(&bytes_of(&s))]);
    let expanded = hmac(&extracted, &[b"Caldera Derived Key", &[1]]);
    expanded.first_chunk::<16>().copied()
}

/// What the client's signature must be: HMAC of group name, identity, secret block and timestamp.
pub(crate) fn signature(
    key: &[u8; 16],
    group_name: &str,
    identity: &str,
    secret_block: &[u8],
    timestamp: &str,
) -> [u8; 32] {
    hmac(key, &[group_name.as_bytes(), identity.as_bytes(), secret_block, timestamp.as_bytes()])
}

/// HMAC-SHA-256 over the concatenation of the parts.
pub(crate) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        // HMAC takes keys of any length; the branch is unreachable, and refusing all is its answer.
        Err(_) => return [0; 32],
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// k = H(PAD(N) | PAD(g))
fn multiplier() -> BoxedMontyForm {
    let n = BoxedUint::to_be_bytes(GROUP.modulus().as_ref());
    let k = Sha256::new().chain_update(pad(&n)).chain_update(G).finalize();
    modulo(&k)
}

/// A number of any size below 2^3072, modulo N.
fn element(bytes: &[u8]) -> Option<BoxedMontyForm> {
    (trim(bytes).len() <= U3072::BYTES).then(|| modulo(bytes))
}

fn modulo(bytes: &[u8]) -> BoxedMontyForm {
    BoxedMontyForm::new(number(bytes), &GROUP)
}

/// The time it takes depends on the number of bytes only, which is no secret.
fn power(base: &BoxedMontyForm, exponent: &[u8]) -> BoxedMontyForm {
    let bits = u32::try_from(8 * exponent.len()).unwrap_or(u32::MAX);
    base.pow_bounded_exp(&number(exponent), bits.min(U3072::BITS))
}

fn bytes_of(element: &BoxedMontyForm) -> Vec<u8> {
    element.retrieve().to_be_bytes_trimmed_vartime().into_vec()
}

/// The number that the last 384 bytes are.
fn number(bytes: &[u8]) -> BoxedUint {
    let mut all = [0; U3072::BYTES];
    for (place, byte) in all.iter_mut().rev().zip(bytes.iter().rev()) {
        *place = *byte;
    }
    BoxedUint::from_be_slice_vartime(&all)
}

/// The shortest big-endian two's complement: no leading zero bytes, but one where the top bit is set.
pub(crate) fn pad(bytes: &[u8]) -> Vec<u8> {
    let trimmed = trim(bytes);
    let mut out = Vec::with_capacity(trimmed.len() + 1);
    if trimmed.first().is_none_or(|first| *first >= 0x80) {
        out.push(0);
    }
    out.extend_from_slice(trimmed);
    out
}

fn trim(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// Reads hex of any length: an odd number of digits gets a leading zero.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let zero = if text.len() % 2 == 1 { "0" } else { "" };
    hex::decode(format!("{zero}{text}")).ok()
}

/// Lower-case hex without leading zeros, odd length included.
fn trimmed_hex(bytes: &[u8]) -> String {
    let text = hex::encode(bytes);
    let trimmed = text.trim_start_matches('0');
    if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() }
}

const N: &str = concat!(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74",
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437",
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed",
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf05",
    "98da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb",
    "9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b",
    "e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf695581718",
    "3995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33",
    "a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7",
    "abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864",
    "d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2",
    "08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
);

#[cfg(test)]
mod tests;
