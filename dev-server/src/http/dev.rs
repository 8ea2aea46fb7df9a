//! `/_dev/…`: what tests and developers do to the server that no client of the service can.

use super::cors;
use super::reply::{frame, json};
use crate::clock::MOST_OFFSET;
use crate::faults;
use crate::refusal::{Answer, Refusal};
use crate::saml::metadata;
use crate::server::Server;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::routing::{MethodRouter, get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The addresses under `/_dev`.
pub(crate) fn routes() -> Router<Arc<Server>> {
    let preflighted = |route: MethodRouter<Arc<Server>>| route.options(cors::preflight);
    Router::new()
        .route("/_dev/health", preflighted(get(health)))
        .route("/_dev/inbox", preflighted(get(inbox)))
        .route("/_dev/inbox.html", get(crate::inbox_page::page))
        .route("/_dev/counters", preflighted(get(counters)))
        .route("/_dev/reset", preflighted(post(reset)))
        .route("/_dev/clock", preflighted(get(clock).post(set_clock)))
        .route("/_dev/faults", preflighted(post(set_faults)))
        .route("/_dev/app-urls", preflighted(post(app_urls)))
        .route("/_dev/saml-metadata/{pool_id}", get(saml_metadata))
}

/// That the server answers, and its store does.
async fn health(State(server): State<Arc<Server>>) -> Response<Body> {
    reply(server.store().counters().map(|_| json!({ "status": "ok" })))
}

/// Which letters are asked for.
#[derive(Deserialize)]
struct Wanted {
    to: Option<String>,
    /// Only those that came after the one of this id.
    #[serde(default)]
    after: i64,
    /// Seconds to wait for the first one.
    #[serde(default)]
    wait: u64,
}

async fn inbox(
    State(server): State<Arc<Server>>,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Response<Body> {
    let Ok(Query(wanted)) = query else {
        let text = "after and wait are whole numbers: the id of a letter, and seconds";
        return reply(Err(Refusal::invalid_parameter(text)));
    };
    let mut changes = server.letters.subscribe();
    let mut stopping = server.stopping.subscribe();
    let longest = tokio::time::sleep(Duration::from_secs(wanted.wait.min(LONGEST_WAIT)));
    let mut longest = std::pin::pin!(longest);
    loop {
        let letters = match server.store().letters(wanted.to.as_deref(), wanted.after) {
            Ok(letters) => letters,
            Err(refusal) => return reply(Err(refusal)),
        };
        if !letters.is_empty() || longest.is_elapsed() || *stopping.borrow() {
            return reply(serde_json::to_value(letters).map_err(Refusal::from));
        }
        tokio::select! {
            _ = changes.changed() => {}
            _ = stopping.changed() => {}
            () = &mut longest => {}
        }
    }
}

/// Seconds that a request for letters waits at most.
const LONGEST_WAIT: u64 = 60;

async fn counters(State(server): State<Arc<Server>>) -> Response<Body> {
    let counters = server.store().counters();
    reply(counters.and_then(|counters| Ok(serde_json::to_value(counters)?)))
}

/// What an identity provider is told of a pool. The service has no such address: there it is written by hand.
async fn saml_metadata(
    State(server): State<Arc<Server>>,
    Path(pool_id): Path<String>,
) -> Response<Body> {
    if let Err(refusal) = server.store().pool(&pool_id) {
        return reply(Err(refusal));
    }
    let mut response =
        Response::new(Body::from(metadata::of_pool(&pool_id, &server.saml_consumer())));
    let kind = HeaderValue::from_static("application/samlmetadata+xml");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

async fn reset(State(server): State<Arc<Server>>) -> Response<Body> {
    reply(server.reset().map(|()| json!({})))
}

async fn clock(State(server): State<Arc<Server>>) -> Response<Body> {
    reply(Ok(clock_state(&server)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetClock {
    offset_seconds: i64,
}

async fn set_clock(State(server): State<Arc<Server>>, body: Bytes) -> Response<Body> {
    reply(read::<SetClock>(&body).and_then(|wish| {
        if !(-MOST_OFFSET..=MOST_OFFSET).contains(&wish.offset_seconds) {
            let text = format!("offsetSeconds must be between -{MOST_OFFSET} and {MOST_OFFSET}");
            return Err(Refusal::invalid_parameter(text));
        }
        server.clock.set_offset(wish.offset_seconds);
        Ok(clock_state(&server))
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppUrls {
    urls: Vec<String>,
}

async fn app_urls(State(server): State<Arc<Server>>, body: Bytes) -> Response<Body> {
    reply(read::<AppUrls>(&body).and_then(|wish| {
        server.allow_app_urls(wish.urls).map_err(Refusal::invalid_parameter)?;
        Ok(json!({}))
    }))
}

async fn set_faults(State(server): State<Arc<Server>>, body: Bytes) -> Response<Body> {
    reply(faults::read(&body).map_err(Refusal::invalid_parameter).map(|rules| {
        server.faults.replace(rules);
        json!({})
    }))
}

fn clock_state(server: &Server) -> Value {
    json!({ "offsetSeconds": server.clock.offset(), "now": server.clock.now() })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::invalid_parameter(error.to_string()))
}

fn reply(answer: Answer) -> Response<Body> {
    let mut response = match answer {
        Ok(value) => json(StatusCode::OK, &value, ""),
        Err(refusal) => frame(Err(refusal), ""),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    cors::allow(headers);
    response
}
