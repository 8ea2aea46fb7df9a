//! `POST /oauth2/revoke` (RFC 7009).

use super::credentials;
use super::form::Call;
use super::trouble::Trouble;
use crate::server::Server;
use crate::store::RefreshToken;
use crate::tokens::{self, fingerprint};
use axum::body::Body;
use axum::http::{Response, StatusCode};

/// Ends one sign-in. A token nobody knows is revoked already.
pub(super) async fn revoke(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let context = credentials::client(server, &call).map_err(unauthorized)?;
    let token = call.form.get("token");
    let token = token
        .ok_or_else(|| Trouble::json("invalid_request", "Missing required parameter token"))?;
    if context.client_policy.enable_token_revocation == Some(false) {
        let text = "Token revocation is not enabled for this client";
        return Err(Trouble::json("invalid_request", text));
    }
    if token.split('.').count() == 3 {
        let text = "Only refresh tokens can be revoked";
        return Err(Trouble::json("unsupported_token_type", text));
    }
    let store = server.store();
    if let Some(held) = store.find_by_key::<RefreshToken>(&fingerprint(token))? {
        if held.client_id != context.client.id {
            return Err(unauthorized(Trouble::json("invalid_client", "The token is another's")));
        }
        tokens::revoke_family(&store, &held)?;
    }
    Ok(Response::new(Body::empty()))
}

fn unauthorized(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Json { error: "invalid_client", text, .. } => {
            Trouble::Json { status: StatusCode::UNAUTHORIZED, error: "invalid_client", text }
        }
        other => other,
    }
}
