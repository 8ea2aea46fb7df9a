//! The group's arithmetic against RustCrypto's `srp`: other people's code, other people's numbers.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod oracle;

use lifeguard::protocol::{group, srp::K};

/// Bytes that look random and are the same every time (xorshift64*).
fn bytes(state: &mut u64, length: usize) -> Vec<u8> {
    let mut next = || {
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

fn array(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap()
}

#[test]
fn powers_of_the_generator_agree() {
    let mut state = 1;
    for length in [1, 16, 32, 128] {
        for _ in 0..4 {
            let exponent = bytes(&mut state, length);
            let ours = group::generator_power(&exponent, &group::Direct);
            assert_eq!(ours, oracle::public(&exponent));
        }
    }
}

#[test]
fn premaster_secrets_agree() {
    let mut state = 2;
    for a_length in [32, 32, 32, 128] {
        let (b, a) = (bytes(&mut state, 384), bytes(&mut state, a_length));
        let (x, u) = (array(&bytes(&mut state, 32)), array(&bytes(&mut state, 32)));

        let ours = group::premaster(&b, &K, &x, &a, &u, &group::Direct).unwrap();

        assert_eq!(ours, oracle::premaster(&b, &x, &a, &u));
    }
}
