//! `/oauth2/idpresponse`: back from a provider.

use super::exchange::{self, Endpoints};
use super::provider::{self, Provider};
use super::{Departure, Failure, person, saml};
use crate::hosted::form::{Call, Parameters};
use crate::hosted::request::Request;
use crate::hosted::trouble::{Trouble, see_other};
use crate::hosted::{arrival, cookies};
use crate::server::Server;
use crate::tokens::fingerprint;
use axum::body::Body;
use axum::http::Response;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

/// `GET`: the answer is in the query.
pub(in crate::hosted) async fn come_back(
    server: &Server,
    call: Call,
) -> Result<Response<Body>, Trouble> {
    let answer = call.query.clone();
    arrive(server, &call, &answer).await
}

/// `POST`: the answer is in a form, as Apple sends it. No browser sends `SameSite=Lax` cookies with a form of another
/// site, so it comes again by `GET`.
pub(in crate::hosted) async fn come_back_by_form(
    server: &Server,
    call: Call,
) -> Result<Response<Body>, Trouble> {
    let address = format!("{}?{}", super::provider::redirect_uri(server), call.form.encode());
    Ok(see_other(&address))
}

async fn arrive(
    server: &Server,
    call: &Call,
    answer: &Parameters,
) -> Result<Response<Body>, Trouble> {
    let departure = take(server, call, answer.text("state"))?;
    let request = Request::check(server, Parameters::read(departure.request.as_bytes()))?;
    let refuse = |failure: Failure| request.refuse(server, failure.error, &failure.text);
    let gone = || Failure::invalid("The identity provider is not there any more");
    let found = provider::named(server, &departure.pool_id, &departure.provider)?;
    let provider = found.ok_or_else(gone).map_err(refuse)?;
    let claims = ask(server, &provider, &departure, answer).await.map_err(refuse)?;
    let user = person::enter(server, &request, &provider, &claims).await.map_err(refuse)?;
    arrival::arrive(server, &request, &user, &provider.name).await
}

/// Finds who left with this state, once, and in the same browser.
fn take(server: &Server, call: &Call, state: &str) -> Result<Departure, Trouble> {
    let unknown = || {
        let text = "The identity provider answered a question that this server did not ask, or asked too long ago.";
        Trouble::page("invalid_state", text)
    };
    let store = server.store();
    let found: Option<Departure> = store.find_by_key(&fingerprint(state))?;
    let departure = found.ok_or_else(unknown)?;
    // SECURITY: RFC 9700, section 4.7: an answer that somebody else fetched signs nobody in here.
    let browser = fingerprint(cookies::browser_mark(call));
    let is_same = bool::from(departure.browser.as_bytes().ct_eq(browser.as_bytes()));
    if !is_same {
        return Err(unknown());
    }
    store.remove::<Departure>(&departure.pool_id, "", &departure.key)?;
    Ok(departure)
}

/// The claims that the answer leads to.
async fn ask(
    server: &Server,
    provider: &Provider,
    departure: &Departure,
    answer: &Parameters,
) -> Result<Map<String, Value>, Failure> {
    if let Some(error) = answer.get("error") {
        return Err(refused(provider, error, answer.text("error_description")));
    }
    if provider.kind == provider::SAML {
        return saml::claims(server, provider, departure).await;
    }
    let endpoints = Endpoints::find(provider).await?;
    // SECURITY: RFC 9207: an answer of another provider is not exchanged at this one.
    if let (Some(told), Some(issuer)) = (answer.get("iss"), &endpoints.issuer)
        && told != issuer
    {
        return Err(Failure::invalid("The answer came from another identity provider"));
    }
    let code = answer.get("code").ok_or_else(|| Failure::invalid("The IdP gave no code"))?;
    exchange::claims(server, provider, &endpoints, departure, code).await
}

/// A provider's refusal, told to the app; Facebook and Apple have words of their own for a person who went back.
fn refused(provider: &Provider, error: &str, description: &str) -> Failure {
    let is_denied = ["access_denied", "user_cancelled_authorize", "user_denied"].contains(&error);
    let told = |text: &str| -> String {
        text.chars().filter(|letter| !letter.is_control()).take(200).collect()
    };
    Failure {
        error: if is_denied { "access_denied" } else { "invalid_request" },
        text: format!("{} Error - {} {}", provider.name, told(error), told(description))
            .trim_end()
            .to_owned(),
    }
}
