//! Trouble on request, in place of an operation or to its reply.

use super::reply::{json, set};
use crate::faults::Fault;
use crate::server::Server;
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use std::future::Future;
use std::time::Duration;

/// Set on a reply that must never leave: the connection closes instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dropped;

/// Does the work with the trouble that was asked for under this name.
pub(crate) async fn spoiled(
    server: &Server,
    name: &str,
    request_id: &str,
    work: impl Future<Output = Response<Body>>,
) -> Response<Body> {
    let faults = server.faults.strike(name);
    for fault in &faults {
        if let Some(response) = before(fault, request_id).await {
            return response;
        }
    }
    let mut response = work.await;
    for fault in &faults {
        response = after(fault, response).await;
    }
    response
}

/// What a fault does in place of the operation.
async fn before(fault: &Fault, request_id: &str) -> Option<Response<Body>> {
    match fault {
        Fault::Delay { ms } => {
            tokio::time::sleep(Duration::from_millis(*ms)).await;
            None
        }
        Fault::DropRequest => Some(dropped()),
        Fault::Status { status, retry_after, error } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            let name = match (error.as_deref(), status.as_u16()) {
                (Some(name), _) => name,
                (None, 429) => "TooManyRequestsException",
                (None, 503) => "ServiceUnavailable",
                (None, _) => "InternalFailure",
            };
            let message = "Trouble on request";
            let body = serde_json::json!({ "__type": name, "message": message });
            let mut response = json(status, &body, request_id);
            set(response.headers_mut(), "x-amzn-errortype", &format!("{name}:"));
            set(response.headers_mut(), "x-amzn-errormessage", message);
            if let Some(seconds) = retry_after {
                set(response.headers_mut(), "retry-after", &seconds.to_string());
            }
            Some(response)
        }
        Fault::Html => {
            let page = "<!doctype html><title>Wi-Fi</title><p>Please accept our terms.</p>";
            let mut response = Response::new(Body::from(page));
            set(response.headers_mut(), "content-type", "text/html; charset=utf-8");
            Some(response)
        }
        Fault::DropReply | Fault::Malformed => None,
    }
}

/// What a fault does to the reply.
async fn after(fault: &Fault, response: Response<Body>) -> Response<Body> {
    match fault {
        Fault::DropReply => dropped(),
        Fault::Malformed => {
            let (mut parts, body) = response.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            // At least one byte stays, so that this is not the empty body some operations have.
            let half = bytes.slice(..(bytes.len() / 2).max(1).min(bytes.len()));
            Response::from_parts(parts, Body::from(half))
        }
        _ => response,
    }
}

fn dropped() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Dropped);
    response
}
