//! The API that wants an access token: checked against the pool's JWKS alone, as whoever has no other way must.

use super::call::{Call, reply};
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{Client, Pool};
use crate::tokens::jwks::at_hand;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value, json};

type Claims = Map<String, Value>;

/// Why a token does not do.
#[derive(Debug, PartialEq, Eq)]
enum Denial {
    Missing,
    Invalid(&'static str),
    /// One of these is wanted.
    Scope(String),
}

impl From<Refusal> for Denial {
    fn from(_: Refusal) -> Self {
        Self::Invalid("the token is of no pool of this server")
    }
}

/// Echoes a request whose token does; refuses as RFC 6750 says.
pub(super) fn answer(server: &Server, call: &Call<'_>) -> Response<Body> {
    let denial = match admit(server, call) {
        Ok(claims) => return call.echo(&caller(&claims)),
        Err(denial) => denial,
    };
    let (status, message, challenge) = match denial {
        Denial::Missing => (StatusCode::UNAUTHORIZED, "Unauthorized", "Bearer".to_owned()),
        Denial::Invalid(why) => (
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            format!(r#"Bearer error="invalid_token", error_description="{why}""#),
        ),
        Denial::Scope(scopes) => (
            StatusCode::FORBIDDEN,
            "Forbidden",
            format!(r#"Bearer error="insufficient_scope", scope="{scopes}""#),
        ),
    };
    reply(status, &json!({ "message": message }), &[("www-authenticate", &challenge)])
}

fn admit(server: &Server, call: &Call<'_>) -> Result<Claims, Denial> {
    let authorization = call.header("authorization").ok_or(Denial::Missing)?;
    let (scheme, token) = authorization.split_once(' ').ok_or(Denial::Missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Denial::Missing);
    }
    let claims = verify(server, token.trim())?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let held: Vec<&str> = text("scope").split(' ').collect();
    let wanted = &server.config.sample.scopes;
    for (_, scopes) in wanted.iter().filter(|(path, _)| call.path.starts_with(path.as_str())) {
        if !scopes.iter().any(|scope| held.contains(&scope.as_str())) {
            return Err(Denial::Scope(scopes.join(" ")));
        }
    }
    Ok(claims)
}

/// Signature, issuer, client, token use and times.
fn verify(server: &Server, token: &str) -> Result<Claims, Denial> {
    let malformed = |_| Denial::Invalid("the token is not a JWT");
    // Says only whose keys to try: the issuer is held against that pool's below.
    let unverified: Claims = insecure_decode_claims(token).map_err(malformed)?;
    let issuer = unverified.get("iss").and_then(Value::as_str).unwrap_or_default();
    let pool_id = issuer.rsplit('/').next().unwrap_or_default();
    let pool: Pool = server.store().pool(pool_id)?;
    let keys = serde_json::from_value::<JwkSet>(at_hand(server, &pool.id)?)
        .map_err(|_| Denial::Invalid("the keys of the pool cannot be read"))?;
    let kid = decode_header(token).map_err(malformed)?.kid.unwrap_or_default();
    let key = keys.find(&kid).ok_or(Denial::Invalid("the token's key is not the pool's"))?;
    let key = DecodingKey::from_jwk(key)
        .map_err(|_| Denial::Invalid("the keys of the pool cannot be read"))?;
    // Times are held against this server's clock below: tests move it.
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_issuer(&[server.issuer(&pool)]);
    validation.set_required_spec_claims(&["iss", "exp"]);
    let claims = decode::<Claims>(token, &key, &validation)
        .map_err(|_| Denial::Invalid("signature or issuer of the token is wrong"))?
        .claims;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("token_use") != Some("access") {
        return Err(Denial::Invalid("the token is not an access token"));
    }
    let client: Client = server.store().client(text("client_id").unwrap_or_default())?;
    if client.pool_id != pool.id {
        return Err(Denial::Invalid("the token is of another client"));
    }
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    let now = server.clock.now();
    if time("exp").is_none_or(|expires| expires <= now) {
        return Err(Denial::Invalid("the token has expired"));
    }
    if time("nbf").is_some_and(|begins| begins > now) {
        return Err(Denial::Invalid("the token is not valid yet"));
    }
    Ok(claims)
}

fn caller(claims: &Claims) -> Value {
    let claim = |name: &str| claims.get(name).cloned().unwrap_or(Value::Null);
    json!({
        "sub": claim("sub"),
        "username": claim("username"),
        "clientId": claim("client_id"),
        "scope": claim("scope"),
        "groups": claim("cognito:groups"),
    })
}
