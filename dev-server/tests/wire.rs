//! Framing: CORS, refusals, the date; and that nobody waits for the arithmetic of others.

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

const EXPOSED: &str = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date";

#[test]
fn a_preflight_allows_what_it_asks_for() {
    let server = TestServer::start();
    let headers = [
        ("origin", "http://localhost:5173"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,x-amz-target,x-whatever"),
    ];

    let reply = server.request("OPTIONS", "/", &headers, "").unwrap();

    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("access-control-allow-methods"), Some("POST"));
    let allowed = reply.header("access-control-allow-headers");
    assert_eq!(allowed, Some("content-type,x-amz-target,x-whatever"));
    assert_eq!(reply.header("access-control-max-age"), Some("172800"));
    assert_eq!(reply.header("access-control-expose-headers"), Some(EXPOSED));
    assert_eq!(reply.header("access-control-allow-credentials"), None);
}

#[test]
fn replies_and_refusals_are_framed_as_the_service_does() {
    let server = TestServer::start();
    let parameters = json!({ "USERNAME": "alice", "PASSWORD": "wrong" });

    let refused = server.initiate(DEMO, "USER_PASSWORD_AUTH", parameters);
    let parameters = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
    let accepted = server.initiate(DEMO, "USER_PASSWORD_AUTH", parameters);

    for reply in [&refused, &accepted] {
        assert_eq!(reply.header("content-type"), Some("application/x-amz-json-1.1"));
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.header("access-control-expose-headers"), Some(EXPOSED));
        assert_eq!(reply.header("x-amzn-requestid").unwrap().len(), 36);
        assert!(reply.header("date").is_some());
    }
    assert_eq!(refused.status, 400);
    assert_eq!(refused.header("x-amzn-errortype"), Some("NotAuthorizedException:"));
    let message = "Incorrect username or password.";
    assert_eq!(refused.header("x-amzn-errormessage"), Some(message));
    let body = format!(r#"{{"__type":"NotAuthorizedException","message":"{message}"}}"#);
    assert_eq!(refused.body, body);
}

#[test]
fn what_is_no_operation_is_refused() {
    let server = TestServer::start();
    for operation in ["MakeCoffee", ""] {
        let reply = server.call(operation, json!({}));

        assert_eq!(reply.status, 404);
        assert_eq!(reply.refusal().0, "UnknownOperationException");
    }
    let reply = server.request("POST", "/", &[], "{}").unwrap();
    assert_eq!(reply.refusal().0, "UnknownOperationException");
    let reply = server.request("GET", "/", &[], "").unwrap();
    assert_eq!(reply.refusal().0, "UnknownOperationException");
}

#[test]
fn a_body_that_is_no_json_object_is_refused() {
    let server = TestServer::start();
    let target = [("x-amz-target", "AWSCognitoIdentityProviderService.InitiateAuth")];
    for body in ["{", "[]", "\"x\"", r#"{"ClientId":7,"AuthFlow":"USER_AUTH"}"#] {
        let reply = server.request("POST", "/", &target, body).unwrap();

        assert_eq!(reply.refusal().0, "SerializationException", "{body}");
    }
}

#[test]
fn broken_constraints_are_listed() {
    let server = TestServer::start();

    let (name, message) = server.refused(
        "SignUp",
        json!({ "ClientId": "not a client", "Username": "has space", "Password": PASSWORD }),
    );

    assert_eq!(name, "InvalidParameterException");
    assert!(message.starts_with("2 validation errors detected: "), "{message}");
    assert!(!message.contains("has space"), "a sensitive value was repeated: {message}");
}

#[test]
fn a_null_member_is_absent_and_unknown_members_are_ignored() {
    let server = TestServer::start();

    let reply = server.ok(
        "InitiateAuth",
        json!({
            "ClientId": DEMO,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD, "DEVICE_KEY": null },
            "ClientMetadata": null,
            "UserPoolId": "eu-west-1_LifeGuard",
        }),
    );

    assert!(reply["AuthenticationResult"]["AccessToken"].is_string());
}

#[test]
fn operations_of_administrators_must_be_signed() {
    let server = TestServer::start();

    let (name, _) = server.refused(
        "AdminGetUser",
        json!({ "UserPoolId": "eu-west-1_LifeGuard", "Username": "alice" }),
    );

    assert_eq!(name, "MissingAuthenticationTokenException");
}

#[test]
fn discovery_is_readable_from_any_page() {
    let server = TestServer::start();
    let path = "/eu-west-1_LifeGuard/.well-known/openid-configuration";

    let reply = server.request("GET", path, &[], "").unwrap();

    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let issuer = format!("http://localhost:{}/eu-west-1_LifeGuard", server.port);
    assert_eq!(reply.json()["issuer"], json!(issuer));
    let jwks_uri = format!("{issuer}/.well-known/jwks.json");
    assert_eq!(reply.json()["jwks_uri"], json!(jwks_uri));
    let reply = server.request("GET", "/eu-west-1_Nobody/.well-known/jwks.json", &[], "");
    assert_eq!(reply.unwrap().status, 404);
}

#[test]
fn the_date_header_tells_the_moved_time() {
    let server = TestServer::start();
    server.advance(-86_400 * 365);

    let reply = server.call("InitiateAuth", json!({}));

    let date = std::process::Command::new("date")
        .args(["-u", "+%s", "-d", reply.header("date").unwrap()])
        .output()
        .unwrap();
    let told: i64 = String::from_utf8(date.stdout).unwrap().trim().parse().unwrap();
    assert!((told + 86_400 * 365 - common::now()).abs() <= 2, "{reply:?}");
}

#[test]
fn an_address_that_others_can_reach_must_be_wanted() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_lifeguard-dev-server"))
        .args(["--host", "0.0.0.0", "--port", "0"])
        .output()
        .unwrap();

    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("--allow-remote"), "{text}");
}

#[test]
fn operation_that_is_not_here_is_named() {
    let server = TestServer::start();

    let (name, message) = server.refused("StartUserImportJob", json!({}));

    assert_eq!(name, "UnknownOperationException");
    assert!(message.contains("StartUserImportJob"), "{message}");
    let odd = server.refused("<script>", json!({})).1;
    assert!(!odd.contains("script"), "{odd}");
}

/// Keys of a new pool, and proofs of passwords, are nobody else's wait.
#[test]
fn arithmetic_of_some_stalls_nobody_else() {
    // One key took more than a second in this build while everybody waited for it, each time. How slow the machine is
    // at the moment, a server shows that has nothing to do.
    let bound = Duration::from_millis(500);
    let mut took = Vec::new();
    while took.len() < 3 && took.iter().all(|(busy, idle)| *busy >= *idle + bound) {
        took.push(slowest_beside_arithmetic());
    }

    assert!(took.iter().any(|(busy, idle)| *busy < *idle + bound), "{took:?}");
}

/// The longest wait of those who ask for no arithmetic, and of those at an idle server at the same time.
fn slowest_beside_arithmetic() -> (Duration, Duration) {
    let (server, idle) = (TestServer::start(), TestServer::start());
    let ask = |server: &TestServer| {
        let begin = Instant::now();
        server.get("/_dev/counters");
        begin.elapsed()
    };
    std::thread::scope(|scope| {
        for pool in ["Mfa", "Must", "Choice", "Device", "OptIn", "Rotate"] {
            let path = format!("/eu-west-1_LifeGuard{pool}/.well-known/jwks.json");
            let server = &server;
            scope.spawn(move || server.get(&path));
        }
        for _ in 0..4 {
            scope.spawn(|| server.sign_in(DEMO, "alice", PASSWORD));
        }
        (0..40).fold((Duration::ZERO, Duration::ZERO), |(slowest, of_idle), _| {
            std::thread::sleep(Duration::from_millis(5));
            (slowest.max(ask(&server)), of_idle.max(ask(&idle)))
        })
    })
}
