//! Two small APIs to call with what a sign-in gives: one that wants AWS credentials, as an API Gateway with IAM
//! authorization does, and one that wants an access token, as its JWT authorizer and load balancers do. Both echo who called.

mod call;
mod iam;
#[cfg(test)]
mod tests;
mod token;

use crate::server::Server;
use crate::sigv4::Request;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use call::{Call, reply};
use serde_json::json;

/// Answers a request to `/_sample/…`.
pub(crate) fn answer(server: &Server, request: &Request) -> Response<Body> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let call = Call { request, path, query };
    match (path.strip_prefix("/_sample/iam"), path.strip_prefix("/_sample/token")) {
        (Some(path), _) => iam::answer(server, &Call { path, ..call }),
        (_, Some(path)) => token::answer(server, &Call { path, ..call }),
        _ => reply(StatusCode::NOT_FOUND, &json!({ "message": "Not Found" }), &[]),
    }
}
