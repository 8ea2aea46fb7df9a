//! The end of an authorization: the person is known, the app gets its code.

use super::cookies;
use super::documents::{AuthorizationCode, BrowserSession};
use super::request::{Request, ResponseType};
use super::scope;
use super::trouble::{Trouble, redirect};
use crate::random;
use crate::server::Server;
use crate::store::User;
use crate::tokens::{self, Grant, fingerprint};
use axum::body::Body;
use axum::http::Response;
use serde_json::{Map, Value};

/// A code lives for five minutes.
const CODE_MS: i64 = 5 * 60_000;

/// Signs the person in in this browser and goes back to the app.
pub(super) async fn arrive(
    server: &Server,
    request: &Request,
    user: &User,
    provider: &str,
) -> Result<Response<Body>, Trouble> {
    let (session, cookie) = cookies::sign_in(server, user, provider)?;
    let mut response = go_back(server, request, user, &session).await?;
    cookies::set(&mut response, Some(cookie));
    Ok(response)
}

/// Goes back to the app with what it asked for.
pub(super) async fn go_back(
    server: &Server,
    request: &Request,
    user: &User,
    session: &BrowserSession,
) -> Result<Response<Body>, Trouble> {
    let location = match request.response {
        ResponseType::Code => {
            let code = make_code(server, request, user, session)?;
            request.location(server, &[("code", &code)])
        }
        ResponseType::Token => implicit(server, request, user, session).await?,
    };
    Ok(redirect(&location))
}

fn make_code(
    server: &Server,
    request: &Request,
    user: &User,
    session: &BrowserSession,
) -> Result<String, Trouble> {
    // Whichever page it began on.
    if request.is_unproved() {
        let id = &request.context.client.id;
        tracing::warn!(
            "client {id} has no secret and sent no code_challenge: whoever gets the code can use it. --strict refuses this"
        );
    }
    let code = random::uuid()?;
    let now = server.clock.now_ms();
    server.store().put(&AuthorizationCode {
        key: fingerprint(&code),
        pool_id: user.pool_id.clone(),
        client_id: request.context.client.id.clone(),
        username: user.username.clone(),
        redirect_uri: request.redirect_uri.clone(),
        scope: request.scope.clone(),
        nonce: request.parameters.get("nonce").map(str::to_owned),
        code_challenge: request.code_challenge.clone(),
        auth_time: session.auth_time,
        expires: now + CODE_MS,
        spent: false,
        replayed: false,
        refresh_key: None,
    })?;
    Ok(code)
}

/// The implicit grant: tokens in the fragment, and no refresh token.
async fn implicit(
    server: &Server,
    request: &Request,
    user: &User,
    session: &BrowserSession,
) -> Result<String, Trouble> {
    let grant = Grant {
        pool: &request.context.pool,
        client: &request.context.client,
        user,
        scope: request.scope.clone(),
        device_key: None,
        nonce: request.parameters.get("nonce").map(str::to_owned),
        auth_time: Some(session.auth_time),
        source: "HostedAuth",
        metadata: Map::new(),
        renewed: None,
    };
    let issued = tokens::issue(server, grant).await?;
    if let Some(unused) = issued.get("RefreshToken").and_then(Value::as_str) {
        let key = fingerprint(unused);
        server.store().remove::<crate::store::RefreshToken>(&user.pool_id, &user.username, &key)?;
    }
    let text = |name: &str| issued.get(name).and_then(Value::as_str).unwrap_or_default();
    let expires_in = issued.get("ExpiresIn").and_then(Value::as_i64).unwrap_or_default();
    let expires_in = expires_in.to_string();
    let mut answer = vec![
        ("access_token", text("AccessToken")),
        ("token_type", "bearer"),
        ("expires_in", expires_in.as_str()),
    ];
    if scope::has(&request.scope, "openid") {
        answer.insert(0, ("id_token", text("IdToken")));
    }
    Ok(request.location(server, &answer))
}
