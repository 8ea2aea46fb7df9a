//! `GetOpenIdToken`: the identity pool itself vouches for an identity.

use super::identities::admit;
use super::login::Logins;
use crate::caller::Caller;
use crate::keys::TokenUse;
use crate::refusal::Answer;
use crate::server::Server;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

/// The input of `GetOpenIdToken`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Get {
    identity_id: String,
    #[serde(default)]
    logins: Logins,
}

/// Issues a token of the claims that the service's have, good for ten minutes. Its keys are at
/// `/{identityPoolId}/.well-known/jwks.json`.
pub(crate) async fn get(server: &Server, _: &Caller, input: Get) -> Answer {
    let (pool, identity, logins) = admit(server, &input.identity_id, &input.logins)?;
    let now = server.clock.now();
    let mut methods =
        vec![if logins.is_empty() { "unauthenticated" } else { "authenticated" }.to_owned()];
    for login in &logins {
        methods.push(login.provider.provider_name.clone());
        methods.push(format!("{}:CognitoSignIn:{}", login.provider.provider_name, login.subject));
    }
    let key = server.key(&pool.id, TokenUse::Id).await?;
    let header = json!({ "kid": key.kid, "typ": "JWS", "alg": "RS256" });
    let claims = json!({
        "sub": identity.id,
        "aud": pool.id,
        "amr": methods,
        "iss": "https://cognito-identity.amazonaws.com",
        "exp": now + 600,
        "iat": now,
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(&claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())?);
    Ok(json!({ "IdentityId": identity.id, "Token": format!("{message}.{signature}") }))
}
