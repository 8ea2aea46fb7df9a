//! `/{poolId}/.well-known/jwks.json` and `/openid-configuration`.

use super::cors;
use super::reply::{frame, json};
use super::spoil::spoiled;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::Pool;
use crate::tokens::jwks::jwks;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;

/// Either document of a pool.
pub(crate) async fn document(
    State(server): State<Arc<Server>>,
    Path((pool_id, name)): Path<(String, String)>,
) -> Response<Body> {
    let mut response = spoiled(&server, &name, "", async {
        let mut response = match make(&server, &pool_id, &name).await {
            Ok(value) => json(StatusCode::OK, &value, ""),
            Err(refusal) => frame(Err(refusal.with_status(StatusCode::NOT_FOUND)), ""),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    })
    .await;
    cors::allow(response.headers_mut());
    response
}

async fn make(server: &Server, pool_id: &str, name: &str) -> Answer {
    let is_identity_pool = server.config.identity_pools.iter().any(|pool| pool.id == pool_id);
    let pool = server.store().pool(pool_id);
    let counted = match (name, pool) {
        ("jwks.json", Ok(_)) => jwks(server, pool_id).await?,
        ("jwks.json", Err(_)) if is_identity_pool => jwks(server, pool_id).await?,
        ("openid-configuration", Ok(pool)) => configuration(server, &pool),
        (_, Err(refusal)) => return Err(refusal),
        _ => return Err(Refusal::not_found("No such document")),
    };
    server.store().count(name)?;
    Ok(counted)
}

fn configuration(server: &Server, pool: &Pool) -> Value {
    let here = &server.public_url;
    let mut members = json!({
        "issuer": server.issuer(pool),
        "jwks_uri": format!("{here}/{}/.well-known/jwks.json", pool.id),
        "authorization_endpoint": format!("{here}/oauth2/authorize"),
        "token_endpoint": format!("{here}/oauth2/token"),
        "userinfo_endpoint": format!("{here}/oauth2/userInfo"),
        "revocation_endpoint": format!("{here}/oauth2/revoke"),
        "end_session_endpoint": format!("{here}/logout"),
        "response_types_supported": ["code", "token"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    });
    if pool.response_issuer
        && let Some(members) = members.as_object_mut()
    {
        members.insert("authorization_response_iss_parameter_supported".to_owned(), json!(true));
    }
    members
}
