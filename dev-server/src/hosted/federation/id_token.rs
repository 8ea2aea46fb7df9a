//! Believing a provider's ID token (OpenID Connect Core, section 3.1.3.7).

use super::Failure;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Clocks of others may be off by this much.
const LEEWAY_SECONDS: u64 = 60;
/// SECURITY: never one with a shared key, never none.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::RS256, Algorithm::ES256];

/// What the token must say.
#[derive(Debug)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// The access token that came along.
    pub(super) access: Option<&'a str>,
}

/// The claims of a token that is the provider's, is for us, and answers our question.
pub(super) fn verify(
    token: &str,
    keys: Value,
    expected: &Expected<'_>,
) -> Result<Map<String, Value>, Failure> {
    let refused = |rule: &str| Failure::invalid(format!("The IdP's ID token is not valid: {rule}"));
    let header = decode_header(token).map_err(|_| refused("it is no JWT"))?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(refused("its algorithm is not allowed"));
    }
    let keys: JwkSet = serde_json::from_value(keys).map_err(|_| refused("there are no keys"))?;
    let key = pick(&keys, header.kid.as_deref()).ok_or_else(|| refused("its key is unknown"))?;
    let key = DecodingKey::from_jwk(key).map_err(|_| refused("its key cannot be used"))?;
    let mut validation = Validation::new(header.alg);
    validation.leeway = LEEWAY_SECONDS;
    validation.validate_nbf = true;
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let claims = decode::<Map<String, Value>>(token, &key, &validation)
        .map_err(|error| refused(&reason(&error)))?
        .claims;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let has_others = claims.get("aud").and_then(Value::as_array).is_some_and(|aud| aud.len() > 1);
    let party = text("azp");
    if party.is_some_and(|party| party != expected.client_id) || has_others && party.is_none() {
        return Err(refused("azp"));
    }
    let nonce = text("nonce").unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(refused("nonce"));
    }
    if let (Some(claimed), Some(access)) = (text("at_hash"), expected.access) {
        let hash = Sha256::digest(access);
        if claimed != URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default()) {
            return Err(refused("at_hash"));
        }
    }
    Ok(claims)
}

/// The key of that id; without an id, the only key for signatures.
fn pick<'a>(keys: &'a JwkSet, kid: Option<&str>) -> Option<&'a Jwk> {
    if let Some(kid) = kid {
        return keys.find(kid);
    }
    let for_signatures =
        |key: &&Jwk| !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption));
    let mut usable = keys.keys.iter().filter(for_signatures);
    usable.next().filter(|_| usable.next().is_none())
}

fn reason(error: &jsonwebtoken::errors::Error) -> String {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::ExpiredSignature => "exp".to_owned(),
        ErrorKind::ImmatureSignature => "nbf".to_owned(),
        ErrorKind::InvalidIssuer => "iss".to_owned(),
        ErrorKind::InvalidAudience => "aud".to_owned(),
        ErrorKind::MissingRequiredClaim(name) => name.clone(),
        _ => "signature".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::TokenUse;
    use crate::testing::{POOL, World};
    use serde_json::json;

    const ACCESS: &str = "an-access-token";

    fn expected() -> Expected<'static> {
        Expected {
            issuer: "https://idp.example",
            client_id: "us",
            nonce: "n-1",
            access: Some(ACCESS),
        }
    }

    fn claims() -> Value {
        let hash = Sha256::digest(ACCESS);
        let now = jsonwebtoken::get_current_timestamp();
        json!({
            "iss": "https://idp.example", "aud": "us", "sub": "1001", "nonce": "n-1",
            "iat": now, "exp": now + 300, "at_hash": URL_SAFE_NO_PAD.encode(&hash[..16]),
        })
    }

    /// Signs with the key of a pool, which here is the provider's.
    fn signed(world: &World, header: &Value, claims: &Value) -> String {
        let key = world.server.key_at_hand(POOL, TokenUse::Id).unwrap().unwrap();
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).unwrap());
        format!("{message}.{signature}")
    }

    fn keys(world: &World) -> Value {
        json!({ "keys": [world.server.key_at_hand(POOL, TokenUse::Id).unwrap().unwrap().jwk()] })
    }

    fn header(world: &World) -> Value {
        json!({ "alg": "RS256", "kid": world.server.key_at_hand(POOL, TokenUse::Id).unwrap().unwrap().kid })
    }

    fn changed(changes: &Value) -> Value {
        let mut claims = claims();
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        claims
    }

    #[test]
    fn a_right_token_is_believed() {
        let world = World::new("", "");
        let several = changed(&json!({ "aud": ["us", "them"], "azp": "us" }));
        for claims in [claims(), several, changed(&json!({ "at_hash": null }))] {
            let token = signed(&world, &header(&world), &claims);

            assert_eq!(verify(&token, keys(&world), &expected()).unwrap()["sub"], "1001");
        }
    }

    #[test]
    fn each_rule_is_kept() {
        let world = World::new("", "");
        let now = jsonwebtoken::get_current_timestamp();
        for (changes, rule) in [
            (json!({ "iss": "https://evil.example" }), "iss"),
            (json!({ "iss": null }), "iss"),
            (json!({ "aud": "them" }), "aud"),
            (json!({ "aud": ["us", "them"] }), "azp"),
            (json!({ "azp": "them" }), "azp"),
            (json!({ "exp": now - 61 }), "exp"),
            (json!({ "exp": null }), "exp"),
            (json!({ "nbf": now + 300 }), "nbf"),
            (json!({ "sub": null }), "sub"),
            (json!({ "nonce": "n-2" }), "nonce"),
            (json!({ "nonce": null }), "nonce"),
            (json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }), "at_hash"),
        ] {
            let token = signed(&world, &header(&world), &changed(&changes));

            let failure = verify(&token, keys(&world), &expected()).unwrap_err();

            assert!(failure.text.ends_with(&format!(": {rule}")), "{changes}: {}", failure.text);
        }
    }

    #[test]
    fn a_token_that_the_provider_did_not_sign_is_refused() {
        let world = World::new("", "");
        let token = signed(&world, &header(&world), &claims());
        let (message, signature) = token.rsplit_once('.').unwrap();
        let (head, _) = message.split_once('.').unwrap();
        let other = URL_SAFE_NO_PAD.encode(changed(&json!({ "sub": "1" })).to_string());
        let unsigned = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let shared = signed(&world, &json!({ "alg": "HS256" }), &claims());
        let stranger = signed(&world, &json!({ "alg": "RS256", "kid": "other" }), &claims());

        for forged in [
            format!("{head}.{other}.{signature}"),
            format!("{unsigned}.{other}."),
            shared,
            stranger,
            "no.token".to_owned(),
        ] {
            assert!(verify(&forged, keys(&world), &expected()).is_err(), "{forged}");
        }
    }
}
