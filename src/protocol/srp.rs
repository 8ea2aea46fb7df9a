//! Cognito's dialect of SRP-6a: 3072-bit group, g = 2, SHA-256, minimal two's-complement padding,
//! and an HKDF key that signs a claim instead of the proof M1. One function per symbol; every one is
//! pinned by `tests/vectors/srp_vectors.json`.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::date;
use super::error::Violation;
use super::group::{self, Arithmetic};
use super::impossible;
use super::secret::Secret;
use super::text;

/// k = SHA-256(PAD(N) || PAD(g)), a constant of the group.
pub const K: [u8; 32] = [
    0x53, 0x82, 0x82, 0xc4, 0x35, 0x47, 0x42, 0xd7, 0xcb, 0xbd, 0xe2, 0x35, 0x9f, 0xcf, 0x67, 0xf9,
    0xf5, 0xb3, 0xa6, 0xb0, 0x87, 0x91, 0xe5, 0x01, 0x1b, 0x43, 0xb8, 0xa5, 0xb6, 0x6d, 0x9e, 0xe6,
];

const HKDF_INFO: &[u8] = b"Caldera Derived Key\x01";

/// One secret exponent `a` with its public value A = g^a mod N. Used for one proof, then gone.
#[derive(Clone)]
pub struct Ephemeral {
    a: Secret<Vec<u8>>,
    public: Option<Vec<u8>>,
}

impl Ephemeral {
    /// An ephemeral of `a`, big-endian. 256 random bits are what RFC 5054 (section 2.5.4) asks for.
    pub fn new(a: Secret<Vec<u8>>) -> Self {
        Self { a, public: None }
    }

    /// An ephemeral whose public value was computed ahead of time.
    pub fn prepared(a: Secret<Vec<u8>>, public: Vec<u8>) -> Self {
        Self { a, public: Some(public) }
    }

    /// `SRP_A` as it travels: lower-case hex without leading zeros.
    pub fn wire(&self, arithmetic: &dyn Arithmetic) -> String {
        text::hex_minimal(&self.public(arithmetic))
    }

    /// A = g^a mod N, without leading zeros.
    pub fn public(&self, arithmetic: &dyn Arithmetic) -> Vec<u8> {
        match &self.public {
            Some(public) => public.clone(),
            None => group::generator_power(self.a.expose("exponent of A"), arithmetic),
        }
    }
}

/// An ephemeral for one step of a conversation, and where its powers come from.
pub struct Spare<'a> {
    /// The ephemeral.
    pub ephemeral: Ephemeral,
    /// Where powers come from.
    pub arithmetic: &'a dyn Arithmetic,
}

impl Spare<'_> {
    /// `SRP_A` as it travels.
    pub fn wire(&self) -> String {
        self.ephemeral.wire(self.arithmetic)
    }
}

/// Who proves what: the names that go into x and into the signed message.
pub struct Identity<'a> {
    /// Pool name (the pool id after `_`), or the device group key.
    pub group: &'a str,
    /// `USER_ID_FOR_SRP` verbatim, or the device key.
    pub user: &'a str,
    /// Password of the person, or of the device.
    pub password: &'a Secret<String>,
}

/// What the service sends to be proved against.
pub struct Verifier<'a> {
    /// `SRP_B`: a hexadecimal integer.
    pub b: &'a str,
    /// `SALT`: a hexadecimal integer.
    pub salt: &'a str,
    /// `SECRET_BLOCK`: base64.
    pub secret_block: &'a str,
}

/// Every intermediate of one proof, so that a failing vector can name the first that differs.
pub struct Proof {
    /// u = SHA-256(PAD(A) || PAD(B)), before padding.
    pub u: [u8; 32],
    /// x = SHA-256(PAD(salt) || SHA-256(group || user || ":" || password))
    pub x: Secret<[u8; 32]>,
    /// PAD(S)
    pub s: Secret<Vec<u8>>,
    /// First 16 bytes of HKDF-SHA-256(PAD(u), PAD(S), "Caldera Derived Key").
    pub key: Secret<Vec<u8>>,
    /// `PASSWORD_CLAIM_SIGNATURE`: base64.
    pub signature: String,
}

/// Computes the proof for `PASSWORD_VERIFIER` and `DEVICE_PASSWORD_VERIFIER`.
///
/// # Errors
/// B or the salt is no hex integer, B mod N = 0, u = 0, or the secret block is no base64.
pub fn proof(
    identity: &Identity<'_>,
    ephemeral: &Ephemeral,
    verifier: &Verifier<'_>,
    timestamp: &str,
    arithmetic: &dyn Arithmetic,
) -> Result<Proof, Violation> {
    let b = text::integer_from_hex(verifier.b).ok_or(Violation::SrpB)?;
    // SECURITY: B mod N = 0 would fix S for every password (RFC 5054, section 2.5.3).
    if b.len() > MAX_B_BYTES || group::is_zero(&b) {
        return Err(Violation::SrpB);
    }
    let salt = text::integer_from_hex(verifier.salt).ok_or(Violation::SrpSalt)?;
    let block = text::base64_decode(verifier.secret_block).ok_or(Violation::SrpSecretBlock)?;

    let u = u(&ephemeral.public(arithmetic), &b);
    // SECURITY: u = 0 would take the password out of S.
    if u.iter().all(|byte| *byte == 0) {
        return Err(Violation::SrpU);
    }
    let x = x(identity, &salt);
    let (x_bytes, a) = (x.expose("exponent of g^x and S"), ephemeral.a.expose("exponent of S"));
    let s = group::premaster(&b, &K, x_bytes, a, &u, arithmetic).ok_or(Violation::SrpU)?;
    let s = Secret::new(pad(&s));
    let key = key(&u, &s);
    let signature = signature(&key, identity, &block, timestamp);
    Ok(Proof { u, x, s, key, signature })
}

/// v = g^x mod N: what a device registers. Minimal big-endian bytes.
pub fn verifier(identity: &Identity<'_>, salt: &[u8], arithmetic: &dyn Arithmetic) -> Vec<u8> {
    group::generator_power(x(identity, salt).expose("exponent of v"), arithmetic)
}

/// PAD(n): minimal big-endian bytes with one more zero byte exactly when the top bit is set.
pub fn pad(integer: &[u8]) -> Vec<u8> {
    let minimal = text::without_zeros(integer);
    let mut out = Vec::with_capacity(minimal.len() + 1);
    if minimal.first().is_none_or(|byte| *byte & 0x80 != 0) {
        out.push(0);
    }
    out.extend_from_slice(minimal);
    out
}

/// `TIMESTAMP`: UTC, English, day of the month without a leading zero.
pub fn timestamp(unix_seconds: u64) -> String {
    const DAYS: &[u8] = b"ThuFriSatSunMonTueWed";
    let days = (unix_seconds / 86_400) as u32;
    let (year, month, day) = date::civil(days);
    let second = (unix_seconds % 86_400) as u32;
    let mut out = String::with_capacity(29);
    date::push_name(&mut out, DAYS, days % 7);
    date::push_name(&mut out, date::MONTHS, month);
    text::push_integer(&mut out, i64::from(day));
    out.push(' ');
    text::push_two_digits(&mut out, second / 3600);
    out.push(':');
    text::push_two_digits(&mut out, second / 60 % 60);
    out.push(':');
    text::push_two_digits(&mut out, second % 60);
    out.push_str(" UTC ");
    text::push_integer(&mut out, i64::from(year));
    out
}

/// Longest B that is read: twice the prime. A longer one is no answer, only work.
const MAX_B_BYTES: usize = 768;

fn u(a: &[u8], b: &[u8]) -> [u8; 32] {
    sha256(&[&pad(a), &pad(b)])
}

fn x(identity: &Identity<'_>, salt: &[u8]) -> Secret<[u8; 32]> {
    let (group, user) = (identity.group.as_bytes(), identity.user.as_bytes());
    let password = identity.password.expose("hashed into x").as_bytes();
    let inner = Secret::new(sha256(&[group, user, b":", password]));
    Secret::new(sha256(&[&pad(salt), inner.expose("hashed into x")]))
}

/// SHA-256 of parts, one after the other. Not inline: it is there once in the wasm.
#[inline(never)]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

fn key(u: &[u8; 32], s: &Secret<Vec<u8>>) -> Secret<Vec<u8>> {
    let prk = Secret::new(hmac(&pad(u), &[s.expose("key material")]).to_vec());
    let full = hmac(prk.expose("key of the expansion"), &[HKDF_INFO]);
    Secret::new(full.into_iter().take(16).collect())
}

fn signature(key: &Secret<Vec<u8>>, id: &Identity<'_>, block: &[u8], timestamp: &str) -> String {
    text::base64(&hmac(
        key.expose("key of the claim"),
        &[id.group.as_bytes(), id.user.as_bytes(), block, timestamp.as_bytes()],
    ))
}

/// HMAC-SHA-256 of parts, one after the other.
pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is taken: HMAC hashes long ones (RFC 2104, section 2).
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { impossible() };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
#[path = "srp_tests.rs"]
mod tests;
