//! The group's arithmetic against RustCrypto's `srp`: other people's code, other people's numbers.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use lifeguard::protocol::{group, srp::K};
use srp::bigint::modular::ConstMontyForm;
use srp::bigint::{BoxedUint, U3072, const_monty_params};
use srp::{Client, Group};

const_monty_params!(
    Prime,
    U3072,
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a0879\
     8e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b\
     0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da4836\
     1c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804\
     f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6\
     955817183995497cea956ae515d2261898fa051015728e5a8aaac42dad33170d04507a33a85521abdf1cba64\
     ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7abf5ae8cdb0933d71e8c94e04a25619dcee3d226\
     1ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200cbbe117577a615d6c770988c0bad946e2\
     08e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff",
    "The prime of RFC 3526, group 15."
);

/// RFC 5054 takes generator 5 with this prime; Cognito takes 2.
struct Cognito;

impl Group for Cognito {
    type Element = ConstMontyForm<Prime, { U3072::LIMBS }>;
    const G: Self::Element = ConstMontyForm::new(&U3072::from_u8(2));
}

type Oracle = Client<Cognito, sha2::Sha256>;

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
            let theirs = Oracle::new().compute_public_ephemeral(&exponent);
            assert_eq!(group::generator_power(&exponent, &group::Direct), theirs);
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

        let [b, k, x, a, u] = [&b[..], &K, &x, &a, &u].map(BoxedUint::from_be_slice_vartime);
        let theirs = Oracle::new().compute_premaster_secret(&b, &k, &x, &a, &u);
        assert_eq!(ours, theirs.to_be_bytes_trimmed_vartime().as_ref());
    }
}
