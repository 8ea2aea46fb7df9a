//! Handshakes in a browser: random ones against RustCrypto's `srp`, and the known answers of
//! `tests/vectors`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

use lifeguard::protocol::group::{self, Direct};
use lifeguard::protocol::json::Value;
use lifeguard::protocol::secret::Secret;
use lifeguard::protocol::srp::{self as ours, Ephemeral, Identity, K, Verifier};
use lifeguard::protocol::text::{hex, integer_from_hex};
use lifeguard_web::random;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

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

        assert_eq!(public, oracle::public(&a), "a = {}", hex(&a));
        assert_eq!(secret, oracle::premaster(&b, &x, &a, &u));
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
