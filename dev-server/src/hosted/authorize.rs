//! `GET /oauth2/authorize`: the front door of the redirect flow.

use super::form::Call;
use super::request::Request;
use super::trouble::{Trouble, redirect};
use super::{arrival, cookies};
use crate::server::Server;
use axum::body::Body;
use axum::http::Response;

/// Answers at once where somebody is signed in in this browser; else leads to a provider or to `/login`.
pub(super) async fn authorize(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    let named = named_provider(server, &request)?;
    let session = cookies::signed_in(server, &call, &request.context.pool)?
        // Who named a provider wants to be known by that one.
        .filter(|(session, _)| named.as_ref().is_none_or(|named| *named == session.provider));
    if request.prompts_for("none") {
        let Some((session, user)) = session else {
            return Err(request.refuse(server, "login_required", "Nobody is signed in"));
        };
        return arrival::go_back(server, &request, &user, &session).await;
    }
    let must_ask = request.prompts_for("login") || request.prompts_for("select_account");
    if let Some((session, user)) = session.filter(|_| !must_ask) {
        return arrival::go_back(server, &request, &user, &session).await;
    }
    Ok(redirect(&request.page("/login")))
}

/// The provider that the request names, by name or by identifier.
fn named_provider(server: &Server, request: &Request) -> Result<Option<String>, Trouble> {
    let Some(name) = request.parameters.get("identity_provider") else { return Ok(None) };
    if request.providers().iter().any(|known| known == name) {
        return Ok(Some(name.to_owned()));
    }
    let text = "The client does not have this identity provider";
    Err(request.refuse(server, "invalid_request", text))
}
