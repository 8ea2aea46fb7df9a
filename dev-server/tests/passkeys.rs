//! Signing in with a passkey: registered by one session, used by the next.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

#[allow(dead_code, unreachable_pub, reason = "shared with the unit tests, which use all of it")]
#[path = "../src/passkey/authenticator.rs"]
mod authenticator;
mod common;

use authenticator::Authenticator;
use common::srp::{Client, device_verifier, timestamp};
use common::{PASSWORD, Reply, TestServer, claims, now};
use serde_json::{Value, json};

/// What the authenticator takes its entropy from.
mod random {
    pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
        let mut out = [0; N];
        getrandom::fill(&mut out)?;
        Ok(out)
    }
}

const CHOICE: &str = "lifeguardchoiceclient00001";
const DEVICE: &str = "lifeguarddeviceclient00001";

/// Registers a passkey; gives it and the session that did.
fn register(server: &TestServer, client: &str, person: &str) -> (Authenticator, Value) {
    let parameters = json!({
        "USERNAME": person, "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD,
    });
    let result = server.initiate(client, "USER_AUTH", parameters).json();
    let result = result["AuthenticationResult"].clone();
    let token = json!({ "AccessToken": result["AccessToken"] });
    let mut passkey = Authenticator::new("http://localhost:5173", "localhost");
    let options = server.ok("StartWebAuthnRegistration", token.clone());
    let credential = passkey.create(&options["CredentialCreationOptions"]);
    let input = common::merged(token, &json!({ "Credential": credential }));
    server.ok("CompleteWebAuthnRegistration", input);
    (passkey, result)
}

fn ask(server: &TestServer, client: &str, person: &str) -> Value {
    let parameters = json!({ "USERNAME": person, "PREFERRED_CHALLENGE": "WEB_AUTHN" });
    let asked = server.initiate(client, "USER_AUTH", parameters).json();
    assert_eq!(asked["ChallengeName"], "WEB_AUTHN", "{asked}");
    asked
}

fn answer(
    server: &TestServer,
    client: &str,
    person: &str,
    asked: &Value,
    passkey: &mut Authenticator,
    further: Value,
) -> Reply {
    let options = asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"].as_str().unwrap();
    let credential = passkey.get(options).to_string();
    let responses =
        common::merged(json!({ "USERNAME": person, "CREDENTIAL": credential }), &further);
    server.answer(client, "WEB_AUTHN", &asked["Session"], responses)
}

#[test]
fn a_registered_passkey_signs_in() {
    let server = TestServer::start();
    let (mut passkey, _) = register(&server, CHOICE, "olga");

    let asked = ask(&server, CHOICE, "olga");
    assert!(asked["AvailableChallenges"].as_array().unwrap().contains(&json!("WEB_AUTHN")));
    let reply = answer(&server, CHOICE, "olga", &asked, &mut passkey, json!({}));

    assert_eq!(reply.status, 200, "{}", reply.body);
    let token = &reply.json()["AuthenticationResult"]["AccessToken"];
    assert_eq!(claims(token)["username"], "olga");
}

#[test]
fn a_spoiled_assertion_is_refused_and_spends_the_session() {
    let server = TestServer::start();
    let (mut passkey, _) = register(&server, CHOICE, "olga");
    let refused = "NotAuthorizedException";

    let asked = ask(&server, CHOICE, "olga");
    passkey.origin = "http://evil.example".to_owned();
    let reply = answer(&server, CHOICE, "olga", &asked, &mut passkey, json!({}));
    assert_eq!(reply.refusal().0, refused, "another page's");
    passkey.origin = "http://localhost:5173".to_owned();
    let reply = answer(&server, CHOICE, "olga", &asked, &mut passkey, json!({}));
    assert_eq!(reply.refusal().0, refused, "the session was used");

    let (earlier, later) = (ask(&server, CHOICE, "olga"), ask(&server, CHOICE, "olga"));
    let mixed = json!({
        "Session": later["Session"], "ChallengeParameters": earlier["ChallengeParameters"],
    });
    let reply = answer(&server, CHOICE, "olga", &mixed, &mut passkey, json!({}));
    assert_eq!(reply.refusal().0, refused, "another question's");

    let asked = ask(&server, CHOICE, "olga");
    passkey.counter = 0;
    let reply = answer(&server, CHOICE, "olga", &asked, &mut passkey, json!({}));
    assert_eq!(reply.status, 200, "none of the refused ones counted: {}", reply.body);
    let asked = ask(&server, CHOICE, "olga");
    passkey.counter = 0;
    let reply = answer(&server, CHOICE, "olga", &asked, &mut passkey, json!({}));
    assert_eq!(reply.refusal().0, refused, "a counter that stands still");
}

#[test]
fn a_passkey_of_somebody_else_is_refused() {
    let server = TestServer::start();
    let (_, _) = register(&server, CHOICE, "olga");
    let mut stranger = Authenticator::new("http://localhost:5173", "localhost");

    let asked = ask(&server, CHOICE, "olga");
    let reply = answer(&server, CHOICE, "olga", &asked, &mut stranger, json!({}));

    assert_eq!(reply.refusal().0, "NotAuthorizedException");
}

#[test]
fn a_remembered_device_proves_itself_after_a_passkey() {
    let server = TestServer::start();
    let (mut passkey, signed_in) = register(&server, DEVICE, "dora");
    let metadata = &signed_in["NewDeviceMetadata"];
    let (key, group) =
        (metadata["DeviceKey"].as_str().unwrap(), metadata["DeviceGroupKey"].as_str().unwrap());
    let verifier = device_verifier(group, key, "device password");
    server.ok(
        "ConfirmDevice",
        json!({
            "AccessToken": signed_in["AccessToken"],
            "DeviceKey": key,
            "DeviceSecretVerifierConfig": verifier,
        }),
    );
    let asked = ask(&server, DEVICE, "dora");

    let further = json!({ "DEVICE_KEY": key });
    let asked = answer(&server, DEVICE, "dora", &asked, &mut passkey, further).json();

    assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH");
    let exchange = Client::start();
    let responses = json!({ "USERNAME": "dora", "DEVICE_KEY": key, "SRP_A": exchange.a_public() });
    let asked = server.answer(DEVICE, "DEVICE_SRP_AUTH", &asked["Session"], responses).json();
    let (parameters, time) = (&asked["ChallengeParameters"], timestamp(now()));
    let signature = exchange.sign(group, key, "device password", parameters, &time);
    let responses = json!({
        "USERNAME": "dora",
        "DEVICE_KEY": key,
        "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": signature,
        "TIMESTAMP": time,
    });
    let reply = server.answer(DEVICE, "DEVICE_PASSWORD_VERIFIER", &asked["Session"], responses);
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(reply.json()["AuthenticationResult"]["AccessToken"].is_string());
}
