//! Getting in without an administrator: sign-up, codes, a forgotten password.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::{DEMO, PASSWORD, TestServer, merged};
use serde_json::{Value, json};
use std::io::Write;
use std::net::TcpStream;

const POOL: &str = "eu-west-1_LifeGuard";

fn attributes(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
}

fn person(name: &str) -> Value {
    let email = format!("{name}@example.com");
    json!({
        "ClientId": DEMO,
        "Username": name,
        "Password": PASSWORD,
        "UserAttributes": attributes(&[("email", &email), ("name", "Somebody")]),
    })
}

fn named(name: &str, further: Value) -> Value {
    merged(json!({ "ClientId": DEMO, "Username": name }), &further)
}

#[test]
fn a_new_person_signs_up_confirms_and_signs_in() {
    let server = TestServer::start();

    let reply = server.ok("SignUp", person("vera"));

    assert_eq!(reply["UserConfirmed"], false);
    assert_eq!(reply["UserSub"].as_str().unwrap().len(), 36);
    let delivery = json!({
        "Destination": "v***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    });
    assert_eq!(reply["CodeDeliveryDetails"], delivery);
    let (name, _) = server.srp(DEMO, POOL, "vera", PASSWORD).refusal();
    assert_eq!(name, "UserNotConfirmedException");
    let letters = server.get("/_dev/inbox?to=vera@example.com");
    let letter = &letters[0];
    let code = letter["code"].as_str().unwrap();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!(letter["userPoolId"], POOL);
    assert_eq!(letter["username"], "vera");
    assert_eq!(letter["medium"], "EMAIL");
    assert_eq!(letter["purpose"], "SignUp");
    assert!(letter["text"].as_str().unwrap().contains(code));
    assert!(letter["sentAt"].is_number());

    assert_eq!(
        server.ok("ConfirmSignUp", named("vera", json!({ "ConfirmationCode": code }))),
        json!({})
    );

    assert_eq!(server.srp(DEMO, POOL, "vera", PASSWORD).status, 200);
    let token = server.sign_in(DEMO, "vera", PASSWORD)["AccessToken"].clone();
    let held = server.ok("GetUser", json!({ "AccessToken": token }))["UserAttributes"].take();
    let held = held.as_array().unwrap();
    assert!(held.contains(&json!({ "Name": "email_verified", "Value": "true" })), "{held:?}");
}

#[test]
fn the_inbox_lists_all_letters_newest_first() {
    let server = TestServer::start();
    server.ok("SignUp", person("vera"));
    server.ok("SignUp", person("walt"));

    let letters = server.get("/_dev/inbox");

    let to: Vec<_> = letters.as_array().unwrap().iter().map(|letter| &letter["to"]).collect();
    assert_eq!(to, ["walt@example.com", "vera@example.com"]);
    assert_eq!(server.get("/_dev/inbox?to=nobody@example.com"), json!([]));
}

#[test]
fn wrong_used_superseded_and_old_codes_are_refused() {
    let server = TestServer::start();
    server.ok("SignUp", person("vera"));
    let first = server.code("vera@example.com");
    let confirm = |code: &str| {
        server.call("ConfirmSignUp", named("vera", json!({ "ConfirmationCode": code })))
    };
    let text = "Invalid verification code provided, please try again.";
    let mismatch = ("CodeMismatchException".to_owned(), text.to_owned());

    let guess = if first == "000000" { "000001" } else { "000000" };
    assert_eq!(confirm(guess).refusal(), mismatch);
    server.ok("ResendConfirmationCode", named("vera", json!({})));
    let second = server.code("vera@example.com");
    if first != second {
        assert_eq!(confirm(&first).refusal(), mismatch, "the older code stops working");
    }
    server.advance(24 * 3600 + 1);
    assert_eq!(confirm(&second).refusal().0, "ExpiredCodeException");
    server.ok("ResendConfirmationCode", named("vera", json!({})));
    let third = server.code("vera@example.com");
    assert_eq!(confirm(&third).status, 200);
    let (name, message) = confirm(&third).refusal();
    assert_eq!(name, "NotAuthorizedException");
    assert_eq!(message, "User cannot be confirmed. Current status is CONFIRMED");
    let (name, _) = server.refused("ResendConfirmationCode", named("vera", json!({})));
    assert_eq!(name, "InvalidParameterException");
}

#[test]
fn a_taken_name_is_refused_in_any_case_of_letters() {
    let server = TestServer::start();
    for name in ["alice", "ALICE"] {
        let (exception, message) = server.refused("SignUp", person(name));

        assert_eq!(exception, "UsernameExistsException");
        assert_eq!(message, "User already exists");
    }
}

#[test]
fn the_policy_and_the_schema_are_kept() {
    let server = TestServer::start();
    let sign_up = |further: Value| server.refused("SignUp", merged(person("vera"), &further));
    let with = |pairs: &[(&str, &str)]| {
        let mut all = vec![("email", "vera@example.com"), ("name", "Vera")];
        all.extend_from_slice(pairs);
        sign_up(json!({ "UserAttributes": attributes(&all) }))
    };

    let (name, message) = sign_up(json!({ "Password": "Short1!" }));
    assert_eq!(name, "InvalidPasswordException");
    assert_eq!(message, "Password did not conform with policy: Password not long enough");
    let missing = json!({ "UserAttributes": attributes(&[("email", "vera@example.com")]) });
    assert_eq!(sign_up(missing).0, "InvalidParameterException");
    assert_eq!(with(&[("custom:nothing", "x")]).0, "InvalidParameterException");
    assert_eq!(with(&[("custom:role", &"x".repeat(65))]).0, "InvalidParameterException");
    assert_eq!(with(&[("phone_number", "0123")]).0, "InvalidParameterException");
    assert_eq!(with(&[("email_verified", "true")]).0, "NotAuthorizedException");
    let bad = json!({ "UserAttributes": attributes(&[("email", "no address"), ("name", "V")]) });
    assert_eq!(sign_up(bad).1, "Invalid email address format.");
}

#[test]
fn asking_for_codes_again_and_again_has_an_end() {
    let server = TestServer::start();
    server.ok("SignUp", person("vera"));
    for _ in 0..5 {
        server.ok("ResendConfirmationCode", named("vera", json!({})));
    }

    let (name, message) = server.refused("ResendConfirmationCode", named("vera", json!({})));

    assert_eq!(name, "LimitExceededException");
    assert_eq!(message, "Attempt limit exceeded, please try after some time.");
    server.advance(3601);
    server.ok("ResendConfirmationCode", named("vera", json!({})));
}

#[test]
fn guessing_codes_has_an_end() {
    let server = TestServer::start();
    server.ok("SignUp", person("vera"));
    let code = server.code("vera@example.com");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let confirm = |code: &str| {
        server.call("ConfirmSignUp", named("vera", json!({ "ConfirmationCode": code })))
    };
    for _ in 0..10 {
        assert_eq!(confirm(wrong).refusal().0, "CodeMismatchException");
    }

    assert_eq!(confirm(&code).refusal().0, "TooManyFailedAttemptsException");
}

#[test]
fn a_forgotten_password_is_replaced() {
    let server = TestServer::start();

    let reply = server.ok("ForgotPassword", named("alice", json!({})));

    assert_eq!(reply["CodeDeliveryDetails"]["Destination"], "a***@e***");
    let code = server.code("alice@example.com");
    let confirm = |code: &str, password: &str| {
        let further = json!({ "ConfirmationCode": code, "Password": password });
        server.call("ConfirmForgotPassword", named("alice", further))
    };
    assert_eq!(confirm(&code, "weak-pass").refusal().0, "InvalidPasswordException");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(confirm(wrong, "Brand-New-Pass-2!").refusal().0, "CodeMismatchException");
    assert_eq!(confirm(&code, "Brand-New-Pass-2!").status, 200);
    assert_eq!(confirm(&code, "Brand-New-Pass-3!").refusal().0, "ExpiredCodeException");
    assert_eq!(server.srp(DEMO, POOL, "alice", "Brand-New-Pass-2!").status, 200);
    assert_eq!(server.srp(DEMO, POOL, "alice", PASSWORD).refusal().0, "NotAuthorizedException");
}

#[test]
fn a_reset_code_lasts_an_hour() {
    let server = TestServer::start();
    server.ok("ForgotPassword", named("alice", json!({})));
    let code = server.code("alice@example.com");
    server.advance(3601);

    let further = json!({ "ConfirmationCode": code, "Password": "Brand-New-Pass-2!" });
    let (name, message) = server.refused("ConfirmForgotPassword", named("alice", further));

    assert_eq!(name, "ExpiredCodeException");
    assert_eq!(message, "Invalid code provided, please request a code again.");
}

#[test]
fn a_required_reset_ends_with_a_new_password() {
    let server = TestServer::start();
    server.ok("ForgotPassword", named("carol", json!({})));
    let code = server.code("carol@example.com");

    let further = json!({ "ConfirmationCode": code, "Password": "Brand-New-Pass-2!" });
    server.ok("ConfirmForgotPassword", named("carol", further));

    assert_eq!(server.srp(DEMO, POOL, "carol", "Brand-New-Pass-2!").status, 200);
}

#[test]
fn who_cannot_be_reached_cannot_reset() {
    let server = TestServer::start();

    let (name, message) = server.refused("ForgotPassword", named("bob", json!({})));
    assert_eq!(name, "InvalidParameterException");
    assert!(message.starts_with("Cannot reset password for the user"), "{message}");
    let (name, message) = server.refused("ForgotPassword", named("nora", json!({})));
    assert_eq!(name, "NotAuthorizedException");
    assert_eq!(message, "User password cannot be reset in the current state.");
}

#[test]
fn nobody_learns_whether_somebody_exists() {
    let server = TestServer::start();
    let code = json!({ "ConfirmationCode": "123456" });
    let reset = merged(code.clone(), &json!({ "Password": PASSWORD }));
    let (name, _) = server.refused("ConfirmSignUp", named("nobody", code.clone()));
    assert_eq!(name, "ExpiredCodeException");
    let (name, _) = server.refused("ConfirmForgotPassword", named("nobody", reset.clone()));
    assert_eq!(name, "ExpiredCodeException");

    let reply = server.ok("ForgotPassword", named("nobody", json!({})));
    assert_eq!(reply["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
    let reply = server.ok("ResendConfirmationCode", named("nobody", json!({})));
    assert_eq!(reply["CodeDeliveryDetails"]["AttributeName"], "email");

    let (name, _) = server.refused("ConfirmSignUp", named("nobody", code));
    assert_eq!(name, "CodeMismatchException");
    let (name, _) = server.refused("ConfirmForgotPassword", named("nobody", reset));
    assert_eq!(name, "CodeMismatchException");
    assert_eq!(server.get("/_dev/inbox"), json!([]));
}

#[test]
fn an_operation_is_finished_for_a_client_that_hangs_up_too() {
    let server = TestServer::start();
    let count = || server.get("/_dev/counters")["SignUp"].as_u64().unwrap_or(0);
    for round in 0..6 {
        let email = format!("gone{round}@example.com");
        let body = person(&format!("gone{round}")).to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let head = "POST / HTTP/1.1\r\nhost: localhost\r\n\
             content-type: application/x-amz-json-1.1\r\n\
             x-amz-target: AWSCognitoIdentityProviderService.SignUp\r\n";
        write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
        while count() <= round {}
        drop(stream);

        // Its last deed is the letter with the code.
        let letters = server.get(&format!("/_dev/inbox?to={email}&wait=20"));
        assert!(!letters.as_array().unwrap().is_empty(), "round {round}");
    }
}
