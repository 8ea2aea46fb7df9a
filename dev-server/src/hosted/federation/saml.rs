//! SAML providers: away with a request, back with a form that the provider's page posts.

use super::provider::{NAME_ID, Provider};
use super::{AWAY_MS, Departure, Failure, web};
use crate::clock::Clock;
use crate::hosted::cookies;
use crate::hosted::form::Call;
use crate::hosted::request::Request;
use crate::hosted::trouble::{Trouble, redirect, see_other};
use crate::random;
use crate::saml::metadata::Provider as Metadata;
use crate::saml::request::AuthnRequest;
use crate::saml::response::{Assertion, Expected};
use crate::saml::{Fault, replay, service_provider};
use crate::server::Server;
use crate::store::document;
use crate::tokens::fingerprint;
use axum::body::Body;
use axum::http::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A response that was posted and waits for the browser to fetch what follows from it.
#[derive(Debug, Serialize, Deserialize)]
struct Delivery {
    /// That of the departure.
    key: String,
    pool_id: String,
    response: String,
    /// Milliseconds since the epoch.
    expires: i64,
}

document!(Delivery, "saml_delivery", key; ends |delivery| delivery.expires);

/// Sends the person to a provider.
pub(super) async fn depart(
    server: &Server,
    call: &Call,
    request: &Request,
    provider: &Provider,
) -> Result<Response<Body>, Trouble> {
    let refuse = |failure: Failure| request.refuse(server, failure.error, &failure.text);
    let metadata = metadata(provider).await.map_err(refuse)?;
    let relay_state = random::base64url::<32>()?;
    let id = format!("_{}", random::uuid()?);
    let question = AuthnRequest {
        id: &id,
        pool_id: &request.context.pool.id,
        consumer_url: &server.saml_consumer(),
        force: request.prompts_for("login"),
        now: Clock::machine(),
    };
    let away = question.url(&metadata, &relay_state).map_err(told).map_err(refuse)?;
    let (mark, cookie) = cookies::form_mark(server, call)?;
    server.store().put(&Departure {
        key: fingerprint(&relay_state),
        pool_id: request.context.pool.id.clone(),
        provider: provider.name.clone(),
        request: request.parameters.encode(),
        nonce: id,
        code_verifier: String::new(),
        browser: fingerprint(&mark),
        expires: server.clock.now_ms() + AWAY_MS,
    })?;
    let mut response = redirect(&away);
    cookies::set(&mut response, cookie);
    Ok(response)
}

/// `POST /saml2/idpresponse`. Keeps the response and has the browser come again with a GET: our cookies are
/// `SameSite=Lax`, which no browser sends with a form of another site.
pub(in crate::hosted) async fn deliver(
    server: &Server,
    call: Call,
) -> Result<Response<Body>, Trouble> {
    let state = call.form.text("RelayState");
    let response = call.form.text("SAMLResponse");
    let store = server.store();
    let found: Option<Departure> = store.find_by_key(&fingerprint(state))?;
    let Some(departure) = found.filter(|_| !response.is_empty()) else {
        let text = "The identity provider answered a question that this server did not ask, or asked too long ago.";
        return Err(Trouble::page("invalid_state", text));
    };
    store.put(&Delivery {
        key: departure.key,
        pool_id: departure.pool_id,
        response: response.to_owned(),
        expires: departure.expires,
    })?;
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish();
    Ok(see_other(&format!("{}?{query}", server.saml_consumer())))
}

/// What the provider says of the person who is back.
pub(super) async fn claims(
    server: &Server,
    provider: &Provider,
    departure: &Departure,
) -> Result<Map<String, Value>, Failure> {
    let metadata = metadata(provider).await?;
    let store = server.store();
    let delivery: Option<Delivery> = store.find_by_key(&departure.key).map_err(|_| broken())?;
    let delivery = delivery.ok_or_else(|| Failure::invalid("The IdP posted no response"))?;
    store.remove::<Delivery>(&delivery.pool_id, "", &delivery.key).map_err(|_| broken())?;
    let expected = Expected {
        provider: &metadata,
        audience: &service_provider(&departure.pool_id),
        recipient: &server.saml_consumer(),
        request_id: &departure.nonce,
        now: Clock::machine(),
    };
    let assertion = Assertion::read(&delivery.response, &expected).map_err(told)?;
    let is_new = replay::spend(&store, &departure.pool_id, &metadata, &assertion, Clock::machine())
        .map_err(|_| broken())?;
    if !is_new {
        return Err(told(Fault::Untimely("the assertion was used before")));
    }
    let claim = |values: Vec<String>| match <[String; 1]>::try_from(values) {
        Ok([only]) => json!(only),
        Err(values) => json!(values),
    };
    let mut claims: Map<String, Value> =
        assertion.attributes.into_iter().map(|(name, values)| (name, claim(values))).collect();
    claims.insert(NAME_ID.to_owned(), json!(assertion.name_id));
    Ok(claims)
}

/// What is known of the provider: from its settings, or fetched anew, for keys change.
async fn metadata(provider: &Provider) -> Result<Metadata, Failure> {
    let text = match provider.detail("MetadataFile") {
        Some(text) => text.to_owned(),
        None => web::text(provider.required("MetadataURL")?, "metadata endpoint").await?,
    };
    Metadata::read(&text).map_err(told)
}

fn told(fault: Fault) -> Failure {
    let is_denied = matches!(&fault, Fault::Declined(_));
    Failure {
        error: if is_denied { "access_denied" } else { "invalid_request" },
        text: format!("Error in SAML response processing: {fault}"),
    }
}

fn broken() -> Failure {
    Failure { error: "server_error", text: "Something went wrong".to_owned() }
}
