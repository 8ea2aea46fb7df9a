//! Every address of the server, and what stands before all of them.

use crate::caller::Caller;
use crate::dispatch::{self, dispatch};
use crate::http::reply::{frame, set};
use crate::http::spoil::spoiled;
use crate::http::{cors, dev, discovery, gate, listen, trace};
use crate::refusal::Refusal;
use crate::server::Server;
use crate::{hosted, random, sample, sigv4, timestamp};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::middleware;
use axum::routing::{any, get};
use std::any::Any;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;

/// All addresses of the server.
pub(crate) fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/", any(operation))
        .route("/{pool}/.well-known/{document}", get(discovery::document).options(cors::preflight))
        .route("/_sample/iam/{*path}", any(sample_api))
        .route("/_sample/token/{*path}", any(sample_api))
        .merge(dev::routes())
        .merge(hosted::routes())
        .layer(DefaultBodyLimit::max(1 << 20))
        .layer(CatchPanicLayer::custom(broken))
        .layer(middleware::from_fn_with_state(server.clone(), gate::gate))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(trace::span)
                .on_request(())
                .on_response(trace::answered)
                .on_body_chunk(())
                .on_eos(())
                .on_failure(()),
        )
        .with_state(server)
}

/// The answer of a handler that panicked; what it wrote was rolled back.
fn broken(cause: Box<dyn Any + Send>) -> Response<Body> {
    let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| cause.downcast_ref::<String>().cloned());
    let refusal = Refusal::internal(text.as_deref().unwrap_or("a handler broke off"));
    let mut response = frame(Err(refusal), "");
    cors::allow(response.headers_mut());
    response
}

/// Every operation: `POST /`.
async fn operation(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    let mut response = match request.method().as_str() {
        "OPTIONS" => return cors::preflight(request.headers().clone()).await,
        "POST" => post(&server, request).await,
        _ => frame(Err(dispatch::no_operation()), ""),
    };
    cors::allow(response.headers_mut());
    // A client whose clock is wrong reads the right time here, so the moved clock must show.
    set(response.headers_mut(), "date", &timestamp::http_date(server.clock.now()));
    response
}

/// The sample APIs; which one, the path says.
async fn sample_api(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
    if request.method() == "OPTIONS" {
        return cors::preflight(request.headers().clone()).await;
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap_or_default();
    let mut response = spoiled(&server, "sample", "", async {
        match server.store().count("sample") {
            Ok(()) => {}
            Err(refusal) => return frame(Err(refusal), ""),
        }
        sample::answer(&server, &arrived(&parts, &body))
    })
    .await;
    cors::allow(response.headers_mut());
    cors::expose(response.headers_mut(), "WWW-Authenticate");
    set(response.headers_mut(), "date", &timestamp::http_date(server.clock.now()));
    response
}

async fn post(server: &Server, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let mut caller = match caller(&parts.headers, &parts.extensions) {
        Ok(caller) => caller,
        Err(refusal) => return frame(Err(refusal), ""),
    };
    let Ok(body) = axum::body::to_bytes(body, 1 << 20).await else {
        let refusal = Refusal::new("RequestEntityTooLargeException", "Request is too large");
        return frame(Err(refusal.with_status(StatusCode::PAYLOAD_TOO_LARGE)), &caller.request_id);
    };
    caller.request = arrived(&parts, &body);
    spoiled(server, &caller.operation, &caller.request_id, async {
        let answer = dispatch(server, &caller, &body).await;
        if let Err(refusal) = &answer {
            trace::refused(refusal.name);
        }
        frame(answer, &caller.request_id)
    })
    .await
}

fn caller(headers: &HeaderMap, extensions: &axum::http::Extensions) -> Result<Caller, Refusal> {
    let text = |name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let target = text("x-amz-target");
    let (service, operation) = dispatch::target(&target).ok_or_else(dispatch::no_operation)?;
    let user_agent = match text("x-amz-user-agent") {
        agent if agent.is_empty() => text("user-agent"),
        agent => agent,
    };
    Ok(Caller {
        service,
        operation: operation.to_owned(),
        request_id: random::uuid()?,
        user_agent,
        ip: extensions
            .get::<listen::Peer>()
            .map_or_else(|| "127.0.0.1".to_owned(), |peer| peer.0.ip().to_string()),
        ..Caller::default()
    })
}

/// A request as signatures see it.
fn arrived(parts: &axum::http::request::Parts, body: &[u8]) -> sigv4::Request {
    let headers = parts.headers.iter().filter_map(|(name, value)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    });
    sigv4::Request {
        method: parts.method.to_string(),
        target: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: headers.collect(),
        body: body.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tower::ServiceExt;

    #[tokio::test]
    async fn panic_of_a_handler_is_answered_and_named() {
        async fn fail() -> Response<Body> {
            panic!("out of {}", "luck")
        }
        let router = Router::new()
            .route("/", get(fail))
            .layer(CatchPanicLayer::custom(broken as fn(Box<dyn Any + Send>) -> Response<Body>));

        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();

        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let name = response.headers().get("x-amzn-errortype").unwrap();
        assert_eq!(name, "InternalErrorException:");
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert!(String::from_utf8_lossy(&body).contains("out of luck"));
    }
}
