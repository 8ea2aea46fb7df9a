//! The sample APIs and identity pools as a page meets them: over HTTP, from another origin.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::{DEMO, PASSWORD, TestServer};
use serde_json::json;

const IDENTITIES: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";

#[test]
fn page_of_another_origin_may_call_with_a_token_and_read_why_not() {
    let server = TestServer::start();
    let token = server.sign_in(DEMO, "alice", PASSWORD)["AccessToken"].clone();
    let preflight = [
        ("origin", "http://localhost:5173"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "authorization,x-amz-date,x-amz-security-token"),
    ];
    for path in ["/_sample/token/me", "/_sample/iam/notes"] {
        let allowed = server.request("OPTIONS", path, &preflight, "").unwrap();
        let header = |name: &str| allowed.header(name).unwrap_or_default().to_owned();
        assert_eq!(allowed.status, 200);
        assert_eq!(header("access-control-allow-origin"), "*");
        assert_eq!(header("access-control-allow-methods"), "PUT");
        assert!(header("access-control-allow-headers").contains("x-amz-security-token"));
    }

    let bearer = format!("Bearer {}", token.as_str().unwrap());
    let reply = server.request("PUT", "/_sample/token/me?x=1", &[("authorization", &bearer)], "hi");
    let refused = server.request("GET", "/_sample/token/me", &[], "").unwrap();

    let echo = reply.unwrap().json();
    assert_eq!((&echo["caller"]["username"], &echo["body"]), (&json!("alice"), &json!("hi")));
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
    let exposed = refused.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("WWW-Authenticate") && exposed.contains("x-amzn-ErrorType"));
    assert!(refused.header("date").is_some());
    assert_eq!(server.get("/_dev/counters")["sample"], 2);
}

#[test]
fn identity_pools_answer_at_the_same_address_by_their_own_target() {
    let server = TestServer::start();
    let call = |service: &str, operation: &str| {
        let target = format!("{service}.{operation}");
        let body = json!({ "IdentityPoolId": IDENTITIES }).to_string();
        server.request("POST", "/", &[("x-amz-target", &target)], &body).unwrap()
    };

    let reply = call("AWSCognitoIdentityService", "GetId");
    let other = call("AWSCognitoIdentityProviderService", "GetId");
    let foreign = call("AWSCognitoIdentityService", "ListUsers");

    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("content-type"), Some("application/x-amz-json-1.1"));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert!(reply.json()["IdentityId"].as_str().unwrap().starts_with("eu-west-1:"));
    assert_eq!(other.refusal().0, "UnknownOperationException");
    assert_eq!(foreign.refusal().0, "UnknownOperationException");
    let keys = server.get(&format!("/{IDENTITIES}/.well-known/jwks.json"));
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
}

#[test]
fn operation_of_administrators_wants_a_signature() {
    let server = TestServer::start();
    let pool = json!({ "UserPoolId": "eu-west-1_LifeGuard" });

    assert_eq!(server.refused("ListUsers", pool).0, "MissingAuthenticationTokenException");
}

#[test]
fn trouble_on_request_reaches_the_sample_apis_too() {
    let server = TestServer::start();
    server.post(
        "/_dev/faults",
        json!([{ "operation": "sample", "times": 1, "kind": "status", "status": 503 }]),
    );

    let spoiled = server.request("GET", "/_sample/token/me", &[], "").unwrap();
    let refused = server.request("GET", "/_sample/token/me", &[], "").unwrap();

    assert_eq!((spoiled.status, refused.status), (503, 401));
}
