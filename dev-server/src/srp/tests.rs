//! The server's symbols against tests/vectors/srp_vectors.json.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../tests/vectors/srp_vectors.json")).unwrap()
}

fn text<'a>(part: &'a Value, name: &str) -> &'a str {
    part[name].as_str().unwrap()
}

#[test]
fn every_vector_agrees_in_verifier_b_key_and_signature() {
    for vector in vectors()["vectors"].as_array().unwrap() {
        let (input, output) = (&vector["in"], &vector["out"]);
        let id = text(vector, "id");
        let (group, identity, password) = match text(vector, "kind") {
            "user" => ("pool_name", "user_id_for_srp", "password"),
            _ => ("device_group_key", "device_key", "device_password"),
        };
        let (group, identity) = (text(input, group), text(input, identity));
        let salt = from_hex(text(input, "salt_wire")).unwrap();

        let stored = derive_verifier(group, identity, text(input, password), &salt);

        assert_eq!(stored.verifier, text(output, "verifier").trim_start_matches('0'), "{id}");
        assert_eq!(hex::encode(pad(&salt)), text(output, "salt_pad"), "{id}: salt");
        let Some(b) = input["b"].as_str().map(|b| from_hex(b).unwrap()) else { continue };

        let b_public = b_public(&stored.verifier, &b).unwrap();

        let b_wire = text(output, "B_wire").to_lowercase();
        assert_eq!(b_public, b_wire.trim_start_matches('0'), "{id}: B");
        let a_public = read_a_public(text(output, "A_wire")).unwrap();

        let key = derive_key(&stored.verifier, &a_public, &b, &b_public).unwrap();

        assert_eq!(hex::encode(key), text(output, "key"), "{id}: key");
        let block = STANDARD.decode(text(input, "secret_block")).unwrap();
        let signature = signature(&key, group, identity, &block, text(input, "timestamp"));
        assert_eq!(STANDARD.encode(signature), text(output, "signature"), "{id}: signature");
    }
}

#[test]
fn padding_is_minimal_twos_complement() {
    for row in vectors()["pad_hex"].as_array().unwrap() {
        let bytes = from_hex(text(row, "n")).unwrap();

        assert_eq!(hex::encode(pad(&bytes)), text(row, "pad"));
    }
}

#[test]
fn a_public_value_that_is_zero_modulo_n_is_refused() {
    for a in vectors()["reject"]["server_must_refuse_A"].as_array().unwrap() {
        assert_eq!(read_a_public(a.as_str().unwrap()), None);
    }
    for nonsense in ["", "0", "xyz", "-1", &"f".repeat(10_000)] {
        assert_eq!(read_a_public(nonsense), None);
    }
}

#[test]
fn a_password_is_recognised_and_its_neighbours_are_not() {
    let stored = make_verifier("Pool", "alice", "Correct-Horse-9!").unwrap();

    assert!(is_password(&stored, "Pool", "alice", "Correct-Horse-9!"));
    assert!(!is_password(&stored, "Pool", "alice", "correct-horse-9!"));
    assert!(!is_password(&stored, "Pool", "alicia", "Correct-Horse-9!"));
    assert!(!is_password(&stored, "Other", "alice", "Correct-Horse-9!"));
}
