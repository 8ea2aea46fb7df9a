//! One vector of `tests/vectors/srp_vectors.json` through the core as wasm (`npm run vectors`). No
//! package has this: it tells what a sign-in keeps to itself.

use super::Input;
use crate::operations::error::Attempt;
use crate::protocol::error::{Misuse, Violation};
use crate::protocol::group::Direct;
use crate::protocol::json::Value;
use crate::protocol::secret::Secret;
use crate::protocol::srp::{self, Ephemeral, Identity, Verifier};
use crate::protocol::text::{hex, hex_minimal, integer_from_hex};

/// Every symbol of one handshake for `{ group, user, password, a, B, salt, secretBlock, epoch }`; with
/// `verifier: true` also the verifier, which a sign-in needs only where it confirms a device.
pub(in crate::step) fn srp_vector(input: &Input) -> Attempt<Value> {
    let integer = |name| integer_from_hex(&input.text(name)?).ok_or(Misuse(name));
    let (group, user) = (input.text("group")?, input.text("user")?);
    let password = Secret::new(input.text("password")?);
    let identity = Identity { group: &group, user: &user, password: &password };
    let ephemeral = Ephemeral::new(Secret::new(integer("a")?));
    let (b, salt, block) = (input.text("B")?, input.text("salt")?, input.text("secretBlock")?);
    let epoch = input.number("epoch").ok_or(Misuse("epoch"))?;
    let timestamp = srp::timestamp(epoch as u64);
    let verifier = Verifier { b: &b, salt: &salt, secret_block: &block };
    let proof = srp::proof(&identity, &ephemeral, &verifier, &timestamp, &Direct)?;
    let salt = integer_from_hex(&salt).ok_or(Violation::SrpSalt)?;
    let mut symbols = Value::object();
    if input.is_true("verifier") {
        symbols = symbols.with("verifier", hex_minimal(&srp::verifier(&identity, &salt, &Direct)));
    }
    Ok(symbols
        .with("A_wire", ephemeral.wire(&Direct))
        .with("salt_pad", hex(&srp::pad(&salt)))
        .with("timestamp", timestamp)
        .with("u_hash", hex(&proof.u))
        .with("u_pad", hex(&srp::pad(&proof.u)))
        .with("x", hex(proof.x.expose("known answer")))
        .with("S_pad", hex(proof.s.expose("known answer")))
        .with("key", hex(proof.key.expose("known answer")))
        .with("signature", proof.signature))
}
