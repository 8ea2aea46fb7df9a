//! Making the tokens of a session.

use super::claims::{access_claims, access_seconds, add_groups, id_claims, lifetime};
use super::fingerprint;
use super::grant::Grant;
use super::trigger::{ask_trigger, change};
use crate::keys::TokenUse;
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Client, Pool, RefreshToken};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Makes ID and access token and, for a new sign-in, a refresh token: an `AuthenticationResult`.
pub(crate) async fn issue(server: &Server, grant: Grant<'_>) -> Answer {
    let policy = grant.client.policy();
    let now = server.clock.now();
    let (origin_jti, event_id, auth_time) = match &grant.renewed {
        Some(token) => (token.origin_jti.clone(), token.event_id.clone(), token.auth_time),
        None => (random::uuid()?, random::uuid()?, grant.auth_time.unwrap_or(now)),
    };
    let mut shared = Map::new();
    let mut claim = |name: &str, value: Value| shared.insert(name.to_owned(), value);
    claim("sub", json!(grant.user.sub));
    claim("iss", json!(server.issuer(grant.pool)));
    if policy.enable_token_revocation != Some(false) {
        claim("origin_jti", json!(origin_jti));
    }
    claim("event_id", json!(event_id));
    claim("auth_time", json!(auth_time));
    claim("iat", json!(now));
    let made = grant.user.next_moment(server.clock.now_ms());
    let mut access = access_claims(&grant, &policy, shared.clone(), made)?;
    let mut id = id_claims(&grant, &policy, shared, made)?;
    add_groups(server, &grant, &mut id, &mut access)?;
    let changes = ask_trigger(&grant, &id, &access).await?;
    change(&mut id, &mut access, changes);
    let access = sign(server, grant.pool, TokenUse::Access, &access).await?;
    if grant.is_hosted() {
        id.insert("at_hash".to_owned(), json!(half_hash(&access)));
    }
    let mut result = json!({
        "AccessToken": access,
        "ExpiresIn": access_seconds(&policy),
        "TokenType": "Bearer",
        "IdToken": sign(server, grant.pool, TokenUse::Id, &id).await?,
    });
    if grant.renewed.is_none() {
        let lifetime = lifetime(
            policy.refresh_token_validity,
            policy.token_validity_units.refresh_token.as_deref().unwrap_or("days"),
            30 * 86_400,
        );
        let now_ms = grant.user.next_moment(server.clock.now_ms());
        let refresh = make_refresh_token()?;
        server.store().put(&RefreshToken {
            key: fingerprint(&refresh),
            pool_id: grant.pool.id.clone(),
            client_id: grant.client.id.clone(),
            username: grant.user.username.clone(),
            origin_jti,
            event_id,
            scope: grant.scope.clone(),
            device_key: grant.device_key.clone(),
            auth_time,
            issued: now_ms,
            expires: now_ms.saturating_add(lifetime.saturating_mul(1000)),
            replaced_until: None,
            hosted: grant.is_hosted(),
            revoked: false,
        })?;
        if let Some(result) = result.as_object_mut() {
            result.insert("RefreshToken".to_owned(), json!(refresh));
        }
    }
    Ok(result)
}

/// An access token that speaks for a client itself.
pub(crate) async fn issue_to_client(
    server: &Server,
    pool: &Pool,
    client: &Client,
    scope: &str,
) -> Answer {
    let policy = client.policy();
    let now = server.clock.now();
    let claims = json!({
        "sub": client.id,
        "token_use": "access",
        "scope": scope,
        "auth_time": now,
        "iss": server.issuer(pool),
        "exp": now + access_seconds(&policy),
        "iat": now,
        "version": 2,
        "jti": random::uuid()?,
        "client_id": client.id,
    });
    let Value::Object(claims) = claims else {
        return Err(Refusal::internal("claims are no object"));
    };
    Ok(json!({
        "AccessToken": sign(server, pool, TokenUse::Access, &claims).await?,
        "ExpiresIn": access_seconds(&policy),
        "TokenType": "Bearer",
    }))
}

/// OpenID Connect Core, section 3.1.3.6: the left half of the token's hash.
fn half_hash(token: &str) -> String {
    let hash = Sha256::digest(token);
    URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default())
}

/// An opaque text of the service's form: five parts, like the encrypted token it stands for.
pub(super) fn make_refresh_token() -> Result<String, Refusal> {
    let header = URL_SAFE_NO_PAD.encode(r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#);
    Ok([
        header,
        random::base64url::<256>()?,
        random::base64url::<12>()?,
        random::base64url::<720>()?,
        random::base64url::<16>()?,
    ]
    .join("."))
}

async fn sign(
    server: &Server,
    pool: &Pool,
    token_use: TokenUse,
    claims: &Map<String, Value>,
) -> Result<String, Refusal> {
    let key = server.key(&pool.id, token_use).await?;
    let header = json!({ "kid": key.kid, "alg": "RS256" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(&Value::Object(claims.clone())));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())?);
    Ok(format!("{message}.{signature}"))
}
