//! The claim that ends an SRP exchange, of a person or a device: made with a verifier, dated, signed.

use crate::input::{required, text};
use crate::refusal::Refusal;
use crate::store::{Exchange, Verifier};
use crate::work::compute;
use crate::{random, srp, timestamp};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::Value;
use subtle::ConstantTimeEq;

/// The server's half of an SRP exchange over a verifier.
pub(super) async fn make_exchange(verifier: Verifier, a_public: &str) -> Result<Exchange, Refusal> {
    let a_public = srp::read_a_public(a_public)
        .ok_or_else(|| Refusal::invalid_parameter("SRP_A is not a valid public value"))?;
    compute(move || {
        let b_secret = random::bytes::<32>()?;
        let b_public = srp::b_public(&verifier.verifier, &b_secret)
            .ok_or_else(|| Refusal::internal("a stored verifier is damaged"))?;
        Ok(Exchange {
            verifier,
            a_public,
            b_secret: hex::encode(b_secret),
            b_public,
            secret_block: STANDARD.encode(random::bytes::<640>()?),
        })
    })
    .await
}

/// The claim's time; a text of another form is refused before anything is spent.
pub(super) fn stated_time(responses: &Value) -> Result<i64, Refusal> {
    timestamp::parse(required(responses, "TIMESTAMP")?).ok_or_else(|| {
        Refusal::invalid_parameter(
            "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
        )
    })
}

/// Whether the claim was made within five minutes of now.
pub(super) fn is_fresh(stated: i64, now: i64) -> bool {
    (stated - now).abs() <= 300
}

/// Whether the claim's signature is the one the verifier leads to.
pub(super) async fn is_signed(
    exchange: &Exchange,
    group_name: &str,
    identity: &str,
    responses: &Value,
) -> Result<bool, Refusal> {
    let given = text(responses, "PASSWORD_CLAIM_SIGNATURE").and_then(from_base64);
    let timestamp = text(responses, "TIMESTAMP").map(str::to_owned);
    let (Some(given), Some(timestamp)) = (given, timestamp) else { return Ok(false) };
    let (exchange, group_name, identity) =
        (exchange.clone(), group_name.to_owned(), identity.to_owned());
    compute(move || {
        let expected = || {
            let b_secret = hex::decode(&exchange.b_secret).ok()?;
            let key = srp::derive_key(
                &exchange.verifier.verifier,
                &exchange.a_public,
                &b_secret,
                &exchange.b_public,
            )?;
            let block = STANDARD.decode(&exchange.secret_block).ok()?;
            Some(srp::signature(&key, &group_name, &identity, &block, &timestamp))
        };
        Ok(expected().is_some_and(|expected| expected.as_slice().ct_eq(&given).into()))
    })
    .await
}

/// Either alphabet, padded or not.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    [&STANDARD, &URL_SAFE, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD]
        .into_iter()
        .find_map(|engine| engine.decode(text).ok())
}
