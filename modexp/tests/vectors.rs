//! The published SRP vectors: `A` from `a`, the verifier from `x`, and `S` from `B`, `k`, `x`, `u`, `a`.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod support;

use modexp::{Element, Exponent, Power, pow_generator};
use support::{from_hex, vectors};

/// A number of the vectors file, on the left of which zeros may have been added or dropped.
fn number(value: &serde_json::Value, length: usize) -> Vec<u8> {
    let digits = from_hex(value.as_str().unwrap());
    let digits: Vec<u8> = digits.into_iter().skip_while(|&byte| byte == 0).collect();
    [vec![0; length - digits.len()], digits].concat()
}

case! {
    fn every_vector_agrees() {
        let file = vectors();
        let k = Element::from_bytes_be(&number(&file["constants"]["k"], 32));
        let vectors = file["vectors"].as_array().unwrap();
        assert!(vectors.len() >= 79);
        for vector in vectors {
            let (given, expected, id) = (&vector["in"], &vector["out"], &vector["id"]);
            let a = number(&given["a"], 128);
            let x: [u8; 32] = number(&expected["x"], 32).try_into().unwrap();
            let u: [u8; 32] = number(&expected["u_hash"], 32).try_into().unwrap();
            let server = Element::from_bytes_be(&number(&expected["B_wire"], 384));

            let public = pow_generator(&a);
            let verifier = pow_generator(&x);
            let base = server.sub(&k.mul(&verifier));
            let exponent = Exponent::mul_add(&a, &u, &x).unwrap();
            let secret = Power::new(&base, exponent).finish();

            let fixed = |name: &str| number(&expected[name], 384);
            assert_eq!(public.to_bytes_be()[..], fixed("A_wire"), "A of {id}");
            assert_eq!(verifier.to_bytes_be()[..], fixed("verifier"), "verifier of {id}");
            assert_eq!(secret.to_bytes_be()[..], fixed("S_pad"), "S of {id}");
        }
    }

    fn public_keys_that_are_zero_are_recognized() {
        let file = vectors();
        let refused = file["reject"]["client_must_refuse_B"].as_array().unwrap();
        assert!(!refused.is_empty());
        for value in refused {
            let key = Element::from_bytes_be(&from_hex(value.as_str().unwrap()));
            assert!(key.is_zero(), "{value}");
        }
    }
}
