//! `/oauth2/userInfo` (OpenID Connect Core, section 5.3).

use super::form::Call;
use super::trouble::{Trouble, reply_json};
use crate::server::Server;
use crate::tokens;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use serde_json::{Map, Value, json};

/// The attributes that the token's scopes open, every value as text.
pub(super) async fn user_info(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let token = bearer(&call).ok_or(Trouble::Bearer {
        status: StatusCode::BAD_REQUEST,
        error: "invalid_request",
        text: "Bad OAuth2 request at UserInfo Endpoint",
    })?;
    let bearer = tokens::believe(server, token).map_err(|_| invalid_token())?;
    if !bearer.has_scope("openid") {
        return Err(invalid_token());
    }
    let scope = bearer.claim("scope").unwrap_or_default();
    let policy = bearer.client.policy();
    let mut told = Map::new();
    told.insert("sub".to_owned(), json!(bearer.user.sub));
    for (name, value) in &bearer.user.attributes {
        if tokens::is_readable(&policy, name) && tokens::is_in_scope(scope, name) {
            told.insert(name.clone(), json!(value));
        }
    }
    told.insert("username".to_owned(), json!(bearer.user.username));
    Ok(reply_json(StatusCode::OK, &Value::Object(told)))
}

fn bearer(call: &Call) -> Option<&str> {
    let value = call.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

fn invalid_token() -> Trouble {
    Trouble::Bearer {
        status: StatusCode::UNAUTHORIZED,
        error: "invalid_token",
        text: "Access token is expired, disabled, or deleted, or the user has globally signed out.",
    }
}
