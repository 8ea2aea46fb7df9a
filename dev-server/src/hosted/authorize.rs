//! `GET /oauth2/authorize`: the front door of the redirect flow.

use super::form::Call;
use super::next::LOCAL;
use super::request::Request;
use super::trouble::{Trouble, redirect};
use super::{arrival, cookies, federation};
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
    // Who can come from one provider only has nothing to choose.
    let providers = request.providers();
    let only = match providers.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    match named.or(only).filter(|name| name != LOCAL) {
        Some(name) => go_to(server, &call, &request, &name).await,
        None => Ok(redirect(&request.page("/login"))),
    }
}

async fn go_to(
    server: &Server,
    call: &Call,
    request: &Request,
    name: &str,
) -> Result<Response<Body>, Trouble> {
    match federation::named(server, &request.context.pool.id, name)? {
        Some(provider) => federation::depart(server, call, request, &provider).await,
        None => {
            let text = "The pool does not have this identity provider";
            Err(request.refuse(server, "invalid_request", text))
        }
    }
}

/// The provider that the request names, by name or by identifier.
fn named_provider(server: &Server, request: &Request) -> Result<Option<String>, Trouble> {
    let name = match request.parameters.get("idp_identifier") {
        Some(identifier) => {
            let pool_id = &request.context.pool.id;
            federation::by_identifier(server, pool_id, identifier)?.unwrap_or_default()
        }
        None => match request.parameters.get("identity_provider") {
            Some(name) => name.to_owned(),
            None => return Ok(None),
        },
    };
    if request.providers().contains(&name) {
        return Ok(Some(name));
    }
    let text = "The client does not have this identity provider";
    Err(request.refuse(server, "invalid_request", text))
}
