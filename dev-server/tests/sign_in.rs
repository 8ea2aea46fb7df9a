//! Signing in with a password: by SRP and plain, and every way it is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::srp::{Client, timestamp};
use common::{DEMO, PASSWORD, TestServer, claims, merged, now};
use serde_json::{Value, json};

const POOL: &str = "eu-west-1_LifeGuard";
const SECRET_CLIENT: &str = "lifeguardsecretclient00001";

fn wrong() -> (String, String) {
    refusal("NotAuthorizedException", "Incorrect username or password.")
}

fn refusal(name: &str, message: &str) -> (String, String) {
    (name.to_owned(), message.to_owned())
}

#[test]
fn the_right_password_signs_in_by_srp() {
    let server = TestServer::start();

    let reply = server.srp(DEMO, POOL, "alice", PASSWORD);

    assert_eq!(reply.status, 200, "{}", reply.body);
    let result = &reply.json()["AuthenticationResult"];
    assert_eq!(result["TokenType"], "Bearer");
    assert_eq!(result["ExpiresIn"], 3600);
    assert_eq!(claims(&result["IdToken"])["cognito:username"], "alice");
    assert!(result.get("NewDeviceMetadata").is_none());
    assert_eq!(reply.json()["ChallengeParameters"], json!({}));
}

#[test]
fn a_wrong_password_is_refused() {
    let server = TestServer::start();

    assert_eq!(server.srp(DEMO, POOL, "alice", "Correct-Horse-9?").refusal(), wrong());
    assert_eq!(server.srp(DEMO, POOL, "alice", "").refusal(), wrong());
    let plain = json!({ "USERNAME": "alice", "PASSWORD": "Correct-Horse-9?" });
    assert_eq!(server.initiate(DEMO, "USER_PASSWORD_AUTH", plain).refusal(), wrong());
}

#[test]
fn another_pools_name_in_the_proof_is_refused() {
    let server = TestServer::start();

    assert_eq!(server.srp(DEMO, "eu-west-1_Other", "alice", PASSWORD).refusal(), wrong());
}

#[test]
fn the_stored_form_of_a_name_is_what_srp_hashes() {
    let server = TestServer::start();

    let reply = server.srp(DEMO, POOL, "ALICE", PASSWORD);

    assert_eq!(reply.status, 200, "{}", reply.body);
}

#[test]
fn a_proof_works_once() {
    let server = TestServer::start();
    let exchange = Client::start();
    let parameters = json!({ "USERNAME": "alice", "SRP_A": exchange.a_public() });
    let asked = server.initiate(DEMO, "USER_SRP_AUTH", parameters).json();
    let proof = exchange.answer("LifeGuard", PASSWORD, &asked["ChallengeParameters"], now());

    let first = server.answer(DEMO, "PASSWORD_VERIFIER", &Value::Null, proof.clone());
    let second = server.answer(DEMO, "PASSWORD_VERIFIER", &Value::Null, proof);

    assert_eq!(first.status, 200);
    assert_eq!(second.refusal(), wrong());
}

#[test]
fn a_proof_through_another_client_is_refused() {
    let server = TestServer::start();
    let exchange = Client::start();
    let parameters = json!({ "USERNAME": "alice", "SRP_A": exchange.a_public() });
    let asked = server.initiate(DEMO, "USER_SRP_AUTH", parameters).json();
    let proof = exchange.answer("LifeGuard", PASSWORD, &asked["ChallengeParameters"], now());
    let other = "lifeguardmfaclient00000001";

    let reply = server.answer(other, "PASSWORD_VERIFIER", &Value::Null, proof);

    assert_eq!(reply.refusal(), wrong());
}

#[test]
fn an_old_exchange_is_refused() {
    let server = TestServer::start();
    let exchange = Client::start();
    let parameters = json!({ "USERNAME": "alice", "SRP_A": exchange.a_public() });
    let asked = server.initiate(DEMO, "USER_SRP_AUTH", parameters).json();
    server.advance(181);
    let later = now() + 181;
    let proof = exchange.answer("LifeGuard", PASSWORD, &asked["ChallengeParameters"], later);

    let reply = server.answer(DEMO, "PASSWORD_VERIFIER", &Value::Null, proof);

    assert_eq!(reply.refusal(), wrong());
}

#[test]
fn five_minutes_of_clock_difference_are_forgiven_and_more_is_not() {
    let server = TestServer::start();
    for (difference, is_accepted) in [(-290, true), (290, true), (-310, false), (310, false)] {
        let exchange = Client::start();
        let parameters = json!({ "USERNAME": "alice", "SRP_A": exchange.a_public() });
        let asked = server.initiate(DEMO, "USER_SRP_AUTH", parameters).json();
        let time = now() + difference;
        let proof = exchange.answer("LifeGuard", PASSWORD, &asked["ChallengeParameters"], time);

        let reply = server.answer(DEMO, "PASSWORD_VERIFIER", &Value::Null, proof);

        assert_eq!(reply.status == 200, is_accepted, "{difference}: {}", reply.body);
    }
}

#[test]
fn a_timestamp_of_another_form_is_named_and_costs_nothing() {
    let server = TestServer::start();
    let exchange = Client::start();
    let parameters = json!({ "USERNAME": "alice", "SRP_A": exchange.a_public() });
    let asked = server.initiate(DEMO, "USER_SRP_AUTH", parameters).json();
    let asked = &asked["ChallengeParameters"];
    let proof = exchange.answer_at("LifeGuard", PASSWORD, asked, "2026-05-01T00:00:00Z");

    let reply = server.answer(DEMO, "PASSWORD_VERIFIER", &Value::Null, proof);

    let text = "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.";
    assert_eq!(reply.refusal(), refusal("InvalidParameterException", text));
    let proof = exchange.answer_at("LifeGuard", PASSWORD, asked, &timestamp(now()));
    let reply = server.answer(DEMO, "PASSWORD_VERIFIER", &Value::Null, proof);
    assert_eq!(reply.status, 200, "{}", reply.body);
}

#[test]
fn a_public_value_of_zero_is_refused() {
    let server = TestServer::start();
    for a_public in ["0", "00", "", "xyz"] {
        let parameters = json!({ "USERNAME": "alice", "SRP_A": a_public });

        let (name, _) = server.initiate(DEMO, "USER_SRP_AUTH", parameters).refusal();

        assert_eq!(name, "InvalidParameterException");
    }
}

#[test]
fn an_unknown_person_is_asked_like_a_known_one() {
    let server = TestServer::start();
    let ask = || {
        let parameters = json!({ "USERNAME": "nobody", "SRP_A": Client::start().a_public() });
        server.initiate(DEMO, "USER_SRP_AUTH", parameters).json()["ChallengeParameters"].take()
    };

    let (first, second) = (ask(), ask());

    assert_eq!(first["SALT"], second["SALT"]);
    assert_eq!(first["USER_ID_FOR_SRP"], second["USER_ID_FOR_SRP"]);
    assert_ne!(first["SRP_B"], second["SRP_B"]);
    assert_eq!(first["USER_ID_FOR_SRP"].as_str().unwrap().len(), 36);
    assert_eq!(server.srp(DEMO, POOL, "nobody", PASSWORD).refusal(), wrong());
    let plain = json!({ "USERNAME": "nobody", "PASSWORD": PASSWORD });
    assert_eq!(server.initiate(DEMO, "USER_PASSWORD_AUTH", plain).refusal(), wrong());
}

#[test]
fn an_unknown_person_is_told_where_the_client_does_not_hide_it() {
    let server = TestServer::start();
    let client = "lifeguardrotate0client0001";
    let expected = refusal("UserNotFoundException", "User does not exist.");

    let reply = server.srp(client, "eu-west-1_LifeGuardRotate", "nobody", PASSWORD);

    assert_eq!(reply.refusal(), expected);
    let plain = json!({ "USERNAME": "nobody", "PASSWORD": PASSWORD });
    assert_eq!(server.initiate(client, "USER_PASSWORD_AUTH", plain).refusal(), expected);
}

#[test]
fn a_state_stands_in_the_way_only_of_who_knows_the_password() {
    let server = TestServer::start();
    for (person, name, message) in [
        ("bob", "UserNotConfirmedException", "User is not confirmed."),
        ("carol", "PasswordResetRequiredException", "Password reset required for the user"),
        ("dave", "NotAuthorizedException", "User is disabled."),
    ] {
        let plain = json!({ "USERNAME": person, "PASSWORD": PASSWORD });

        assert_eq!(server.srp(DEMO, POOL, person, PASSWORD).refusal(), refusal(name, message));
        let reply = server.initiate(DEMO, "USER_PASSWORD_AUTH", plain);
        assert_eq!(reply.refusal(), refusal(name, message));
        assert_eq!(server.srp(DEMO, POOL, person, "wrong").refusal(), wrong());
    }
}

#[test]
fn a_temporary_password_must_be_replaced_and_missing_attributes_given() {
    let server = TestServer::start();
    let asked = server.srp(DEMO, POOL, "nora", "Temporary-Pass-1!").json();

    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let parameters = &asked["ChallengeParameters"];
    assert_eq!(parameters["USER_ID_FOR_SRP"], "nora");
    assert_eq!(parameters["requiredAttributes"], r#"["userAttributes.name"]"#);
    let held: Value = serde_json::from_str(parameters["userAttributes"].as_str().unwrap()).unwrap();
    assert_eq!(held, json!({ "email": "nora@example.com", "email_verified": "true" }));

    let session = &asked["Session"];
    let answer = |responses: Value| {
        let responses = merged(json!({ "USERNAME": "nora" }), &responses);
        server.answer(DEMO, "NEW_PASSWORD_REQUIRED", session, responses)
    };
    let (name, _) = answer(json!({ "NEW_PASSWORD": "Brand-New-Pass-2!" })).refusal();
    assert_eq!(name, "InvalidParameterException", "the name is missing");
    let weak = json!({ "NEW_PASSWORD": "weak", "userAttributes.name": "Nora" });
    assert_eq!(answer(weak).refusal().0, "InvalidPasswordException");
    let held = json!({
        "NEW_PASSWORD": "Brand-New-Pass-2!",
        "userAttributes.name": "Nora",
        "userAttributes.email": "other@example.com",
    });
    assert_eq!(answer(held).refusal().0, "InvalidParameterException", "the e-mail is held");
    let good = json!({ "NEW_PASSWORD": "Brand-New-Pass-2!", "userAttributes.name": "Nora" });
    let result = answer(good.clone()).json()["AuthenticationResult"].take();
    assert_eq!(claims(&result["IdToken"])["name"], "Nora");
    let spent = "Invalid session for the user, session can only be used once.";
    assert_eq!(answer(good).refusal(), refusal("NotAuthorizedException", spent));
    assert_eq!(server.srp(DEMO, POOL, "nora", "Brand-New-Pass-2!").status, 200);
    assert_eq!(server.srp(DEMO, POOL, "nora", "Temporary-Pass-1!").refusal(), wrong());
}

#[test]
fn a_temporary_password_expires() {
    let server = TestServer::start();
    server.advance(8 * 86_400);

    let plain = json!({ "USERNAME": "nora", "PASSWORD": "Temporary-Pass-1!" });
    let reply = server.initiate(DEMO, "USER_PASSWORD_AUTH", plain);

    let text = "Temporary password has expired and must be reset by an administrator.";
    assert_eq!(reply.refusal(), refusal("NotAuthorizedException", text));
}

#[test]
fn a_session_is_one_persons_one_clients_and_expires() {
    let server = TestServer::start();
    let ask = || server.srp(DEMO, POOL, "nora", "Temporary-Pass-1!").json()["Session"].take();
    let answer = |client: &str, person: &str, session: &Value| {
        let responses = json!({
            "USERNAME": person,
            "NEW_PASSWORD": "Brand-New-Pass-2!",
            "userAttributes.name": "Nora",
        });
        server.answer(client, "NEW_PASSWORD_REQUIRED", session, responses).refusal()
    };
    let refused = |text: &str| refusal("NotAuthorizedException", text);
    let invalid = refused("Invalid session for the user.");

    assert_eq!(answer(DEMO, "alice", &ask()), invalid);
    assert_eq!(answer("lifeguardmfaclient00000001", "nora", &ask()), invalid);
    assert_eq!(answer(DEMO, "nora", &json!("a session that nobody was ever given")), invalid);
    let session = ask();
    server.advance(181);
    let expired = refused("Invalid session for the user, session is expired.");
    assert_eq!(answer(DEMO, "nora", &session), expired);
}

#[test]
fn guessing_is_slowed_down() {
    let server = TestServer::start();
    let guess = |password: &str| {
        let plain = json!({ "USERNAME": "alice", "PASSWORD": password });
        server.initiate(DEMO, "USER_PASSWORD_AUTH", plain)
    };
    // Far enough apart that each guess counts: the last wait is sixteen seconds.
    for attempt in 0..9 {
        server.advance(attempt * 20);
        assert_eq!(guess("wrong").refusal(), wrong());
    }
    let exceeded = refusal("NotAuthorizedException", "Password attempts exceeded");

    assert_eq!(guess(PASSWORD).refusal(), exceeded);
    assert_eq!(server.srp(DEMO, POOL, "alice", PASSWORD).refusal(), exceeded);
    server.advance(8 * 20 + 17);
    assert_eq!(guess(PASSWORD).status, 200);
}

#[test]
fn a_client_with_a_secret_needs_its_hash() {
    let server = TestServer::start();
    let plain = |hash: &Value| {
        let mut parameters = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });
        if hash.is_string() {
            parameters["SECRET_HASH"] = hash.clone();
        }
        server.initiate(SECRET_CLIENT, "USER_PASSWORD_AUTH", parameters)
    };
    let missing = format!(
        "Client {SECRET_CLIENT} is configured with secret but SECRET_HASH was not received"
    );
    let wrong_hash = format!("Unable to verify secret hash for client {SECRET_CLIENT}");

    assert_eq!(plain(&Value::Null).refusal(), refusal("NotAuthorizedException", &missing));
    let other = secret_hash("bob");
    assert_eq!(plain(&other).refusal(), refusal("NotAuthorizedException", &wrong_hash));
    assert_eq!(plain(&secret_hash("alice")).status, 200);
}

#[test]
fn the_secret_hash_of_a_refresh_is_of_the_real_name() {
    let server = TestServer::start();
    let parameters = json!({
        "USERNAME": "ALICE",
        "PASSWORD": PASSWORD,
        "SECRET_HASH": secret_hash("ALICE"),
    });
    let result = server.initiate(SECRET_CLIENT, "USER_PASSWORD_AUTH", parameters).json();
    let refresh = |name: &str| {
        let parameters = json!({
            "REFRESH_TOKEN": result["AuthenticationResult"]["RefreshToken"],
            "SECRET_HASH": secret_hash(name),
        });
        server.initiate(SECRET_CLIENT, "REFRESH_TOKEN_AUTH", parameters)
    };

    assert_eq!(refresh("ALICE").refusal().0, "NotAuthorizedException");
    assert_eq!(refresh("alice").status, 200);
}

fn secret_hash(username: &str) -> Value {
    use base64::Engine;
    use hmac::{KeyInit, Mac};
    let secret = b"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdef";
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(format!("{username}{SECRET_CLIENT}").as_bytes());
    json!(base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes()))
}

#[test]
fn a_flow_the_client_does_not_have_is_refused() {
    let server = TestServer::start();
    for (client, flow) in [
        ("lifeguardcustomclient00001", "USER_PASSWORD_AUTH"),
        ("lifeguardcustomclient00001", "USER_AUTH"),
        ("lifeguardmfaclient00000001", "CUSTOM_AUTH"),
        ("lifeguardrotate0client0001", "REFRESH_TOKEN_AUTH"),
    ] {
        let parameters = json!({ "USERNAME": "alice", "PASSWORD": "x", "REFRESH_TOKEN": "x" });

        let (name, message) = server.initiate(client, flow, parameters).refusal();

        assert_eq!(name, "InvalidParameterException", "{flow}");
        assert_eq!(message, format!("{flow} flow not enabled for this client"));
    }
}

#[test]
fn administrators_flows_and_missing_parameters_are_refused() {
    let server = TestServer::start();
    let parameters = json!({ "USERNAME": "alice", "PASSWORD": PASSWORD });

    let (name, _) = server.initiate(DEMO, "ADMIN_USER_PASSWORD_AUTH", parameters).refusal();

    assert_eq!(name, "InvalidParameterException");
    let (name, message) = server.initiate(DEMO, "USER_SRP_AUTH", json!({ "SRP_A": "2" })).refusal();
    assert_eq!(name, "InvalidParameterException");
    assert_eq!(message, "Missing required parameter USERNAME");
    let (name, message) = server
        .refused("InitiateAuth", json!({ "ClientId": "nobodysclient", "AuthFlow": "USER_AUTH" }));
    assert_eq!(name, "ResourceNotFoundException");
    assert_eq!(message, "User pool client nobodysclient does not exist.");
}

#[test]
fn right_proof_with_a_wrong_clock_is_nobodys_guess() {
    let server = TestServer::start();
    let sign_in = |time: &str| {
        let exchange = Client::start();
        let parameters = json!({ "USERNAME": "alice", "SRP_A": exchange.a_public() });
        let asked = server.initiate(DEMO, "USER_SRP_AUTH", parameters).json();
        let asked = &asked["ChallengeParameters"];
        let proof = exchange.answer_at("LifeGuard", PASSWORD, asked, time);
        server.answer(DEMO, "PASSWORD_VERIFIER", &Value::Null, proof)
    };
    for _ in 0..7 {
        let refused = sign_in(&timestamp(now() - 360)).refusal();

        assert_eq!(refused, refusal("NotAuthorizedException", "Incorrect username or password."));
    }
    assert_eq!(sign_in(&timestamp(now())).status, 200);
}
