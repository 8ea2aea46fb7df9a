//! Second factors: asked for as the pool and the person want it, judged, set up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::{PASSWORD, Reply, TestServer, claims, now, totp};
use serde_json::{Value, json};

const MFA: &str = "lifeguardmfaclient00000001";
const MFA_POOL: &str = "eu-west-1_LifeGuardMfa";
const MUST: &str = "lifeguardmustclient0000001";
const MUST_POOL: &str = "eu-west-1_LifeGuardMust";
const SEEDED_SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

fn refusal(name: &str, message: &str) -> (String, String) {
    (name.to_owned(), message.to_owned())
}

fn other_code(code: &str) -> String {
    let changed = if code.starts_with('0') { '1' } else { '0' };
    format!("{changed}{}", &code[1..])
}

fn tokens(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let result = reply.json()["AuthenticationResult"].take();
    assert!(result["AccessToken"].is_string(), "{}", reply.body);
    result
}

#[test]
fn nobody_is_asked_for_a_factor_they_did_not_turn_on() {
    let server = TestServer::start();

    tokens(&server.srp(MFA, MFA_POOL, "pat", PASSWORD));
}

#[test]
fn a_code_by_sms_is_asked_for_and_judged() {
    let server = TestServer::start();
    let asked = server.srp(MFA, MFA_POOL, "sam", PASSWORD).json();

    assert_eq!(asked["ChallengeName"], "SMS_MFA");
    let parameters = json!({
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": "+*******0101",
        "USER_ID_FOR_SRP": "sam",
    });
    assert_eq!(asked["ChallengeParameters"], parameters);
    let code = server.code("+15555550101");
    assert_eq!(code.len(), 6);
    let answer = |code: &str| {
        let responses = json!({ "USERNAME": "sam", "SMS_MFA_CODE": code });
        server.answer(MFA, "SMS_MFA", &asked["Session"], responses)
    };
    let wrong = refusal("CodeMismatchException", "Invalid code or auth state for the user.");
    assert_eq!(answer(&other_code(&code)).refusal(), wrong);
    tokens(&answer(&code));
    let spent = "Invalid session for the user, session can only be used once.";
    assert_eq!(answer(&code).refusal(), refusal("NotAuthorizedException", spent));
}

#[test]
fn a_session_survives_four_wrong_codes_and_not_the_fifth() {
    let server = TestServer::start();
    let asked = server.srp(MFA, MFA_POOL, "emma", PASSWORD).json();
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
    let code = server.code("emma@example.com");
    let answer = |code: &str| {
        let responses = json!({ "USERNAME": "emma", "EMAIL_OTP_CODE": code });
        server.answer(MFA, "EMAIL_OTP", &asked["Session"], responses)
    };

    for _ in 0..5 {
        assert_eq!(answer(&other_code(&code)).refusal().0, "CodeMismatchException");
    }

    let spent = "Invalid session for the user, session can only be used once.";
    assert_eq!(answer(&code).refusal(), refusal("NotAuthorizedException", spent));
}

#[test]
fn a_right_password_does_not_forgive_wrong_codes() {
    let server = TestServer::start();
    for attempt in 0..7 {
        server.advance(attempt * 20);
        let asked = server.srp(MFA, MFA_POOL, "emma", PASSWORD).json();
        let code = server.code("emma@example.com");
        let responses = json!({ "USERNAME": "emma", "EMAIL_OTP_CODE": other_code(&code) });
        let reply = server.answer(MFA, "EMAIL_OTP", &asked["Session"], responses);
        assert_eq!(reply.refusal().0, "CodeMismatchException");
    }
    let asked = server.srp(MFA, MFA_POOL, "emma", PASSWORD).json();
    let code = server.code("emma@example.com");

    let responses = json!({ "USERNAME": "emma", "EMAIL_OTP_CODE": code });
    let reply = server.answer(MFA, "EMAIL_OTP", &asked["Session"], responses);

    let exceeded = refusal("NotAuthorizedException", "Password attempts exceeded");
    assert_eq!(reply.refusal(), exceeded);
}

#[test]
fn a_code_of_an_app_is_judged_and_works_once() {
    let server = TestServer::start();
    let ask = || server.srp(MFA, MFA_POOL, "tina", PASSWORD).json();
    let answer = |asked: &Value, code: &str| {
        let responses = json!({ "USERNAME": "tina", "SOFTWARE_TOKEN_MFA_CODE": code });
        server.answer(MFA, "SOFTWARE_TOKEN_MFA", &asked["Session"], responses)
    };
    let asked = ask();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    assert_eq!(asked["ChallengeParameters"]["USER_ID_FOR_SRP"], "tina");
    let code = totp(SEEDED_SECRET, now());

    let wrong = refusal("CodeMismatchException", "Invalid code received for user");
    assert_eq!(answer(&asked, &other_code(&code)).refusal(), wrong);
    tokens(&answer(&asked, &code));
    let again = ask();
    let reused = refusal("ExpiredCodeException", "Your software token has already been used once.");
    assert_eq!(answer(&again, &code).refusal(), reused);
    server.advance(60);
    tokens(&answer(&again, &totp(SEEDED_SECRET, now() + 60)));
}

#[test]
fn who_prefers_no_factor_is_asked_which() {
    let server = TestServer::start();
    let ask = || server.srp(MFA, MFA_POOL, "mila", PASSWORD).json();
    let choose = |asked: &Value, choice: &str| {
        let responses = json!({ "USERNAME": "mila", "ANSWER": choice });
        server.answer(MFA, "SELECT_MFA_TYPE", &asked["Session"], responses)
    };
    let asked = ask();
    assert_eq!(asked["ChallengeName"], "SELECT_MFA_TYPE");
    let choices = r#"["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]"#;
    assert_eq!(asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"], choices);

    assert_eq!(choose(&asked, "CARRIER_PIGEON").refusal().0, "InvalidParameterException");
    assert_eq!(choose(&asked, "SMS_MFA").json()["ChallengeName"], "SMS_MFA");
    let app = choose(&ask(), "SOFTWARE_TOKEN_MFA").json();
    assert_eq!(app["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    for spelling in ["EMAIL_OTP", "EMAIL_MFA"] {
        let mail = choose(&ask(), spelling).json();
        assert_eq!(mail["ChallengeName"], "EMAIL_OTP");
        let code = server.code("mila@example.com");
        let responses = json!({ "USERNAME": "mila", "EMAIL_OTP_CODE": code });
        tokens(&server.answer(MFA, "EMAIL_OTP", &mail["Session"], responses));
    }
}

#[test]
fn a_required_factor_is_set_up_with_an_app() {
    let server = TestServer::start();
    let asked = server.srp(MUST, MUST_POOL, "una", PASSWORD).json();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    let choices = r#"["SOFTWARE_TOKEN_MFA","EMAIL_OTP"]"#;
    assert_eq!(asked["ChallengeParameters"]["MFAS_CAN_SETUP"], choices);

    let associated = server.ok("AssociateSoftwareToken", json!({ "Session": asked["Session"] }));
    let secret = associated["SecretCode"].as_str().unwrap();
    assert_eq!(secret.len(), 52);
    let spent = server.refused("AssociateSoftwareToken", json!({ "Session": asked["Session"] }));
    assert_eq!(spent.0, "NotAuthorizedException");
    let early = json!({ "USERNAME": "una" });
    let reply = server.answer(MUST, "MFA_SETUP", &associated["Session"], early);
    assert_eq!(reply.refusal().0, "InvalidParameterException");
    let code = totp(secret, now());
    let verify = |code: &str| {
        let input = json!({
            "Session": associated["Session"], "UserCode": code, "FriendlyDeviceName": "phone",
        });
        server.call("VerifySoftwareToken", input)
    };
    let wrong = verify(&other_code(&code)).refusal();
    assert_eq!(wrong.0, "EnableSoftwareTokenMFAException");
    let verified = verify(&code).json();
    assert_eq!(verified["Status"], "SUCCESS");
    let responses = json!({ "USERNAME": "una" });
    let result = tokens(&server.answer(MUST, "MFA_SETUP", &verified["Session"], responses));

    let user = server.ok("GetUser", json!({ "AccessToken": result["AccessToken"] }));
    assert_eq!(user["UserMFASettingList"], json!(["SOFTWARE_TOKEN_MFA"]));
    let again = server.srp(MUST, MUST_POOL, "una", PASSWORD).json();
    assert_eq!(again["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    assert_eq!(again["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"], "phone");
}

#[test]
fn a_required_factor_is_set_up_by_mail_after_a_new_password() {
    let server = TestServer::start();
    let asked = server.srp(MUST, MUST_POOL, "noel", "Temporary-Pass-1!").json();
    let responses = json!({ "USERNAME": "noel", "NEW_PASSWORD": "Brand-New-Pass-2!" });
    let asked = server.answer(MUST, "NEW_PASSWORD_REQUIRED", &asked["Session"], responses).json();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");

    let responses = json!({ "USERNAME": "noel", "EMAIL": "noel@new.example.com" });
    let asked = server.answer(MUST, "MFA_SETUP", &asked["Session"], responses).json();

    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
    assert_eq!(asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"], "n***@n***");
    let code = server.code("noel@new.example.com");
    let responses = json!({ "USERNAME": "noel", "EMAIL_OTP_CODE": code });
    let result = tokens(&server.answer(MUST, "EMAIL_OTP", &asked["Session"], responses));
    let id = claims(&result["IdToken"]);
    assert_eq!(id["email"], "noel@new.example.com");
    assert_eq!(id["email_verified"], true);
    let again = server.srp(MUST, MUST_POOL, "noel", "Brand-New-Pass-2!").json();
    assert_eq!(again["ChallengeName"], "EMAIL_OTP");
}

#[test]
fn a_signed_in_person_adds_an_app() {
    let server = TestServer::start();
    let token = server.sign_in(MFA, "pat", PASSWORD)["AccessToken"].take();
    let with = |further: Value| common::merged(json!({ "AccessToken": token }), &further);
    let verify = |code: &str| server.call("VerifySoftwareToken", with(json!({ "UserCode": code })));

    assert_eq!(verify("123456").refusal().0, "SoftwareTokenMFANotFoundException");
    let associated = server.ok("AssociateSoftwareToken", with(json!({})));
    assert!(associated.get("Session").is_none());
    let code = totp(associated["SecretCode"].as_str().unwrap(), now());
    assert_eq!(verify(&other_code(&code)).refusal().0, "EnableSoftwareTokenMFAException");
    assert_eq!(verify(&code).json(), json!({ "Status": "SUCCESS" }));

    tokens(&server.srp(MFA, MFA_POOL, "pat", PASSWORD));
    let on = json!({ "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
    server.ok("SetUserMFAPreference", with(on));
    let asked = server.srp(MFA, MFA_POOL, "pat", PASSWORD).json();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
}

#[test]
fn codes_live_as_long_as_their_session() {
    let server = TestServer::start();
    let asked = server.srp(MFA, MFA_POOL, "emma", PASSWORD).json();
    let code = server.code("emma@example.com");
    server.advance(181);

    let responses = json!({ "USERNAME": "emma", "EMAIL_OTP_CODE": code });
    let reply = server.answer(MFA, "EMAIL_OTP", &asked["Session"], responses);

    let expired = "Invalid session for the user, session is expired.";
    assert_eq!(reply.refusal(), refusal("NotAuthorizedException", expired));
}
