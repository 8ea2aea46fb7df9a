//! `POST /oauth2/token` (RFC 6749, section 3.2).

use super::documents::AuthorizationCode;
use super::form::Call;
use super::trouble::{Trouble, reply_json};
use super::{credentials, scope};
use crate::auth::Context;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{RefreshToken, User};
use crate::tokens::{self, ADMIN_SCOPE, Grant, Renewal, fingerprint};
use axum::body::Body;
use axum::http::{Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Exchanges a code or a refresh token, or gives a client a token of its own.
pub(super) async fn token(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    if call.form.repeated().is_some() {
        return Err(Trouble::json("invalid_request", "A parameter came more than once"));
    }
    let grant_type = call.form.get("grant_type");
    let grant_type = grant_type
        .ok_or_else(|| Trouble::json("invalid_request", "Missing required parameter grant_type"))?;
    if !["authorization_code", "refresh_token", "client_credentials"].contains(&grant_type) {
        return Err(Trouble::json("unsupported_grant_type", "This grant_type is not supported"));
    }
    let context = credentials::client(server, &call)?;
    let reply = match grant_type {
        "authorization_code" => for_code(server, &context, &call).await?,
        "refresh_token" => for_refresh_token(server, &context, &call).await?,
        _ => for_client(server, &context, &call).await?,
    };
    Ok(reply_json(StatusCode::OK, &reply))
}

async fn for_code(server: &Server, context: &Context, call: &Call) -> Result<Value, Trouble> {
    check_flow(context, "code")?;
    let code = required(call, "code")?;
    let (kept, user) = spend(server, context, call, code)?;
    let grant = Grant {
        pool: &context.pool,
        client: &context.client,
        user: &user,
        scope: kept.scope.clone(),
        device_key: None,
        nonce: kept.nonce.clone(),
        auth_time: Some(kept.auth_time),
        source: "HostedAuth",
        metadata: Map::new(),
        renewed: None,
    };
    let issued = tokens::issue(server, grant).await.map_err(refused_grant)?;
    settle(server, kept.clone(), &issued)?;
    Ok(reply(&issued, scope::has(&kept.scope, "openid")))
}

/// Judges a code and spends it. A code that was used before takes what it gave with it.
fn spend(
    server: &Server,
    context: &Context,
    call: &Call,
    code: &str,
) -> Result<(AuthorizationCode, User), Trouble> {
    let store = server.store();
    let kept: Option<AuthorizationCode> = store.find_by_key(&fingerprint(code))?;
    let mut kept =
        kept.filter(|kept| kept.client_id == context.client.id).ok_or_else(wrong_code)?;
    if kept.spent {
        // SECURITY: RFC 6749, section 4.1.2: somebody else may have had the code first.
        if let Some(key) = &kept.refresh_key
            && let Some(token) = store.find_by_key::<RefreshToken>(key)?
        {
            tokens::revoke_family(&store, &token)?;
        }
        kept.replayed = true;
        store.put(&kept)?;
        return Err(wrong_code());
    }
    if kept.expires <= server.clock.now_ms() {
        return Err(wrong_code());
    }
    kept.spent = true;
    store.put(&kept)?;
    let is_same_address = call.form.get("redirect_uri") == Some(kept.redirect_uri.as_str());
    if !is_same_address || !is_proved(&kept, call.form.get("code_verifier")) {
        return Err(wrong_code());
    }
    let user = store.user(&kept.pool_id, &kept.username)?.filter(|user| user.enabled);
    Ok((kept, user.ok_or_else(wrong_code)?))
}

/// Notes what a code was exchanged for; one that came a second time in between is worth nothing.
fn settle(server: &Server, kept: AuthorizationCode, issued: &Value) -> Result<(), Trouble> {
    let refresh = issued.get("RefreshToken").and_then(Value::as_str).unwrap_or_default();
    let store = server.store();
    let stored: Option<AuthorizationCode> = store.find_by_key(&kept.key)?;
    let is_replayed = stored.is_none_or(|stored| stored.replayed);
    if is_replayed && let Some(token) = store.find_by_key::<RefreshToken>(&fingerprint(refresh))? {
        tokens::revoke_family(&store, &token)?;
        return Err(wrong_code());
    }
    store.put(&AuthorizationCode { refresh_key: Some(fingerprint(refresh)), ..kept })?;
    Ok(())
}

/// RFC 7636, section 4.6.
fn is_proved(kept: &AuthorizationCode, verifier: Option<&str>) -> bool {
    match (&kept.code_challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            let is_formed =
                (43..=128).contains(&verifier.len()) && verifier.bytes().all(is_allowed);
            let derived = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
            is_formed && bool::from(derived.as_bytes().ct_eq(challenge.as_bytes()))
        }
        // A verifier without a challenge tells of a challenge that was taken away on the way here.
        _ => false,
    }
}

async fn for_refresh_token(
    server: &Server,
    context: &Context,
    call: &Call,
) -> Result<Value, Trouble> {
    let token = required(call, "refresh_token")?;
    let held: Option<RefreshToken> = server.store().find_by_key(&fingerprint(token))?;
    let held = held.ok_or_else(|| Trouble::json("invalid_grant", "Invalid Refresh Token"))?;
    let renewal = Renewal {
        pool: &context.pool,
        client: &context.client,
        token,
        device_key: None,
        metadata: Map::new(),
    };
    let issued = tokens::renew(server, renewal).await.map_err(refused_grant)?;
    let with_id = scope::has(&held.scope, "openid") || held.scope == ADMIN_SCOPE && !held.hosted;
    Ok(reply(&issued, with_id))
}

async fn for_client(server: &Server, context: &Context, call: &Call) -> Result<Value, Trouble> {
    if context.client.secret.is_none() {
        let text = "A client without a secret cannot speak for itself";
        return Err(Trouble::json("unauthorized_client", text));
    }
    check_flow(context, "client_credentials")?;
    let allowed: Vec<String> = context
        .client_policy
        .allowed_o_auth_scopes
        .iter()
        .filter(|scope| scope.contains('/'))
        .cloned()
        .collect();
    let scope = scope::granted(call.form.get("scope"), &allowed)
        .map_err(|text| Trouble::json("invalid_scope", text))?;
    let issued = tokens::issue_to_client(server, &context.pool, &context.client, &scope).await?;
    Ok(reply(&issued, false))
}

fn check_flow(context: &Context, flow: &str) -> Result<(), Trouble> {
    let policy = &context.client_policy;
    let is_allowed = policy.allowed_o_auth_flows_user_pool_client
        && policy.allowed_o_auth_flows.iter().any(|name| name == flow);
    if is_allowed {
        return Ok(());
    }
    Err(Trouble::json("unauthorized_client", "The client may not use this grant_type"))
}

fn required<'a>(call: &'a Call, name: &'static str) -> Result<&'a str, Trouble> {
    call.form.get(name).ok_or_else(|| {
        Trouble::json(
            "invalid_request",
            match name {
                "code" => "Missing required parameter code",
                _ => "Missing required parameter refresh_token",
            },
        )
    })
}

fn wrong_code() -> Trouble {
    Trouble::json("invalid_grant", "The code is unknown, used or expired, or not this request's")
}

fn refused_grant(refusal: Refusal) -> Trouble {
    if refusal.status.is_server_error() {
        return Trouble::Refused(refusal);
    }
    Trouble::json(
        "invalid_grant",
        match refusal.name {
            "RefreshTokenReuseException" => "Refresh token has already been used",
            "UserLambdaValidationException" => "A trigger refused the sign-in",
            _ => "Invalid Refresh Token",
        },
    )
}

fn reply(issued: &Value, with_id: bool) -> Value {
    let mut told = Map::new();
    for (name, member) in [
        ("id_token", "IdToken"),
        ("access_token", "AccessToken"),
        ("refresh_token", "RefreshToken"),
    ] {
        if let Some(value) = issued.get(member)
            && (with_id || name != "id_token")
        {
            told.insert(name.to_owned(), value.clone());
        }
    }
    told.insert("expires_in".to_owned(), issued.get("ExpiresIn").cloned().unwrap_or_default());
    told.insert("token_type".to_owned(), json!("Bearer"));
    Value::Object(told)
}
