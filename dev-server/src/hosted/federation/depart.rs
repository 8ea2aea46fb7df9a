//! Away to a provider.

use super::exchange::Endpoints;
use super::provider::{Provider, SAML, redirect_uri};
use super::{AWAY_MS, Departure, Failure, saml};
use crate::hosted::cookies;
use crate::hosted::form::Call;
use crate::hosted::request::Request;
use crate::hosted::trouble::{Trouble, redirect};
use crate::random;
use crate::server::Server;
use crate::tokens::fingerprint;
use axum::body::Body;
use axum::http::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

/// Sends the person to a provider, with a state of our own.
pub(in crate::hosted) async fn depart(
    server: &Server,
    call: &Call,
    request: &Request,
    provider: &Provider,
) -> Result<Response<Body>, Trouble> {
    if provider.kind == SAML {
        return saml::depart(server, call, request, provider).await;
    }
    let refuse = |failure: Failure| request.refuse(server, failure.error, &failure.text);
    let endpoints = Endpoints::find(provider).await.map_err(refuse)?;
    let state = random::base64url::<32>()?;
    let nonce = random::base64url::<32>()?;
    let code_verifier = random::base64url::<48>()?;
    let (mark, cookie) = cookies::form_mark(server, call)?;
    let away = away(server, request, provider, &endpoints, (&state, &nonce, &code_verifier));
    let away = away.map_err(refuse)?;
    server.store().put(&Departure {
        key: fingerprint(&state),
        pool_id: request.context.pool.id.clone(),
        provider: provider.name.clone(),
        request: request.parameters.encode(),
        nonce,
        code_verifier,
        browser: fingerprint(&mark),
        expires: server.clock.now_ms() + AWAY_MS,
    })?;
    let mut response = redirect(away.as_str());
    cookies::set(&mut response, cookie);
    Ok(response)
}

fn away(
    server: &Server,
    request: &Request,
    provider: &Provider,
    endpoints: &Endpoints,
    (state, nonce, code_verifier): (&str, &str, &str),
) -> Result<Url, Failure> {
    let mut away = Url::parse(&endpoints.authorize)
        .map_err(|_| Failure::invalid("The provider's authorize_url is no address"))?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(code_verifier));
    let mut query = away.query_pairs_mut();
    query
        .append_pair("client_id", provider.required("client_id")?)
        .append_pair("redirect_uri", &redirect_uri(server))
        .append_pair("response_type", "code")
        .append_pair("scope", provider.required("authorize_scopes")?)
        .append_pair("state", state)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    if provider.is_openid() {
        query.append_pair("nonce", nonce);
        if let Some(hint) = request.parameters.get("login_hint") {
            query.append_pair("login_hint", hint);
        }
        let prompts = request.prompts.join(" ");
        if !prompts.is_empty() {
            query.append_pair("prompt", &prompts);
        }
    }
    if provider.kind == "SignInWithApple" {
        // Apple gives a name or an address only to a form.
        query.append_pair("response_mode", "form_post");
    }
    drop(query);
    Ok(away)
}
