//! What tests and developers do at `/_dev`: faults, the clock, a reset, the inbox.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may panic, and may look at a clock"
)]

mod common;

use common::{DEMO, PASSWORD, TestServer};
use serde_json::json;
use std::time::{Duration, Instant};

#[test]
fn faults_spoil_the_calls_they_name() {
    let server = TestServer::start();
    let plain = || {
        server.try_call(
            "InitiateAuth",
            json!({
                "ClientId": DEMO,
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD },
            }),
        )
    };
    let spoil = |fault| server.post("/_dev/faults", json!([fault]));

    spoil(json!({ "operation": "InitiateAuth", "times": 1, "kind": "dropReply" }));
    assert!(plain().is_none());
    assert_eq!(server.get("/_dev/counters")["InitiateAuth"], 1, "it was carried out");
    assert_eq!(plain().unwrap().status, 200);

    spoil(json!({ "operation": "*", "times": 1, "kind": "dropRequest" }));
    assert!(plain().is_none());
    assert_eq!(server.get("/_dev/counters")["InitiateAuth"], 2, "it was not carried out");

    spoil(json!({
        "operation": "*", "times": 1, "kind": "status", "status": 429, "retryAfter": 7,
    }));
    let reply = plain().unwrap();
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("7")));
    assert_eq!(reply.refusal().0, "TooManyRequestsException");
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));

    spoil(json!({ "operation": "*", "times": 1, "kind": "malformed" }));
    let reply = plain().unwrap();
    assert_eq!(reply.status, 200);
    assert!(serde_json::from_str::<serde_json::Value>(&reply.body).is_err());

    spoil(json!({ "operation": "*", "times": 1, "kind": "html" }));
    assert!(plain().unwrap().header("content-type").unwrap().starts_with("text/html"));

    spoil(json!({ "operation": "jwks.json", "times": 1, "kind": "status", "status": 503 }));
    let jwks = || server.request("GET", "/eu-west-1_LifeGuard/.well-known/jwks.json", &[], "");
    assert_eq!(jwks().unwrap().status, 503);
    assert_eq!(jwks().unwrap().status, 200);

    spoil(json!({ "operation": "GetUser", "kind": "dropReply" }));
    assert_eq!(plain().unwrap().status, 200);
    let reply = server.request("POST", "/_dev/faults", &[], r#"[{"operation":"*"}]"#);
    assert_eq!(reply.unwrap().status, 400);
}

#[test]
fn a_reset_brings_the_seed_back_and_keeps_the_keys() {
    let server = TestServer::start();
    let keys = server.get("/eu-west-1_LifeGuard/.well-known/jwks.json");
    let result = server.sign_in(DEMO, "alice", PASSWORD);
    let person = json!({
        "ClientId": DEMO, "Username": "gone", "Password": PASSWORD,
        "UserAttributes": [
            { "Name": "email", "Value": "gone@example.com" }, { "Name": "name", "Value": "G" },
        ],
    });
    server.ok("SignUp", person);
    server.advance(3600);

    server.post("/_dev/reset", json!({}));

    assert_eq!(server.get("/_dev/counters"), json!({}));
    assert_eq!(server.get("/eu-west-1_LifeGuard/.well-known/jwks.json"), keys);
    assert_eq!(server.get("/_dev/inbox"), json!([]));
    assert_eq!(server.get("/_dev/clock")["offsetSeconds"], 0);
    server.sign_in(DEMO, "alice", PASSWORD);
    let refresh = json!({ "ClientId": DEMO, "RefreshToken": result["RefreshToken"] });
    assert_eq!(server.refused("GetTokensFromRefreshToken", refresh).0, "NotAuthorizedException");
}

#[test]
fn clock_moves_fifty_years_and_no_further() {
    let server = TestServer::start();
    for (seconds, status) in [
        (i64::MAX, 400),
        (i64::MIN, 400),
        (1_576_800_001, 400),
        (1_576_800_000, 200),
        (-1_576_800_000, 200),
        (0, 200),
    ] {
        let body = json!({ "offsetSeconds": seconds }).to_string();
        let reply = server.request("POST", "/_dev/clock", &[], &body).unwrap();

        assert_eq!(reply.status, status, "{seconds}: {}", reply.body);
        let parameters = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
        let reply = server.initiate(DEMO, "USER_PASSWORD_AUTH", parameters);
        assert_eq!(reply.status, 200, "{seconds}: {}", reply.body);
    }
}

#[test]
fn health_is_told_to_whoever_starts_the_server() {
    let server = TestServer::start();

    assert_eq!(server.get("/_dev/health"), json!({ "status": "ok" }));
}

#[test]
fn inbox_waits_for_the_letter_that_comes_next() {
    let server = TestServer::start();
    let ask = || {
        let input = json!({ "ClientId": DEMO, "Username": "alice" });
        server.ok("ForgotPassword", input);
    };
    let address = "/_dev/inbox?to=alice@example.com";
    let begin = Instant::now();
    let first = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| server.get(&format!("{address}&wait=20")));
        std::thread::sleep(Duration::from_millis(200));
        ask();
        waiting.join().unwrap()
    });
    assert_eq!(first.as_array().unwrap().len(), 1);
    let after = first[0]["id"].as_i64().unwrap();
    let second = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| server.get(&format!("{address}&wait=20&after={after}")));
        std::thread::sleep(Duration::from_millis(200));
        ask();
        waiting.join().unwrap()
    });
    assert_eq!(second.as_array().unwrap().len(), 1);
    assert!(second[0]["id"].as_i64().unwrap() > after);
    assert!(begin.elapsed() < Duration::from_secs(15));

    let none = Instant::now();
    assert_eq!(server.get("/_dev/inbox?to=nobody@example.com&wait=1"), json!([]));
    assert!(none.elapsed() >= Duration::from_secs(1));
    let wrong = server.request("GET", "/_dev/inbox?after=x", &[], "").unwrap();
    assert_eq!(wrong.status, 400);
    // A reset does not count anew: who waits for later letters gets them.
    server.post("/_dev/reset", json!({}));
    ask();
    let later = second[0]["id"].as_i64().unwrap();
    assert_eq!(server.get(&format!("{address}&after={later}")).as_array().unwrap().len(), 1);
}

#[test]
fn address_of_an_app_that_is_none_is_refused_and_changes_nothing() {
    let server = TestServer::with(&["--app-url", "https://app.test/"]);
    let body = json!({ "urls": ["https://other.test/", "other.test"] }).to_string();

    let reply = server.request("POST", "/_dev/app-urls", &[], &body).unwrap();

    assert_eq!(reply.status, 400);
    assert!(reply.refusal().1.contains("other.test is no whole URL"), "{reply:?}");
    let origin = |origin| server.request("GET", "/_dev/health", &[("origin", origin)], "").unwrap();
    assert_eq!(origin("https://app.test").status, 200);
    assert_eq!(origin("https://other.test").status, 403);
}
