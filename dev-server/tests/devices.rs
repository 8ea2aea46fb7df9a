//! Remembered devices: found, confirmed, asked in place of a second factor, bound to refresh tokens.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use common::srp::{Client, device_verifier, timestamp};
use common::{PASSWORD, Reply, TestServer, claims, merged, now};
use serde_json::{Value, json};

const ALWAYS: &str = "lifeguarddeviceclient00001";
const ALWAYS_POOL: &str = "eu-west-1_LifeGuardDevice";
const OPT_IN: &str = "lifeguardoptinclient000001";
const OPT_IN_POOL: &str = "eu-west-1_LifeGuardOptIn";
const DEVICE_PASSWORD: &str = "forty random bytes in base64, or any other text";

fn result(reply: &Reply) -> Value {
    assert_eq!(reply.status, 200, "{}", reply.body);
    let result = reply.json()["AuthenticationResult"].take();
    assert!(result["AccessToken"].is_string(), "{}", reply.body);
    result
}

/// Confirms the device that a sign-in just found; gives its key and group key.
fn confirm(server: &TestServer, signed_in: &Value) -> (Value, Value, Value) {
    let metadata = &signed_in["NewDeviceMetadata"];
    let (key, group) = (&metadata["DeviceKey"], &metadata["DeviceGroupKey"]);
    let verifier = device_verifier(group.as_str().unwrap(), key.as_str().unwrap(), DEVICE_PASSWORD);
    let reply = server.ok(
        "ConfirmDevice",
        json!({
            "AccessToken": signed_in["AccessToken"],
            "DeviceKey": key,
            "DeviceName": "browser",
            "DeviceSecretVerifierConfig": verifier,
        }),
    );
    (key.clone(), group.clone(), reply)
}

/// Answers `DEVICE_SRP_AUTH` and `DEVICE_PASSWORD_VERIFIER`.
fn prove(
    server: &TestServer,
    client: &str,
    asked: &Value,
    person: &str,
    (key, group): (&Value, &Value),
    password: &str,
) -> Reply {
    assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH", "{asked}");
    let exchange = Client::start();
    let responses = json!({ "USERNAME": person, "DEVICE_KEY": key, "SRP_A": exchange.a_public() });
    let reply = server.answer(client, "DEVICE_SRP_AUTH", &asked["Session"], responses);
    assert_eq!(reply.status, 200, "{}", reply.body);
    let asked = reply.json();
    assert_eq!(asked["ChallengeName"], "DEVICE_PASSWORD_VERIFIER");
    let parameters = &asked["ChallengeParameters"];
    let time = timestamp(now());
    let (group, name) = (group.as_str().unwrap(), key.as_str().unwrap());
    let responses = json!({
        "USERNAME": person,
        "DEVICE_KEY": key,
        "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": exchange.sign(group, name, password, parameters, &time),
        "TIMESTAMP": time,
    });
    server.answer(client, "DEVICE_PASSWORD_VERIFIER", &asked["Session"], responses)
}

#[test]
fn every_sign_in_without_a_device_finds_one() {
    let server = TestServer::start();

    let first = result(&server.srp(ALWAYS, ALWAYS_POOL, "dora", PASSWORD));
    let second = result(&server.srp(ALWAYS, ALWAYS_POOL, "dora", PASSWORD));

    let key = first["NewDeviceMetadata"]["DeviceKey"].as_str().unwrap();
    assert!(key.starts_with("eu-west-1_") && key.len() == 46, "{key}");
    assert!(first["NewDeviceMetadata"]["DeviceGroupKey"].as_str().unwrap().starts_with('-'));
    assert_ne!(first["NewDeviceMetadata"], second["NewDeviceMetadata"]);
    assert_eq!(claims(&first["AccessToken"])["device_key"], json!(key));
}

#[test]
fn a_confirmed_device_proves_itself_at_the_next_sign_in() {
    let server = TestServer::start();
    let first = result(&server.srp(ALWAYS, ALWAYS_POOL, "dora", PASSWORD));
    let (key, group, reply) = confirm(&server, &first);
    assert_eq!(reply, json!({ "UserConfirmationNecessary": false }));
    let sign_in =
        || server.srp_with(ALWAYS, ALWAYS_POOL, "dora", PASSWORD, json!({ "DEVICE_KEY": key }));
    let device = (&key, &group);

    let reply = prove(&server, ALWAYS, &sign_in().json(), "dora", device, "another password");
    assert_eq!(reply.refusal().0, "NotAuthorizedException");
    let reply = prove(&server, ALWAYS, &sign_in().json(), "dora", device, DEVICE_PASSWORD);
    let signed_in = result(&reply);

    assert!(signed_in.get("NewDeviceMetadata").is_none());
    assert_eq!(claims(&signed_in["AccessToken"])["device_key"], key);
}

#[test]
fn a_device_stands_in_for_the_second_factor() {
    let server = TestServer::start();
    let asked = server.srp(ALWAYS, ALWAYS_POOL, "emil", PASSWORD).json();
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
    let code = server.code("emil@example.com");
    let responses = json!({ "USERNAME": "emil", "EMAIL_OTP_CODE": code });
    let first = result(&server.answer(ALWAYS, "EMAIL_OTP", &asked["Session"], responses));
    let (key, group, _) = confirm(&server, &first);

    let further = json!({ "DEVICE_KEY": key });
    let asked = server.srp_with(ALWAYS, ALWAYS_POOL, "emil", PASSWORD, further).json();

    let reply = prove(&server, ALWAYS, &asked, "emil", (&key, &group), DEVICE_PASSWORD);
    result(&reply);
    assert_eq!(server.get("/_dev/inbox").as_array().unwrap().len(), 1, "no second code was sent");
}

#[test]
fn a_device_proves_itself_after_a_chosen_password_too() {
    let server = TestServer::start();
    let first = result(&server.srp(ALWAYS, ALWAYS_POOL, "dora", PASSWORD));
    let (key, group, _) = confirm(&server, &first);
    let parameters = json!({ "USERNAME": "dora", "DEVICE_KEY": key });
    let asked = server.initiate(ALWAYS, "USER_AUTH", parameters).json();
    let responses = json!({
        "USERNAME": "dora", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD, "DEVICE_KEY": key,
    });

    let asked = server.answer(ALWAYS, "SELECT_CHALLENGE", &asked["Session"], responses).json();

    result(&prove(&server, ALWAYS, &asked, "dora", (&key, &group), DEVICE_PASSWORD));
    let parameters =
        json!({ "USERNAME": "dora", "PREFERRED_CHALLENGE": "EMAIL_OTP", "DEVICE_KEY": key });
    let asked = server.initiate(ALWAYS, "USER_AUTH", parameters).json();
    let code = server.code("dora@example.com");
    let responses = json!({ "USERNAME": "dora", "EMAIL_OTP_CODE": code, "DEVICE_KEY": key });
    let asked = server.answer(ALWAYS, "EMAIL_OTP", &asked["Session"], responses).json();
    result(&prove(&server, ALWAYS, &asked, "dora", (&key, &group), DEVICE_PASSWORD));
}

#[test]
fn where_devices_are_opt_in_the_person_is_asked_first() {
    let server = TestServer::start();
    let first = result(&server.srp(OPT_IN, OPT_IN_POOL, "dora", PASSWORD));
    let (key, group, reply) = confirm(&server, &first);
    assert_eq!(reply, json!({ "UserConfirmationNecessary": true }));
    let sign_in =
        || server.srp_with(OPT_IN, OPT_IN_POOL, "dora", PASSWORD, json!({ "DEVICE_KEY": key }));

    result(&sign_in());
    server.ok(
        "UpdateDeviceStatus",
        json!({
            "AccessToken": first["AccessToken"],
            "DeviceKey": key,
            "DeviceRememberedStatus": "remembered",
        }),
    );

    let asked = sign_in().json();
    result(&prove(&server, OPT_IN, &asked, "dora", (&key, &group), DEVICE_PASSWORD));
}

#[test]
fn a_forgotten_device_does_not_exist() {
    let server = TestServer::start();
    let first = result(&server.srp(ALWAYS, ALWAYS_POOL, "dora", PASSWORD));
    let (key, _, _) = confirm(&server, &first);
    let input = json!({ "AccessToken": first["AccessToken"], "DeviceKey": key });
    server.ok("ForgetDevice", input);

    let further = json!({ "DEVICE_KEY": key });
    let reply = server.srp_with(ALWAYS, ALWAYS_POOL, "dora", PASSWORD, further);

    let expected = ("ResourceNotFoundException".to_owned(), "Device does not exist.".to_owned());
    assert_eq!(reply.refusal(), expected);
}

#[test]
fn only_the_device_of_this_sign_in_can_be_confirmed_and_once() {
    let server = TestServer::start();
    let first = result(&server.srp(ALWAYS, ALWAYS_POOL, "dora", PASSWORD));
    let second = result(&server.srp(ALWAYS, ALWAYS_POOL, "dora", PASSWORD));
    let mixed = merged(second.clone(), &json!({ "NewDeviceMetadata": first["NewDeviceMetadata"] }));
    let input = |signed_in: &Value| {
        json!({
            "AccessToken": signed_in["AccessToken"],
            "DeviceKey": signed_in["NewDeviceMetadata"]["DeviceKey"],
            "DeviceSecretVerifierConfig": device_verifier("-g", "k", "p"),
        })
    };

    let (name, message) = server.refused("ConfirmDevice", input(&mixed));
    assert_eq!(
        (name.as_str(), message.as_str()),
        ("InvalidParameterException", "Invalid device key given.")
    );
    confirm(&server, &second);
    assert_eq!(server.refused("ConfirmDevice", input(&second)).0, "DeviceKeyExistsException");
}

#[test]
fn a_refresh_needs_the_device_of_its_sign_in() {
    let server = TestServer::start();
    let first = result(&server.srp(ALWAYS, ALWAYS_POOL, "dora", PASSWORD));
    let renew = |device: Value| {
        let mut input = json!({ "ClientId": ALWAYS, "RefreshToken": first["RefreshToken"] });
        if device.is_string() {
            input["DeviceKey"] = device;
        }
        server.call("GetTokensFromRefreshToken", input)
    };
    let invalid = ("NotAuthorizedException".to_owned(), "Invalid Refresh Token.".to_owned());

    assert_eq!(renew(Value::Null).refusal(), invalid);
    let stranger = json!("eu-west-1_00000000-0000-0000-0000-000000000000");
    assert_eq!(renew(stranger).refusal(), invalid);
    let key = first["NewDeviceMetadata"]["DeviceKey"].clone();
    let renewed = renew(key.clone()).json();
    let access = &renewed["AuthenticationResult"]["AccessToken"];
    assert_eq!(claims(access)["device_key"], key);
}
