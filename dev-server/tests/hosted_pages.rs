//! The pages of managed login: every state a person can be in, and what the pages guard against.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod common;

use common::browser::{Browser, Flow, exchange, parameter};
use common::{DEMO, PASSWORD, TestServer, claims, now, totp};

const MFA: &str = "lifeguardmfaclient00000001";

#[test]
fn a_wrong_password_is_refused_on_the_page_and_too_many_shut_out() {
    let server = TestServer::start();
    let flow = Flow::of(DEMO);
    let mut browser = Browser::of(&server);
    let mut page = browser.visit(&flow.authorize(&[("login_hint", "alice")]));
    assert!(page.has("value=\"alice\""));

    for _ in 0..5 {
        page = browser.submit(&page, &[("username", "alice"), ("password", "guess")]);
        assert_eq!(page.alert(), "Incorrect username or password.");
    }
    // Each further failure doubles the wait: after these it is long enough for a slow machine.
    let mut ahead = 0;
    for wait in [1, 2, 4, 8, 16] {
        ahead += wait;
        server.advance(ahead);
        page = browser.submit(&page, &[("username", "alice"), ("password", "guess")]);
        assert_eq!(page.alert(), "Incorrect username or password.");
    }
    page = browser.submit(&page, &[("username", "alice"), ("password", PASSWORD)]);

    assert_eq!(page.alert(), "Password attempts exceeded");
}

#[test]
fn an_unknown_and_a_disabled_person_do_not_get_in() {
    let server = TestServer::start();
    let mut browser = Browser::of(&server);
    let page = browser.visit(&Flow::of(DEMO).authorize(&[]));

    let unknown = browser.submit(&page, &[("username", "nobody"), ("password", PASSWORD)]);
    let disabled = browser.submit(&page, &[("username", "dave"), ("password", PASSWORD)]);

    assert_eq!(unknown.alert(), "Incorrect username or password.");
    assert_eq!(disabled.alert(), "User is disabled.");
}

#[test]
fn a_temporary_password_is_replaced_on_the_way() {
    let server = TestServer::start();
    let flow = Flow::of(DEMO);
    let mut browser = Browser::of(&server);
    let page = browser.visit(&flow.authorize(&[]));
    let page = browser.submit(&page, &[("username", "nora"), ("password", "Temporary-Pass-1!")]);
    assert!(page.has("id=\"attribute-name\""));

    let weak = [("new_password", "short"), ("attribute.name", "Nora")];
    let page = browser.submit(&page, &weak);
    assert!(page.alert().contains("Password did not conform"), "{}", page.alert());
    let good = [("new_password", "Better-Horse-8!"), ("attribute.name", "Nora")];
    let back = browser.submit(&page, &good).left_for();

    let tokens = exchange(&server, &flow, &parameter(&back, "code").unwrap()).json();
    assert_eq!(claims(&tokens["id_token"])["name"], "Nora");
    Browser::of(&server).sign_in(&Flow::of(DEMO), "nora", "Better-Horse-8!");
}

#[test]
fn a_new_person_signs_up_confirms_and_is_signed_in() {
    let server = TestServer::start();
    let flow = Flow::of(DEMO);
    let mut browser = Browser::of(&server);
    let page = browser.visit(&format!("/signup?{}", flow.query(&[])));
    let person = [
        ("username", "grace"),
        ("password", PASSWORD),
        ("attribute.email", "grace@example.com"),
        ("attribute.name", "Grace"),
    ];

    let page = browser.submit(&page, &person);
    assert!(page.has("g***@e***"));
    let page = browser.submit(&page, &[("code", "wrong1"), ("do", "confirm")]);
    assert!(page.alert().contains("Invalid verification code"));
    let page = browser.submit(&page, &[("do", "resend")]);
    let code = server.code("grace@example.com");
    let back = browser.submit(&page, &[("code", &code), ("do", "confirm")]).left_for();

    let tokens = exchange(&server, &flow, &parameter(&back, "code").unwrap()).json();
    assert_eq!(claims(&tokens["id_token"])["email_verified"], true);
}

#[test]
fn who_never_confirmed_confirms_and_then_signs_in() {
    let server = TestServer::start();
    let mut browser = Browser::of(&server);
    let page = browser.visit(&Flow::of(DEMO).authorize(&[]));
    let page = browser.submit(&page, &[("username", "bob"), ("password", PASSWORD)]);
    let page = browser.submit(&page, &[("do", "resend")]);
    let code = server.code("bob@example.com");

    let page = browser.submit(&page, &[("code", &code), ("do", "confirm")]);
    let back = browser.submit(&page, &[("username", "bob"), ("password", PASSWORD)]).left_for();

    assert!(parameter(&back, "code").is_some());
}

#[test]
fn a_forgotten_or_reset_password_is_replaced_by_a_code() {
    let server = TestServer::start();
    for (username, start) in [("alice", "forgot"), ("carol", "sign in")] {
        let flow = Flow::of(DEMO);
        let mut browser = Browser::of(&server);
        let page = if start == "forgot" {
            browser.visit(&format!("/forgotPassword?{}", flow.query(&[])))
        } else {
            let page = browser.visit(&flow.authorize(&[]));
            browser.submit(&page, &[("username", username), ("password", PASSWORD)])
        };

        let page = browser.submit(&page, &[("username", username)]);
        let code = server.code(&format!("{username}@example.com"));
        let given = [("code", code.as_str()), ("new_password", "Better-Horse-8!")];
        let back = browser.submit(&page, &given).left_for();

        assert!(parameter(&back, "code").is_some(), "{username}");
    }
}

#[test]
fn second_factors_are_asked_for() {
    let server = TestServer::start();
    let after_password = |browser: &mut Browser<'_>, username: &str| {
        let page = browser.visit(&Flow::of(MFA).authorize(&[]));
        browser.submit(&page, &[("username", username), ("password", PASSWORD)])
    };

    for (username, address) in [("sam", "+15555550101"), ("emma", "emma@example.com")] {
        let mut browser = Browser::of(&server);
        let page = after_password(&mut browser, username);
        let page = browser.submit(&page, &[("code", "wrong1")]);
        assert!(page.alert().contains("Invalid code"), "{}", page.alert());
        let code = server.code(address);
        let back = browser.submit(&page, &[("code", &code)]).left_for();
        assert!(parameter(&back, "code").is_some(), "{username}");
    }
    let mut browser = Browser::of(&server);
    let page = after_password(&mut browser, "tina");
    let code = totp("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", now());
    assert!(parameter(&browser.submit(&page, &[("code", &code)]).left_for(), "code").is_some());

    let mut browser = Browser::of(&server);
    let page = after_password(&mut browser, "mila");
    let page = browser.submit(&page, &[("answer", "EMAIL_OTP")]);
    let code = server.code("mila@example.com");
    assert!(parameter(&browser.submit(&page, &[("code", &code)]).left_for(), "code").is_some());
}

#[test]
fn a_form_from_elsewhere_is_refused() {
    let server = TestServer::start();
    let flow = Flow::of(DEMO);
    let mut browser = Browser::of(&server);
    let page = browser.visit(&flow.authorize(&[]));
    let person = [("username", "alice"), ("password", PASSWORD)];

    let marked_wrong =
        browser.send_form(&page, &[person[0], person[1], ("_csrf", &"A".repeat(43))]);
    let elsewhere = Browser::of(&server).send_form(&page, &person);

    for reply in [marked_wrong, elsewhere] {
        assert_eq!((reply.status, reply.header("location")), (400, None));
        assert!(!reply.headers.iter().any(|(_, value)| value.starts_with("cognito-")));
    }
}

#[test]
fn a_page_can_be_framed_by_nobody_runs_no_script_and_escapes_what_it_shows() {
    let server = TestServer::start();
    let hint = "\"><script>alert(1)</script>";

    let page = Browser::of(&server).visit(&Flow::of(DEMO).authorize(&[("login_hint", hint)]));

    let policy = page.reply.header("content-security-policy").unwrap();
    for part in
        ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self' http://localhost:5173"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(page.reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.reply.header("cache-control"), Some("no-store"));
    assert!(!page.has("<script"));
}

#[test]
fn a_challenge_of_the_page_gives_no_tokens_to_an_operation() {
    let server = TestServer::start();
    let mut browser = Browser::of(&server);
    let page = browser.visit(&Flow::of(MFA).authorize(&[]));
    let page = browser.submit(&page, &[("username", "emma"), ("password", PASSWORD)]);
    let session = page.text_between("name=\"session\" value=\"", "\"");

    let code = server.code("emma@example.com");
    let responses = serde_json::json!({ "USERNAME": "emma", "EMAIL_OTP_CODE": code });
    let reply = server.answer(MFA, "EMAIL_OTP", &serde_json::json!(session), responses);

    assert!(reply.json().get("AuthenticationResult").is_none(), "{}", reply.body);
}

#[test]
fn an_answer_that_nobody_waits_for_ends_on_a_page() {
    let server = TestServer::start();
    let headers = [("content-type", "application/x-www-form-urlencoded")];

    let by_form =
        server.request("POST", "/oauth2/idpresponse", &headers, "state=x&code=y").unwrap();
    let address = by_form.header("location").unwrap();
    let path = address.strip_prefix(&format!("http://localhost:{}", server.port)).unwrap();
    let reply = Browser::of(&server).get(path);

    assert_eq!(by_form.status, 303);
    assert_eq!((reply.status, reply.header("location")), (400, None));
    assert!(reply.body.contains("data-error=\"invalid_state\""));
}

#[test]
fn a_provider_that_cannot_be_reached_is_told_to_the_app() {
    let server = TestServer::with(&["--identity-provider", "http://localhost:1"]);
    let flow = Flow::of(DEMO);

    let back = Browser::of(&server).visit(&flow.authorize(&[("identity_provider", "Google")]));

    let back = back.left_for();
    assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_request"));
    assert_eq!(parameter(&back, "state"), Some(flow.state));
}

/// A pool where nobody does without a second factor, `mfa` being the one that it has.
fn with_required(mfa: &str) -> TestServer {
    TestServer::with_config(&format!(
        r#"
[[pool]]
id = "eu-west-1_Must"
mfa = {{ MfaConfiguration = "ON", {mfa} }}
[[pool.client]]
id = "must"
[pool.client.settings]
AllowedOAuthFlowsUserPoolClient = true
AllowedOAuthFlows = ["code"]
AllowedOAuthScopes = ["openid", "email", "profile", "aws.cognito.signin.user.admin"]
CallbackURLs = ["http://localhost:5173/"]
[[pool.user]]
username = "una"
password = "Correct-Horse-9!"
"#
    ))
}

#[test]
fn a_required_authenticator_app_is_set_up_on_the_way() {
    let server = with_required("SoftwareTokenMfaConfiguration = { Enabled = true }");
    let mut browser = Browser::of(&server);
    let page = browser.visit(&Flow::of("must").authorize(&[]));
    let page = browser.submit(&page, &[("username", "una"), ("password", PASSWORD)]);
    let secret = page.text_after("id=\"secret\"");

    let page = browser.submit(&page, &[("code", "000000")]);
    assert!(page.alert().contains("Code mismatch"), "{}", page.alert());
    assert_eq!(page.text_after("id=\"secret\""), secret);
    let back = browser.submit(&page, &[("code", &totp(&secret, now()))]).left_for();

    assert!(parameter(&back, "code").is_some());
    let mut other = Browser::of(&server);
    let page = other.visit(&Flow::of("must").authorize(&[]));
    let page = other.submit(&page, &[("username", "una"), ("password", PASSWORD)]);
    assert!(page.has("Type the code that your authenticator app shows"));
}

#[test]
fn a_required_address_is_set_up_on_the_way() {
    let server = with_required("EmailMfaConfiguration = { Message = \"{####}\", Subject = \"\" }");
    let mut browser = Browser::of(&server);
    let page = browser.visit(&Flow::of("must").authorize(&[]));
    let page = browser.submit(&page, &[("username", "una"), ("password", PASSWORD)]);

    let page = browser.submit(&page, &[("email", "not an address")]);
    assert!(page.alert().contains("Invalid email"), "{}", page.alert());
    let page = browser.submit(&page, &[("email", "una@example.com")]);
    let code = server.code("una@example.com");
    let back = browser.submit(&page, &[("code", &code)]).left_for();

    assert!(parameter(&back, "code").is_some());
}
