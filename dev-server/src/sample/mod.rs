//! Two small APIs to call with what a sign-in gives: one that wants AWS credentials, as an API Gateway with IAM
//! authorization does, and one that wants an access token, as its JWT authorizer and load balancers do. Both echo who called.

mod iam;
#[cfg(test)]
mod tests;
mod token;

use crate::server::Server;
use crate::sigv4::Request;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

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

/// A request, with the path below the API's own.
#[derive(Debug, Clone, Copy)]
struct Call<'a> {
    request: &'a Request,
    path: &'a str,
    query: &'a str,
}

impl Call<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        let headers = &self.request.headers;
        headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What arrived, and from whom.
    fn echo(&self, caller: &Value) -> Response<Body> {
        let query: Map<String, Value> = form_urlencoded::parse(self.query.as_bytes())
            // What belongs to the signature is nobody's parameter, and its token is a secret.
            .filter(|(name, _)| !name.starts_with("X-Amz-"))
            .map(|(name, value)| (name.into_owned(), json!(value)))
            .collect();
        let echo = json!({
            "method": self.request.method,
            "path": self.path,
            "query": query,
            "body": String::from_utf8_lossy(&self.request.body),
            "caller": caller,
        });
        reply(StatusCode::OK, &echo, &[])
    }
}

fn reply(status: StatusCode, body: &Value, headers: &[(&'static str, &str)]) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = [("content-type", "application/json"), ("cache-control", "no-store")];
    for (name, value) in json.iter().chain(headers) {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
