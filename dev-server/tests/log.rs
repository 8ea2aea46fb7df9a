//! The lines on standard error: one for each call, and never a person or a secret.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::browser::{Browser, Flow, exchange, exchange_with, parameter};
use common::{DEMO, PASSWORD, TestServer, unique};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A server whose lines are kept.
fn server(arguments: &[&str]) -> (TestServer, PathBuf) {
    let file = std::env::temp_dir().join(format!("lifeguard-{}.log", unique()));
    let mut child = Command::new(env!("CARGO_BIN_EXE_lifeguard-dev-server"))
        .args(["--port", "0"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(File::create(&file).unwrap())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
    (TestServer { child, port }, file)
}

fn lines(file: &PathBuf) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_call_has_one_line_with_its_end_and_its_time() {
    let (server, file) = server(&[]);
    let parameters = json!({ "USERNAME": "alice", "PASSWORD": "wrong" });
    server.initiate(DEMO, "USER_PASSWORD_AUTH", parameters);
    server.sign_in(DEMO, "alice", PASSWORD);
    server.call("MakeCoffee", json!({}));
    server.request("GET", "/oauth2/authorize?client_id=none", &[], "").unwrap();
    server.request("GET", "/no/such/place", &[], "").unwrap();
    server.request("GET", "/_dev/health", &[("host", "evil.example")], "").unwrap();

    let lines = lines(&file);

    assert_eq!(lines.len(), 6, "{lines:#?}");
    for (line, parts) in lines.iter().zip([
        vec!["InitiateAuth", "status=400", "NotAuthorizedException", DEMO],
        vec!["InitiateAuth", "status=200", DEMO],
        vec!["status=404", "UnknownOperationException"],
        vec!["/oauth2/authorize", "status=400"],
        vec!["an address that is not here", "status=404"],
        vec!["/_dev/health", "status=403"],
    ]) {
        for part in parts.iter().chain(&["ms="]) {
            assert!(line.contains(part), "{part}: {line}");
        }
    }
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn method_of_a_strangers_choice_is_not_repeated() {
    let (server, file) = server(&[]);
    let long = "X".repeat(2000);
    for method in ["GET", "PROPFIND", "hunter2", "get", &long] {
        server.request(method, "/no/such/place", &[], "").unwrap();
    }

    let lines = lines(&file);

    assert_eq!(lines.len(), 5, "{lines:#?}");
    assert!(lines[0].contains("method=\"GET\""), "{lines:#?}");
    for line in &lines[1..] {
        assert!(line.contains("method=\"OTHER\""), "{line}");
        assert!(line.len() < 200, "{line}");
    }
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn quiet_server_says_nothing_of_calls() {
    let (server, file) = server(&["--quiet"]);
    server.sign_in(DEMO, "alice", PASSWORD);
    server.call("MakeCoffee", json!({}));

    assert_eq!(lines(&file), Vec::<String>::new());
    std::fs::remove_file(&file).unwrap();
}

const WITHOUT: &[(&str, &str)] = &[("code_challenge", ""), ("code_challenge_method", "")];

/// The lines that warn of a client without PKCE.
fn warnings(file: &PathBuf) -> Vec<String> {
    let mut lines = lines(file);
    lines.retain(|line| line.contains("code_challenge"));
    lines
}

#[test]
fn public_client_without_pkce_is_taken_and_warned_of() {
    // Quiet, too: it is no line of a call but a warning.
    for arguments in [&[][..], &["--quiet"][..]] {
        let (server, file) = server(arguments);
        let flow = Flow::of(DEMO);
        let mut browser = Browser::of(&server);
        browser.sign_in(&flow, "alice", PASSWORD);
        assert_eq!(warnings(&file), Vec::<String>::new());
        let mut of_server = Flow::of("lifeguardsecretclient00001");
        of_server.redirect_uri = "http://localhost:5173/server/callback".to_owned();
        let without = [WITHOUT, &[("scope", "openid")]].concat();
        let mut of_secret = Browser::of(&server);
        let page = of_secret.visit(&of_server.authorize(&without));
        let named = [("username", "alice"), ("password", PASSWORD)];
        let back = of_secret.submit(&page, &named).left_for();
        assert!(parameter(&back, "code").is_some(), "{back}");
        assert_eq!(warnings(&file), Vec::<String>::new());

        let page = browser.visit(&flow.authorize(WITHOUT));
        let back = page.left_for();
        let code = parameter(&back, "code").unwrap();
        let tokens = exchange_with(&server, &flow, &code, &[]);

        assert_eq!(tokens.status, 200, "{}", tokens.body);
        let warnings = warnings(&file);
        assert_eq!(warnings.len(), 1, "{warnings:#?}");
        for part in ["WARN", DEMO, "--strict"] {
            assert!(warnings[0].contains(part), "{part}: {}", warnings[0]);
        }
        let mut newcomer = Browser::of(&server);
        let page = newcomer.visit(&format!("/login?{}", flow.query(WITHOUT)));
        newcomer.submit(&page, &named).left_for();
        assert_eq!(self::warnings(&file).len(), 2, "a sign-in that begins on the page");
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn strict_server_refuses_a_public_client_without_pkce() {
    let (server, file) = server(&["--strict"]);
    let flow = Flow::of(DEMO);

    let back = Browser::of(&server).visit(&flow.authorize(WITHOUT)).left_for();
    let with = Browser::of(&server).sign_in(&flow, "alice", PASSWORD);

    assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_request"));
    assert_eq!(parameter(&back, "state").as_deref(), Some(flow.state.as_str()));
    assert_eq!(parameter(&back, "code"), None);
    assert!(parameter(&with, "code").is_some());
    // Its own page is no way round.
    let login = Browser::of(&server).get(&format!("/login?{}", flow.query(WITHOUT)));
    assert!(login.header("location").is_some_and(|to| to.contains("invalid_request")), "{login:?}");
    assert_eq!(warnings(&file), Vec::<String>::new());
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn no_line_has_a_person_or_a_secret() {
    let (server, file) = server(&[]);
    let mut secrets: Vec<String> = [
        "alice",
        "alice@example.com",
        "emma@example.com",
        "zelda",
        "zelda@example.com",
        PASSWORD,
        "Brand-New-Pass-2!",
    ]
    .map(str::to_owned)
    .to_vec();
    let mut keep = |value: &Value| {
        let text = value.as_str().unwrap_or_else(|| panic!("{value}")).to_owned();
        assert!(text.len() > 5);
        secrets.push(text);
    };

    let tokens = server.sign_in(DEMO, "alice", PASSWORD);
    for name in ["AccessToken", "IdToken", "RefreshToken"] {
        keep(&tokens[name]);
    }
    let bearer = json!({ "AccessToken": tokens["AccessToken"] });
    server.call(
        "VerifySoftwareToken",
        common::merged(bearer.clone(), &json!({ "UserCode": "123456" })),
    );
    server.ok("GetUser", bearer);
    let emma = json!({ "USERNAME": "emma", "PASSWORD": PASSWORD });
    let asked = server.initiate("lifeguardmfaclient00000001", "USER_PASSWORD_AUTH", emma).json();
    keep(&asked["Session"]);
    let code = server.code("emma@example.com");
    keep(&json!(code));
    let answer = json!({ "USERNAME": "emma", "EMAIL_OTP_CODE": code });
    let client = "lifeguardmfaclient00000001";
    let answered = server.answer(client, "EMAIL_OTP", &asked["Session"], answer).json();
    keep(&answered["AuthenticationResult"]["RefreshToken"]);
    let named = json!({ "ClientId": DEMO, "Username": "zelda" });
    let person = json!({
        "Password": PASSWORD,
        "UserAttributes": [
            { "Name": "email", "Value": "zelda@example.com" },
            { "Name": "name", "Value": "Zelda Example" },
        ],
    });
    server.ok("SignUp", common::merged(named.clone(), &person));
    let code = server.code("zelda@example.com");
    keep(&json!(code));
    server.ok("ConfirmSignUp", common::merged(named.clone(), &json!({ "ConfirmationCode": code })));
    server.call("SignUp", common::merged(named.clone(), &person));
    server.ok("ForgotPassword", named.clone());
    let code = server.code("zelda@example.com");
    keep(&json!(code));
    let further = json!({ "ConfirmationCode": code, "Password": "Brand-New-Pass-2!" });
    server.ok("ConfirmForgotPassword", common::merged(named, &further));
    server.call("InitiateAuth", json!({ "ClientId": PASSWORD, "AuthFlow": PASSWORD }));
    let flow = Flow::of(DEMO);
    let back = Browser::of(&server).sign_in(&flow, "alice", PASSWORD);
    let code = parameter(&back, "code").unwrap();
    for secret in [&code, &flow.state, &flow.nonce, &flow.verifier] {
        keep(&json!(secret));
    }
    let tokens = exchange(&server, &flow, &code).json();
    for name in ["access_token", "id_token", "refresh_token"] {
        keep(&tokens[name]);
    }
    exchange(&server, &flow, &code);
    server.request("GET", &format!("/oauth2/authorize?client_id={PASSWORD}"), &[], "");
    server.request("GET", &format!("/{PASSWORD}/.well-known/jwks.json"), &[], "");
    server.request("GET", &format!("/{PASSWORD}"), &[], "");

    let text = lines(&file).join("\n");

    assert!(lines(&file).len() > 20, "{text}");
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} in\n{text}");
    }
    std::fs::remove_file(&file).unwrap();
}
