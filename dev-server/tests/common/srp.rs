//! The client's side of SRP over plain big integers: shares nothing with the server's arithmetic.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use num_bigint::BigUint;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::process::Command;

/// One exchange.
pub struct Client {
    a: BigUint,
    a_public: BigUint,
}

impl Client {
    pub fn start() -> Self {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).unwrap();
        let a = BigUint::from_bytes_be(&bytes);
        Self { a_public: BigUint::from(2u8).modpow(&a, &modulus()), a }
    }

    pub fn a_public(&self) -> String {
        self.a_public.to_str_radix(16)
    }

    /// The answer to `PASSWORD_VERIFIER`.
    pub fn answer(&self, pool_name: &str, password: &str, asked: &Value, now: i64) -> Value {
        self.answer_at(pool_name, password, asked, &timestamp(now))
    }

    /// The same with a timestamp of the caller's.
    pub fn answer_at(&self, pool_name: &str, password: &str, asked: &Value, time: &str) -> Value {
        let identity = asked["USER_ID_FOR_SRP"].as_str().unwrap();
        json!({
            "USERNAME": identity,
            "PASSWORD_CLAIM_SECRET_BLOCK": asked["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": self.sign(pool_name, identity, password, asked, time),
            "TIMESTAMP": time,
        })
    }

    /// The signature of a claim; for devices the names are the group key's and the device key's.
    pub fn sign(
        &self,
        group: &str,
        identity: &str,
        password: &str,
        asked: &Value,
        time: &str,
    ) -> String {
        let n = modulus();
        let number = |name: &str| {
            BigUint::parse_bytes(asked[name].as_str().unwrap().as_bytes(), 16).unwrap()
        };
        let (b_public, salt) = (number("SRP_B"), number("SALT"));
        let u = hash(&[&pad(&self.a_public), &pad(&b_public)]);
        let x = private_key(&salt, group, identity, password);
        let k = hash(&[&pad(&n), &[2]]);
        let base = (&b_public + &n * &k - (k * BigUint::from(2u8).modpow(&x, &n))) % &n;
        let s = base.modpow(&(&self.a + &u * x), &n);
        let extracted = hmac(&pad(&u), &[&pad(&s)]);
        let expanded = hmac(&extracted, &[b"Caldera Derived Key", &[1]]);
        let block = STANDARD.decode(asked["SECRET_BLOCK"].as_str().unwrap()).unwrap();
        let parts = [group.as_bytes(), identity.as_bytes(), &block, time.as_bytes()];
        STANDARD.encode(hmac(&expanded[..16], &parts))
    }
}

/// A device's `DeviceSecretVerifierConfig`.
pub fn device_verifier(group_key: &str, device_key: &str, password: &str) -> Value {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    let salt = BigUint::from_bytes_be(&bytes);
    let x = private_key(&salt, group_key, device_key, password);
    let verifier = BigUint::from(2u8).modpow(&x, &modulus());
    json!({
        "Salt": STANDARD.encode(pad(&salt)),
        "PasswordVerifier": STANDARD.encode(pad(&verifier)),
    })
}

fn private_key(salt: &BigUint, group: &str, identity: &str, password: &str) -> BigUint {
    let inner = Sha256::digest(format!("{group}{identity}:{password}"));
    hash(&[&pad(salt), &inner])
}

fn hash(parts: &[&[u8]]) -> BigUint {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    BigUint::from_bytes_be(&hash.finalize())
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

fn pad(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes[0] >= 0x80 {
        bytes.insert(0, 0);
    }
    bytes
}

/// The prime as the file of known answers has it.
fn modulus() -> BigUint {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/srp_vectors.json")).unwrap();
    let n = vectors["constants"]["N"].as_str().unwrap();
    BigUint::parse_bytes(n.as_bytes(), 16).unwrap()
}

/// The time as Cognito wants it, by the system's `date`: another implementation than the server's.
pub fn timestamp(now: i64) -> String {
    let output = Command::new("date")
        .env("LC_ALL", "C")
        .args(["-u", "-d", &format!("@{now}"), "+%a %b %-d %H:%M:%S UTC %Y"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
