//! Handshakes in a browser: random ones against RustCrypto's `srp`, and the known answers of
//! `tests/vectors`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use lifeguard::protocol::group::{self, Direct};
use lifeguard::protocol::json::Value;
use lifeguard::protocol::secret::Secret;
use lifeguard::protocol::srp::{self as ours, Ephemeral, Identity, K, Verifier};
use lifeguard::protocol::text::{hex, integer_from_hex};
use lifeguard_web::random;
use srp::bigint::modular::ConstMontyForm;
use srp::bigint::{BoxedUint, U3072, const_monty_params};
use srp::{Client, Group};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

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

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    random::fill(&mut bytes);
    bytes
}

#[wasm_bindgen_test]
fn random_handshakes_agree_with_rustcrypto() {
    for _ in 0..6 {
        let (a, x, u, b) = (random::<32>(), random::<32>(), random::<32>(), random::<384>());

        let public = group::generator_power(&a, &Direct);
        let secret = group::premaster(&b, &K, &x, &a, &u, &Direct).unwrap();

        assert_eq!(public, Oracle::new().compute_public_ephemeral(&a), "a = {}", hex(&a));
        let [b, k, x, a, u] = [&b[..], &K, &x, &a, &u].map(BoxedUint::from_be_slice_vartime);
        let theirs = Oracle::new().compute_premaster_secret(&b, &k, &x, &a, &u);
        assert_eq!(secret, theirs.to_be_bytes_trimmed_vartime().as_ref());
    }
}

#[wasm_bindgen_test]
fn known_answers_are_the_same_in_a_browser() {
    let table = Value::parse(include_str!("../../tests/vectors/srp_vectors.json")).unwrap();
    let vectors = table.get("vectors").unwrap().items().iter();
    let of_users = vectors.filter(|vector| vector.str("kind") == Some("user"));
    for vector in of_users.take(KNOWN) {
        let (given, expected) = (vector.get("in").unwrap(), vector.get("out").unwrap());
        let text = |name| given.str(name).unwrap();
        let password = Secret::new(String::from(text("password")));
        let (group, user) = (text("pool_name"), text("user_id_for_srp"));
        let identity = Identity { group, user, password: &password };
        let ephemeral = Ephemeral::new(Secret::new(integer_from_hex(text("a")).unwrap()));
        let b = expected.str("B_wire").or(given.str("B_wire")).unwrap();
        let (salt, secret_block) = (text("salt_wire"), text("secret_block"));
        let timestamp = ours::timestamp(given.number("epoch").unwrap() as u64);
        let verifier = Verifier { b, salt, secret_block };

        let proof = ours::proof(&identity, &ephemeral, &verifier, &timestamp, &Direct).unwrap();

        assert_eq!(Some(&*proof.signature), expected.str("signature"), "{:?}", vector.str("id"));
    }
}

/// As many as a debug build does in a few seconds; `npm test -- vectors` takes all of them.
const KNOWN: usize = 20;
