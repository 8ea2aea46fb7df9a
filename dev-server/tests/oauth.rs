//! The redirect flow of local people, as an app and a browser go through it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::browser::{APP, Browser, Flow, exchange, parameter, post_form, signed_in, user_info};
use common::{DEMO, PASSWORD, TestServer, claims};
use serde_json::json;
use sha2::{Digest, Sha256};

#[test]
fn alice_signs_in_and_the_app_gets_tokens_for_its_code() {
    let server = TestServer::start();
    let flow = Flow::of(DEMO);

    let back = Browser::of(&server).sign_in(&flow, "alice", PASSWORD);
    let reply = exchange(&server, &flow, &parameter(&back, "code").unwrap());

    assert!(back.as_str().starts_with(APP));
    assert_eq!(parameter(&back, "state").as_deref(), Some(flow.state.as_str()));
    assert_eq!(parameter(&back, "iss"), None);
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let tokens = reply.json();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    let (id, access) = (claims(&tokens["id_token"]), claims(&tokens["access_token"]));
    assert_eq!(id["nonce"], flow.nonce.as_str());
    assert_eq!(id["aud"], DEMO);
    assert_eq!(id["email"], "alice@example.com");
    assert_eq!(id["email_verified"], true);
    assert_eq!(id["name"], "Alice Example");
    let hash = Sha256::digest(tokens["access_token"].as_str().unwrap());
    assert_eq!(id["at_hash"], URL_SAFE_NO_PAD.encode(&hash[..16]));
    assert_eq!(access["version"], 2);
    assert_eq!(access["scope"], "openid email profile aws.cognito.signin.user.admin");
    assert_eq!(access["origin_jti"], id["origin_jti"]);
}

#[test]
fn the_tokens_work_at_user_info_at_operations_and_for_renewal() {
    let server = TestServer::start();
    let tokens = signed_in(&server, DEMO, "alice");

    let info = user_info(&server, &tokens["access_token"]);
    let user = server.ok("GetUser", json!({ "AccessToken": tokens["access_token"] }));
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", DEMO),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let renewed = post_form(&server, "/oauth2/token", &form).json();

    assert_eq!(info.status, 200);
    let info = info.json();
    assert_eq!(info["username"], "alice");
    assert_eq!(info["email_verified"], "true");
    assert_eq!(info["sub"], claims(&tokens["id_token"])["sub"]);
    assert_eq!(user["Username"], "alice");
    assert!(renewed.get("refresh_token").is_none());
    let access = claims(&renewed["access_token"]);
    assert_eq!(access["version"], 2);
    assert_eq!(access["scope"], claims(&tokens["access_token"])["scope"]);
    assert_eq!(access["auth_time"], claims(&tokens["access_token"])["auth_time"]);
    assert!(claims(&renewed["id_token"])["at_hash"].is_string());
}

#[test]
fn claims_follow_the_scopes() {
    let server = TestServer::start();
    for (scope, has_email, has_name) in
        [("openid", true, true), ("openid email", true, false), ("openid profile", false, true)]
    {
        let flow = Flow::of(DEMO);
        let mut browser = Browser::of(&server);
        let page = browser.visit(&flow.authorize(&[("scope", scope)]));

        let back = browser.submit(&page, &[("username", "alice"), ("password", PASSWORD)]);
        let code = parameter(&back.left_for(), "code").unwrap();
        let tokens = exchange(&server, &flow, &code).json();
        let info = user_info(&server, &tokens["access_token"]).json();

        for shown in [claims(&tokens["id_token"]), info] {
            assert_eq!(shown.get("email").is_some(), has_email, "{scope}: {shown}");
            assert_eq!(shown.get("name").is_some(), has_name, "{scope}: {shown}");
        }
    }
}

#[test]
fn without_openid_there_is_no_id_token_and_no_user_info() {
    let server = TestServer::start();
    let flow = Flow::of(DEMO);
    let mut browser = Browser::of(&server);
    let page = browser.visit(&flow.authorize(&[("scope", "aws.cognito.signin.user.admin")]));

    let back = browser.submit(&page, &[("username", "alice"), ("password", PASSWORD)]).left_for();
    let tokens = exchange(&server, &flow, &parameter(&back, "code").unwrap()).json();
    let info = user_info(&server, &tokens["access_token"]);

    assert!(tokens.get("id_token").is_none());
    assert_eq!(info.status, 401);
    assert!(info.header("www-authenticate").unwrap().contains("invalid_token"));
}

#[test]
fn a_browser_that_is_signed_in_goes_straight_back() {
    let server = TestServer::start();
    let mut browser = Browser::of(&server);
    let first = Flow::of(DEMO);
    browser.sign_in(&first, "alice", PASSWORD);

    let second = Flow::of(DEMO);
    let silent = browser.visit(&second.authorize(&[("prompt", "none")])).left_for();
    let plain = browser.visit(&Flow::of(DEMO).authorize(&[])).left_for();
    let forced = browser.visit(&Flow::of(DEMO).authorize(&[("prompt", "login")]));
    let choosing = browser.visit(&Flow::of(DEMO).authorize(&[("prompt", "select_account")]));

    let tokens = exchange(&server, &second, &parameter(&silent, "code").unwrap()).json();
    assert_eq!(claims(&tokens["id_token"])["cognito:username"], "alice");
    assert!(parameter(&plain, "code").is_some());
    assert!(forced.has("id=\"sign-in\"") && !forced.has("continue-as"));
    assert!(choosing.has("Continue as alice@example.com"));
}

#[test]
fn an_hour_later_the_browser_is_nobodys() {
    let server = TestServer::start();
    let mut browser = Browser::of(&server);
    browser.sign_in(&Flow::of(DEMO), "alice", PASSWORD);
    server.advance(3601);

    let silent = browser.visit(&Flow::of(DEMO).authorize(&[("prompt", "none")])).left_for();

    assert_eq!(parameter(&silent, "error").as_deref(), Some("login_required"));
}

#[test]
fn sign_out_forgets_the_browser_but_not_the_tokens() {
    let server = TestServer::start();
    let mut browser = Browser::of(&server);
    let flow = Flow::of(DEMO);
    let back = browser.sign_in(&flow, "alice", PASSWORD);
    let tokens = exchange(&server, &flow, &parameter(&back, "code").unwrap()).json();
    let kept = browser.cookies.clone();

    let out = browser.get(&format!("/logout?client_id={DEMO}&logout_uri={APP}"));
    let silent = Flow::of(DEMO).authorize(&[("prompt", "none")]);
    let after = browser.visit(&silent).left_for();
    browser.cookies = kept;
    let replayed = browser.visit(&silent).left_for();

    assert_eq!((out.status, out.header("location")), (302, Some(APP)));
    assert_eq!(parameter(&after, "error").as_deref(), Some("login_required"));
    assert_eq!(parameter(&replayed, "error").as_deref(), Some("login_required"));
    assert_eq!(user_info(&server, &tokens["access_token"]).status, 200);
}

#[test]
fn sign_out_can_lead_straight_to_a_new_sign_in() {
    let server = TestServer::start();
    let mut browser = Browser::of(&server);
    browser.sign_in(&Flow::of(DEMO), "alice", PASSWORD);
    let flow = Flow::of(DEMO);

    let page = browser.visit(&format!("/logout?{}", flow.query(&[])));
    let back = browser.submit(&page, &[("username", "alice"), ("password", PASSWORD)]).left_for();

    assert_eq!(exchange(&server, &flow, &parameter(&back, "code").unwrap()).status, 200);
}

#[test]
fn sign_out_leads_to_no_address_that_is_not_registered() {
    let server = TestServer::start();
    for url in ["http://localhost:5173", "http://localhost:5173/else", "https://evil.example/"] {
        let out = Browser::of(&server).get(&format!("/logout?client_id={DEMO}&logout_uri={url}"));

        assert_eq!(out.status, 400, "{url}");
        assert_eq!(out.header("location"), None);
        assert!(out.body.contains("redirect_mismatch"));
    }
}

#[test]
fn the_name_of_the_app_can_be_added_at_run_time_and_survives_a_reset() {
    let server = TestServer::start();
    let mut flow = Flow::of(DEMO);
    flow.redirect_uri = "http://localhost:4711/back?from=pool".to_owned();
    assert_eq!(Browser::of(&server).get(&flow.authorize(&[])).status, 400);

    server.post("/_dev/app-urls", json!({ "urls": [flow.redirect_uri] }));
    server.post("/_dev/reset", json!({}));
    let back = Browser::of(&server).sign_in(&flow, "alice", PASSWORD);

    assert!(back.as_str().starts_with("http://localhost:4711/back?from=pool&code="));
}
