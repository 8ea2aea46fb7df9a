//! Every vector of `tests/vectors/srp_vectors.json`, intermediates named on failure.

use super::*;
use crate::protocol::group::Direct;
use crate::protocol::json::Value;

fn vectors() -> Value {
    Value::parse(include_str!("../../tests/vectors/srp_vectors.json")).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    text::integer_from_hex(hex).unwrap()
}

#[test]
fn every_vector_agrees_in_every_intermediate() {
    let all = vectors();
    let vectors = all.get("vectors").unwrap().items();
    assert_eq!(vectors.len(), 79);
    for vector in vectors {
        let id = vector.str("id").unwrap();
        let (given, expected) = (vector.get("in").unwrap(), vector.get("out").unwrap());
        let device = vector.str("kind") == Some("device");
        let (group, user, password) = if device {
            ("device_group_key", "device_key", "device_password")
        } else {
            ("pool_name", "user_id_for_srp", "password")
        };
        let identity = Identity {
            group: given.str(group).unwrap(),
            user: given.str(user).unwrap(),
            password: &Secret::new(given.string(password).unwrap()),
        };
        let expect = |symbol: &str, ours: &str| {
            assert_eq!(expected.str(symbol).unwrap(), ours, "vector {id}, symbol {symbol}");
        };

        let ephemeral = Ephemeral::new(Secret::new(bytes(given.str("a").unwrap())));
        expect("A_wire", &ephemeral.wire(&Direct));
        let salt = bytes(given.str("salt_wire").filter(|salt| !salt.is_empty()).unwrap_or("0"));
        expect("salt_pad", &text::hex(&pad(&salt)));
        expect("verifier", &text::hex_minimal(&verifier(&identity, &salt, &Direct)));
        let timestamp = timestamp(given.number("epoch").unwrap() as u64);
        assert_eq!(given.str("timestamp").unwrap(), timestamp, "vector {id}, symbol timestamp");
        let proof = proof(
            &identity,
            &ephemeral,
            &Verifier {
                b: expected.str("B_wire").or(given.str("B_wire")).unwrap(),
                salt: given.str("salt_wire").unwrap(),
                secret_block: given.str("secret_block").unwrap(),
            },
            &timestamp,
            &Direct,
        )
        .unwrap_or_else(|violation| panic!("vector {id}: {violation:?}"));
        expect("u_hash", &text::hex(&proof.u));
        expect("u_pad", &text::hex(&pad(&proof.u)));
        expect("x", &text::hex(proof.x.expose("test")));
        expect("S_pad", &text::hex(proof.s.expose("test")));
        expect("key", &text::hex(proof.key.expose("test")));
        expect("signature", &proof.signature);
    }
}

#[test]
fn padding_agrees_with_the_table() {
    for row in vectors().get("pad_hex").unwrap().items() {
        let n = bytes(row.str("n").unwrap());

        assert_eq!(text::hex(&pad(&n)), row.str("pad").unwrap());
    }
}

#[test]
fn timestamps_agree_with_the_table() {
    for row in vectors().get("timestamp").unwrap().items() {
        assert_eq!(timestamp(row.number("epoch").unwrap() as u64), row.str("text").unwrap());
    }
}

#[test]
fn every_b_that_is_zero_modulo_n_is_refused() {
    let ephemeral = Ephemeral::new(Secret::new(vec![7; 32]));
    let identity =
        Identity { group: "p", user: "u", password: &Secret::new(String::from("secret")) };
    let all = vectors();
    let refused = all.get("reject").unwrap().get("client_must_refuse_B").unwrap().strings();
    assert!(refused.len() >= 3);
    let long = "f".repeat(2 * MAX_B_BYTES + 1);

    for b in refused.iter().map(String::as_str).chain(["", "xyz", long.as_str()]) {
        let verifier = Verifier { b, salt: "12", secret_block: "AAAA" };
        let refusal = proof(&identity, &ephemeral, &verifier, "", &Direct).err();
        assert_eq!(refusal, Some(Violation::SrpB), "B = {b}");
    }
    for (salt, secret_block, violation) in
        [("", "AAAA", Violation::SrpSalt), ("12", "%", Violation::SrpSecretBlock)]
    {
        let verifier = Verifier { b: "2", salt, secret_block };
        assert_eq!(proof(&identity, &ephemeral, &verifier, "", &Direct).err(), Some(violation));
    }
}
