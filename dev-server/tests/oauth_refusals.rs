//! What the authorization and token endpoints refuse, and how.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::browser::{
    Browser, Flow, exchange, exchange_with, in_fragment, parameter, post_form, post_form_with,
    signed_in, user_info,
};
use common::{DEMO, PASSWORD, TestServer, claims};
use serde_json::json;

const WITH_SECRET: &str = "lifeguardsecretclient00001";
const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdef";

#[test]
fn an_unknown_client_or_address_gets_a_page_and_never_a_redirect() {
    let server = TestServer::start();
    let flow = Flow::of(DEMO);
    for (changes, error) in [
        ([("client_id", "nobody")], "invalid_client"),
        ([("client_id", "")], "invalid_request"),
        ([("client_id", "lifeguardmustclient0000001")], "unauthorized_client"),
        ([("redirect_uri", "")], "invalid_request"),
        ([("redirect_uri", "http://localhost:5173")], "redirect_mismatch"),
        ([("redirect_uri", "http://localhost:5173/?a=1")], "redirect_mismatch"),
        ([("redirect_uri", "http://LOCALHOST:5173/")], "redirect_mismatch"),
        ([("redirect_uri", "http://localhost:5173/../")], "redirect_mismatch"),
        ([("redirect_uri", "https://evil.example/")], "redirect_mismatch"),
    ] {
        for path in ["/oauth2/authorize", "/login", "/signup"] {
            let reply = Browser::of(&server).get(&format!("{path}?{}", flow.query(&changes)));

            assert_eq!(reply.status, 400, "{path} {changes:?}");
            assert_eq!(reply.header("location"), None);
            assert!(reply.body.contains(&format!("data-error=\"{error}\"")), "{}", reply.body);
        }
    }
}

#[test]
fn a_wrong_request_of_a_known_app_is_told_to_the_app_with_its_state() {
    let server = TestServer::start();
    let flow = Flow::of(DEMO);
    let other = "A".repeat(43);
    for (changes, error) in [
        (vec![("response_type", "")], "invalid_request"),
        (vec![("response_type", "id_token")], "invalid_request"),
        (vec![("response_type", "token")], "unauthorized_client"),
        (vec![("scope", "openid secrets/read")], "invalid_scope"),
        (vec![("scope", "email")], "invalid_scope"),
        (vec![("code_challenge", "")], "invalid_request"),
        (vec![("code_challenge_method", "")], "invalid_request"),
        (vec![("code_challenge_method", "plain")], "invalid_request"),
        (vec![("code_challenge", "short")], "invalid_request"),
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("prompt", "dance")], "invalid_request"),
        (vec![("prompt", "none")], "login_required"),
        (vec![("identity_provider", "Nobody")], "invalid_request"),
        (vec![("identity_provider", "COGNITO"), ("idp_identifier", "x")], "invalid_request"),
        (vec![("code_challenge", other.as_str()), ("prompt", "none")], "login_required"),
    ] {
        let reply = Browser::of(&server).visit(&flow.authorize(&changes));

        let back = reply.left_for();
        let answered = |name: &str| parameter(&back, name).or_else(|| in_fragment(&back, name));
        assert_eq!(answered("error").as_deref(), Some(error), "{changes:?}");
        assert_eq!(answered("state"), Some(flow.state.clone()), "{changes:?}");
        assert_eq!(answered("code"), None);
    }
    let twice = format!("{}&scope=openid", flow.authorize(&[]));
    let back = Browser::of(&server).visit(&twice).left_for();
    assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_request"));
}

#[test]
fn a_code_works_once_and_its_replay_ends_what_it_gave() {
    let server = TestServer::start();
    let flow = Flow::of(DEMO);
    let back = Browser::of(&server).sign_in(&flow, "alice", PASSWORD);
    let code = parameter(&back, "code").unwrap();
    let tokens = exchange(&server, &flow, &code).json();
    assert_eq!(user_info(&server, &tokens["access_token"]).status, 200);

    let again = exchange(&server, &flow, &code);

    assert_eq!(again.status, 400);
    assert_eq!(again.json()["error"], "invalid_grant");
    assert_eq!(user_info(&server, &tokens["access_token"]).status, 401);
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", DEMO),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    assert_eq!(post_form(&server, "/oauth2/token", &form).json()["error"], "invalid_grant");
}

#[test]
fn a_code_is_refused_to_who_did_not_ask_for_it() {
    let server = TestServer::start();
    let code = |flow: &Flow| {
        parameter(&Browser::of(&server).sign_in(flow, "alice", PASSWORD), "code").unwrap()
    };
    let flow = Flow::of(DEMO);

    let wrong_verifier = exchange(&server, &Flow::of(DEMO), &code(&flow));
    let mut elsewhere = flow.clone();
    elsewhere.redirect_uri = "http://localhost:5173/else".to_owned();
    let wrong_address = exchange(&server, &elsewhere, &code(&flow));
    let mut other = flow.clone();
    other.client = "lifeguardmfaclient00000001".to_owned();
    let wrong_client = exchange(&server, &other, &code(&flow));
    let unproved = [
        ("grant_type", "authorization_code"),
        ("client_id", DEMO),
        ("redirect_uri", flow.redirect_uri.as_str()),
        ("code", &code(&flow)),
    ];
    let without_verifier = post_form(&server, "/oauth2/token", &unproved);
    let late = code(&flow);
    server.advance(301);
    let expired = exchange(&server, &flow, &late);

    for reply in [wrong_verifier, wrong_address, wrong_client, without_verifier, expired] {
        assert_eq!(reply.status, 400);
        assert_eq!(reply.json()["error"], "invalid_grant", "{}", reply.body);
    }
}

#[test]
fn a_client_with_a_secret_proves_it_by_basic_or_in_the_body() {
    let server = TestServer::start();
    let mut flow = Flow::of(WITH_SECRET);
    flow.redirect_uri = "http://localhost:5173/server/callback".to_owned();
    let basic =
        |secret: &str| format!("Basic {}", STANDARD.encode(format!("{WITH_SECRET}:{secret}")));
    let (right, wrong) = (basic(SECRET), basic("guess"));
    type Attempt<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], u16, &'a str);
    let attempts: [Attempt<'_>; 6] = [
        (Some(&right), &[], 200, ""),
        (None, &[("client_id", WITH_SECRET), ("client_secret", SECRET)], 200, ""),
        (Some(&wrong), &[], 400, "invalid_client"),
        (None, &[("client_id", WITH_SECRET)], 400, "invalid_client"),
        (None, &[("client_id", WITH_SECRET), ("client_secret", "guess")], 400, "invalid_client"),
        (Some(&right), &[("client_secret", SECRET)], 400, "invalid_request"),
    ];
    for (header, further, status, error) in attempts {
        let mut browser = Browser::of(&server);
        let changes = [("scope", "openid"), ("code_challenge", ""), ("code_challenge_method", "")];
        let page = browser.visit(&flow.authorize(&changes));
        let back =
            browser.submit(&page, &[("username", "alice"), ("password", PASSWORD)]).left_for();
        let code = parameter(&back, "code").unwrap();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("redirect_uri", flow.redirect_uri.as_str()),
            ("code", code.as_str()),
        ];
        form.extend(further);
        let headers: Vec<(&str, &str)> =
            header.iter().map(|value| ("authorization", *value)).collect();

        let reply = post_form_with(&server, "/oauth2/token", &headers, &form);

        assert_eq!(reply.status, status, "{further:?} {}", reply.body);
        if status != 200 {
            assert_eq!(reply.json()["error"], error);
        }
    }
}

#[test]
fn the_token_endpoint_names_what_is_wrong() {
    let server = TestServer::start();
    for (form, error) in [
        (vec![("client_id", DEMO)], "invalid_request"),
        (vec![("client_id", DEMO), ("grant_type", "password")], "unsupported_grant_type"),
        (vec![("client_id", "nobody"), ("grant_type", "refresh_token")], "invalid_client"),
        (vec![("grant_type", "refresh_token")], "invalid_client"),
        (vec![("client_id", DEMO), ("grant_type", "refresh_token")], "invalid_request"),
        (vec![("client_id", DEMO), ("grant_type", "authorization_code")], "invalid_request"),
        (vec![("client_id", DEMO), ("grant_type", "client_credentials")], "unauthorized_client"),
        (vec![("client_id", DEMO), ("client_id", DEMO), ("grant_type", "x")], "invalid_request"),
        (
            vec![("client_id", DEMO), ("client_secret", "x"), ("grant_type", "refresh_token")],
            "invalid_client",
        ),
    ] {
        let reply = post_form(&server, "/oauth2/token", &form);

        assert_eq!((reply.status, &reply.json()["error"]), (400, &json!(error)), "{form:?}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
    let json =
        server.request("POST", "/oauth2/token", &[("content-type", "application/json")], "{}");
    assert_eq!(json.unwrap().json()["error"], "invalid_request");
}

#[test]
fn revocation_ends_a_sign_in_and_nothing_else() {
    let server = TestServer::start();
    let (gone, kept) = (signed_in(&server, DEMO, "alice"), signed_in(&server, DEMO, "alice"));
    let revoke = |form: &[(&str, &str)]| post_form(&server, "/oauth2/revoke", form);
    let token = gone["refresh_token"].as_str().unwrap();

    let done = revoke(&[("client_id", DEMO), ("token", token)]);
    let again = revoke(&[("client_id", DEMO), ("token", token)]);
    let unknown = revoke(&[("client_id", DEMO), ("token", "never-issued")]);
    let access = revoke(&[("client_id", DEMO), ("token", gone["access_token"].as_str().unwrap())]);
    let nothing = revoke(&[("client_id", DEMO)]);
    let nobody = revoke(&[("client_id", "nobody"), ("token", token)]);

    for reply in [done, again, unknown] {
        assert_eq!((reply.status, reply.body.as_str()), (200, ""));
    }
    assert_eq!((access.status, &access.json()["error"]), (400, &json!("unsupported_token_type")));
    assert_eq!((nothing.status, &nothing.json()["error"]), (400, &json!("invalid_request")));
    assert_eq!((nobody.status, &nobody.json()["error"]), (401, &json!("invalid_client")));
    assert_eq!(user_info(&server, &gone["access_token"]).status, 401);
    assert_eq!(user_info(&server, &kept["access_token"]).status, 200);
}

#[test]
fn user_info_wants_a_token() {
    let server = TestServer::start();

    let none = server.request("GET", "/oauth2/userInfo", &[], "").unwrap();
    let wrong = user_info(&server, &json!("a.b.c"));

    assert_eq!(none.status, 400);
    assert!(none.header("www-authenticate").unwrap().contains("error=\"invalid_request\""));
    assert_eq!(wrong.status, 401);
    assert!(wrong.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));
    assert_eq!(wrong.header("access-control-allow-origin"), Some("*"));
}

const FLOWS: &str = r#"
[[pool]]
id = "eu-west-1_Flows"
authorization_response_iss = true
[[pool.client]]
id = "implicit"
settings = { AllowedOAuthFlowsUserPoolClient = true, AllowedOAuthFlows = ["implicit"], AllowedOAuthScopes = ["openid", "email"], CallbackURLs = ["http://localhost:5173/"] }
[[pool.client]]
id = "machine"
secret = "machine-secret"
settings = { AllowedOAuthFlowsUserPoolClient = true, AllowedOAuthFlows = ["client_credentials"], AllowedOAuthScopes = ["notes/read", "notes/write"] }
[[pool.client]]
id = "rotating"
[pool.client.settings]
AllowedOAuthFlowsUserPoolClient = true
AllowedOAuthFlows = ["code"]
AllowedOAuthScopes = ["openid"]
CallbackURLs = ["http://localhost:5173/"]
RefreshTokenRotation = { Feature = "ENABLED", RetryGracePeriodSeconds = 0 }
[[pool.user]]
username = "alice"
password = "Correct-Horse-9!"
"#;

#[test]
fn the_implicit_grant_gives_tokens_in_the_fragment_where_it_is_allowed() {
    let server = TestServer::with_config(FLOWS);
    let flow = Flow::of("implicit");
    let changes = [
        ("response_type", "token"),
        ("scope", "openid"),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ];
    let mut browser = Browser::of(&server);
    let page = browser.visit(&flow.authorize(&changes));

    let back = browser.submit(&page, &[("username", "alice"), ("password", PASSWORD)]).left_for();

    assert_eq!(back.query(), None);
    assert_eq!(in_fragment(&back, "state"), Some(flow.state.clone()));
    assert_eq!(in_fragment(&back, "refresh_token"), None);
    let id = claims(&json!(in_fragment(&back, "id_token").unwrap()));
    assert_eq!(id["nonce"], flow.nonce.as_str());
    let issuer = format!("http://localhost:{}/eu-west-1_Flows", server.port);
    assert_eq!(in_fragment(&back, "iss"), Some(issuer));
}

#[test]
fn a_client_speaks_for_itself_with_its_secret() {
    let server = TestServer::with_config(FLOWS);
    let ask = |secret: &str, scope: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "machine"),
            ("client_secret", secret),
            ("scope", scope),
        ];
        post_form(&server, "/oauth2/token", &form)
    };

    let one = ask("machine-secret", "notes/read").json();
    let all = ask("machine-secret", "").json();

    let access = claims(&one["access_token"]);
    assert_eq!((&access["sub"], &access["scope"]), (&json!("machine"), &json!("notes/read")));
    assert!(one.get("id_token").is_none() && one.get("refresh_token").is_none());
    assert_eq!(claims(&all["access_token"])["scope"], "notes/read notes/write");
    assert_eq!(ask("guess", "").json()["error"], "invalid_client");
    assert_eq!(ask("machine-secret", "openid").json()["error"], "invalid_scope");
}

#[test]
fn a_rotating_client_gets_a_new_refresh_token_each_time() {
    let server = TestServer::with_config(FLOWS);
    let flow = Flow::of("rotating");
    let mut browser = Browser::of(&server);
    let page = browser.visit(&flow.authorize(&[("scope", "openid")]));
    let back = browser.submit(&page, &[("username", "alice"), ("password", PASSWORD)]).left_for();
    let tokens = exchange(&server, &flow, &parameter(&back, "code").unwrap()).json();
    let renew = |token: &str| {
        let form =
            [("grant_type", "refresh_token"), ("client_id", "rotating"), ("refresh_token", token)];
        post_form(&server, "/oauth2/token", &form)
    };
    let first = tokens["refresh_token"].as_str().unwrap();

    let renewed = renew(first).json();
    let reused = renew(first);

    assert_ne!(renewed["refresh_token"], tokens["refresh_token"]);
    assert!(renewed["id_token"].is_string());
    assert_eq!((reused.status, &reused.json()["error"]), (400, &json!("invalid_grant")));
    assert_eq!(renew(renewed["refresh_token"].as_str().unwrap()).status, 200);
    assert!(parameter(&back, "iss").is_some());
}

/// The service takes a public client without PKCE; a warning is in the log.
#[test]
fn client_without_a_secret_need_not_prove_its_code_unless_the_server_is_strict() {
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let flow = Flow::of(DEMO);
    let server = TestServer::start();
    let mut browser = Browser::of(&server);
    let page = browser.visit(&flow.authorize(&without));
    let back = browser.submit(&page, &[("username", "alice"), ("password", PASSWORD)]).left_for();
    let code = parameter(&back, "code").unwrap();
    assert_eq!(exchange_with(&server, &flow, &code, &[]).status, 200);

    let strict = TestServer::with(&["--strict"]);
    let back = Browser::of(&strict).visit(&flow.authorize(&without)).left_for();
    assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_request"));
}
