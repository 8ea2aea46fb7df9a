//! What the tests share: oracle, values, and tests that run natively and in wasm.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

use std::sync::OnceLock;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, NonZero, Resize};

/// Declares tests for the native harness and, in wasm, for wasm-bindgen's.
#[macro_export]
macro_rules! case {
    ($(fn $name:ident() $body:block)*) => {$(
        #[cfg_attr(not(target_arch = "wasm32"), test)]
        #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
        fn $name() $body
    )*};
}

/// RFC 3526, group 15, taken from the SRP vectors rather than from the code under test.
pub(crate) fn modulus() -> &'static NonZero<BoxedUint> {
    static MODULUS: OnceLock<NonZero<BoxedUint>> = OnceLock::new();
    MODULUS.get_or_init(|| {
        let prime = from_hex(vectors()["constants"]["N"].as_str().unwrap());
        BoxedUint::from_be_slice(&prime, 3072).unwrap().to_nz().unwrap()
    })
}

pub(crate) fn vectors() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../tests/vectors/srp_vectors.json")).unwrap()
}

pub(crate) fn from_hex(hex: &str) -> Vec<u8> {
    let hex = if hex.len() % 2 == 1 { format!("0{hex}") } else { hex.to_owned() };
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

pub(crate) fn bytes_of(value: &BoxedUint) -> [u8; 384] {
    let bytes = value.resize(3072).to_be_bytes();
    (*bytes).try_into().unwrap()
}

/// The residue of a big-endian integer of at most 1100 bytes, by crypto-bigint.
pub(crate) fn reduced(bytes: &[u8]) -> [u8; 384] {
    let mut wide = vec![0; 1152 - bytes.len()];
    wide.extend(bytes);
    let wide = BoxedUint::from_be_slice(&wide, 9216).unwrap();
    let modulus = modulus().as_ref().resize(9216).to_nz().unwrap();
    bytes_of(&wide.rem(&modulus))
}

/// A power by crypto-bigint.
pub(crate) fn modular_pow(base: &[u8], exponent: &[u8]) -> [u8; 384] {
    static PARAMS: OnceLock<BoxedMontyParams> = OnceLock::new();
    let params = PARAMS.get_or_init(|| BoxedMontyParams::new(modulus().as_ref().to_odd().unwrap()));
    let base = BoxedUint::from_be_slice(&reduced(base), 3072).unwrap();
    let bits = (exponent.len().max(1) * 8) as u32;
    let exponent = BoxedUint::from_be_slice(exponent, bits).unwrap();
    bytes_of(&BoxedMontyForm::new(base, params).pow(&exponent).retrieve())
}

/// Values at which carries and reductions are at their worst.
pub(crate) fn adversarial() -> Vec<Vec<u8>> {
    let prime = bytes_of(modulus());
    let near = |difference: i32| {
        let mut bytes = prime.to_vec();
        let last = i32::from(bytes[383]) + difference;
        if last > 255 {
            // The prime ends in 64 one bits: adding to it carries into the ninth byte.
            for byte in &mut bytes[376..] {
                *byte = 0;
            }
            bytes[383] = (last - 256) as u8;
            bytes[375] += 1;
        } else {
            bytes[383] = last as u8;
        }
        bytes
    };
    let mut values =
        vec![vec![], vec![0], vec![1], vec![2], near(-2), near(-1), near(0), near(1), near(2)];
    values.push(vec![0xff; 384]);
    values.push(vec![0xff; 385]);
    values.push(vec![0xff; 768]);
    values.push(vec![0xff; 1024]);
    // Digits of 2047, 2048 and 2049 throughout, where balanced digits turn over.
    for pattern in [[0x7f, 0xf7, 0xff], [0x80, 0x08, 0x00], [0x80, 0x18, 0x01], [0x00, 0x0f, 0xff]]
    {
        values.push(pattern.repeat(128));
    }
    // Half of the prime, and its neighbors: the largest balanced values.
    let half = bytes_of(&modulus().shr(1));
    values.push(half.to_vec());
    values.push(
        bytes_of(&modulus().shr(1).wrapping_add(BoxedUint::one_with_precision(3072))).to_vec(),
    );
    // Single bits, at the ends and at a digit's edge; sparse and its complement.
    for bit in [0, 11, 12, 63, 64, 1535, 1536, 3007, 3008, 3060, 3071] {
        let mut bytes = vec![0; 384];
        bytes[383 - bit / 8] = 1 << (bit % 8);
        values.push(bytes.clone());
        values.push(bytes.iter().map(|byte| !byte).collect());
    }
    values
}

/// Exponents of all lengths and shapes.
pub(crate) fn exponents() -> Vec<Vec<u8>> {
    let mut random = Random::new(9);
    let mut exponents =
        vec![vec![], vec![0], vec![1], vec![2], vec![0xff], vec![0; 32], vec![0xff; 32]];
    exponents.push([vec![0; 40], vec![5]].concat());
    exponents.push([vec![0x80], vec![0; 31]].concat());
    exponents.push([vec![0; 31], vec![1]].concat());
    exponents.push([vec![1], vec![0; 32]].concat());
    for length in [3, 16, 31, 32, 33, 64, 65, 96, 128] {
        exponents.push(random.bytes(length));
        exponents.push(vec![0xff; length]);
    }
    exponents
}

/// A reproducible stream of bytes (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) >> 32
    }
}
