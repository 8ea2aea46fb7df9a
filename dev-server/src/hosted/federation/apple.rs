//! Apple's client secret: a JWT that the app's key signs.

use super::Failure;
use super::provider::Provider;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

/// Makes a secret that is good for five minutes.
pub(super) fn client_secret(provider: &Provider, private_key: &str) -> Result<String, Failure> {
    let unusable = || Failure::invalid("The provider's private_key is no PKCS #8 EC key");
    // The service takes the key's base64 with or without the lines around it.
    let lines = private_key.lines().filter(|line| !line.starts_with("-----"));
    let base64: String =
        lines.flat_map(str::chars).filter(|letter| !letter.is_whitespace()).collect();
    let key = EncodingKey::from_ec_der(&STANDARD.decode(base64).map_err(|_| unusable())?);
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(provider.required("key_id")?.to_owned());
    let now = crate::clock::Clock::machine();
    let claims = json!({
        "iss": provider.required("team_id")?,
        "iat": now,
        "exp": now + 300,
        "aud": provider.required("oidc_issuer")?,
        "sub": provider.required("client_id")?,
    });
    encode(&header, &claims, &key).map_err(|_| unusable())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::IdentityProvider;
    use crate::testing::{POOL, World};
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
    use p256::elliptic_curve::sec1::ToEncodedPoint;
    use p256::pkcs8::{EncodePrivateKey, LineEnding};
    use serde_json::Value;

    fn provider(world: &World, details: &Value) -> Provider {
        let settings = json!({ "ProviderType": "SignInWithApple", "ProviderDetails": details });
        let stored = IdentityProvider {
            pool_id: POOL.to_owned(),
            name: "SignInWithApple".to_owned(),
            settings: settings.as_object().unwrap().clone(),
            created: 0,
        };
        world.server.store().put(&stored).unwrap();
        super::super::named(&world.server, POOL, "SignInWithApple").unwrap().unwrap()
    }

    #[test]
    fn the_secret_is_a_token_that_the_apps_key_signed() {
        let world = World::new("", "");
        let details = json!({ "client_id": "com.example.app", "team_id": "TEAM", "key_id": "KEY" });
        let provider = provider(&world, &details);
        let key = p256::SecretKey::from_slice(&[7; 32]).unwrap();
        let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap();
        let bare = pem.lines().filter(|line| !line.starts_with('-')).collect::<String>();
        let point = key.public_key().to_encoded_point(false);
        let part = |bytes: Option<_>| URL_SAFE_NO_PAD.encode(bytes.unwrap());
        let public = DecodingKey::from_ec_components(&part(point.x()), &part(point.y())).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&["https://appleid.apple.com"]);

        for text in [pem.as_str(), bare.as_str()] {
            let secret = client_secret(&provider, text).unwrap();

            let claims = decode::<Value>(&secret, &public, &validation).unwrap().claims;
            assert_eq!(
                (&claims["iss"], &claims["sub"]),
                (&json!("TEAM"), &json!("com.example.app"))
            );
            assert_eq!(decode_header(&secret).unwrap().kid.as_deref(), Some("KEY"));
        }
    }

    #[test]
    fn a_key_that_is_none_is_named() {
        let world = World::new("", "");
        let provider =
            provider(&world, &json!({ "client_id": "x", "team_id": "T", "key_id": "K" }));

        for text in ["not base64!", "AAAA"] {
            let failure = client_secret(&provider, text).unwrap_err();

            assert!(failure.text.contains("private_key"), "{}", failure.text);
        }
    }
}
