//! Apple's client secret: a JWT that the app's key signs.

use super::Failure;
use super::provider::Provider;
use crate::server::Server;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

/// Makes a secret that is good for five minutes.
pub(super) fn client_secret(
    server: &Server,
    provider: &Provider,
    private_key: &str,
) -> Result<String, Failure> {
    let unusable = || Failure::invalid("The provider's private_key is no PKCS #8 EC key");
    // The service takes the key's base64 with or without the lines around it.
    let lines = private_key.lines().filter(|line| !line.starts_with("-----"));
    let base64: String =
        lines.flat_map(str::chars).filter(|letter| !letter.is_whitespace()).collect();
    let key = EncodingKey::from_ec_der(&STANDARD.decode(base64).map_err(|_| unusable())?);
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some(provider.required("key_id")?.to_owned());
    let now = server.clock.now();
    let claims = json!({
        "iss": provider.required("team_id")?,
        "iat": now,
        "exp": now + 300,
        "aud": provider.required("oidc_issuer")?,
        "sub": provider.required("client_id")?,
    });
    encode(&header, &claims, &key).map_err(|_| unusable())
}
