//! Tokens: what they say, how long they live, how they are renewed and revoked.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{DEMO, PASSWORD, TestServer, claims, now};
use num_bigint::BigUint;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const BRIEF: &str = "lifeguardbriefclient000001";

fn renew(server: &TestServer, client: &str, token: &Value) -> common::Reply {
    let input = json!({ "ClientId": client, "RefreshToken": token });
    server.call("GetTokensFromRefreshToken", input)
}

fn get_user(server: &TestServer, token: &Value) -> common::Reply {
    server.call("GetUser", json!({ "AccessToken": token }))
}

fn not_authorized(message: &str) -> (String, String) {
    ("NotAuthorizedException".to_owned(), message.to_owned())
}

/// The `kid` of a token whose signature a key of the JWKS makes.
fn verify(jwks: &Value, token: &Value) -> String {
    let (message, signature) = token.as_str().unwrap().rsplit_once('.').unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let header: Value =
        serde_json::from_slice(&decode(message.split_once('.').unwrap().0)).unwrap();
    assert_eq!(header["alg"], "RS256");
    assert_eq!(header.as_object().unwrap().len(), 2);
    let keys = jwks["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let number = |name: &str| BigUint::from_bytes_be(&decode(key[name].as_str().unwrap()));
    let signature = decode(signature);
    let opened = BigUint::from_bytes_be(&signature).modpow(&number("e"), &number("n"));
    // RFC 8017, section 9.2: 00 01 ff … ff 00, the name of SHA-256, the hash.
    let name = "3031300d060960864801650304020105000420";
    let hash: String = Sha256::digest(message).iter().map(|byte| format!("{byte:02x}")).collect();
    let tail = format!("00{name}{hash}");
    let expected = format!("1{}{tail}", "f".repeat(2 * signature.len() - 4 - tail.len()));
    assert_eq!(opened.to_str_radix(16), expected);
    header["kid"].as_str().unwrap().to_owned()
}

#[test]
fn tokens_are_signed_by_two_keys_of_the_jwks() {
    let server = TestServer::start();
    let result = server.sign_in(DEMO, "alice", PASSWORD);

    let jwks = server.get("/eu-west-1_LifeGuard/.well-known/jwks.json");

    assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
    assert_ne!(verify(&jwks, &result["IdToken"]), verify(&jwks, &result["AccessToken"]));
}

#[test]
fn claims_say_who_where_and_when() {
    let server = TestServer::start();
    let before = now();
    let result = server.sign_in(DEMO, "alice", PASSWORD);
    let during = before..=now();
    let (id, access) = (claims(&result["IdToken"]), claims(&result["AccessToken"]));

    let issuer = format!("http://localhost:{}/eu-west-1_LifeGuard", server.port);
    for token in [&id, &access] {
        assert_eq!(token["iss"], json!(issuer));
        let issued = token["iat"].as_i64().unwrap();
        assert!(during.contains(&issued), "{issued} in {during:?}");
        assert_eq!(token["exp"].as_i64().unwrap(), issued + 3600);
        assert_eq!(token["auth_time"], token["iat"]);
        assert_eq!(token["sub"], id["sub"]);
        assert_eq!(token["origin_jti"], id["origin_jti"]);
        assert_eq!(token["event_id"], id["event_id"]);
    }
    assert_ne!(id["jti"], access["jti"]);
    assert_eq!(id["token_use"], "id");
    assert_eq!(id["aud"], DEMO);
    assert_eq!(id["cognito:username"], "alice");
    assert_eq!(id["email"], "alice@example.com");
    assert_eq!(id["email_verified"], true, "a boolean here, a text in GetUser");
    assert_eq!(access["token_use"], "access");
    assert_eq!(access["client_id"], DEMO);
    assert_eq!(access["username"], "alice");
    assert_eq!(access["scope"], "aws.cognito.signin.user.admin");
    assert!(access.get("aud").is_none() && access.get("email").is_none());
}

#[test]
fn lifetimes_are_the_clients() {
    let server = TestServer::start();
    let result = server.sign_in(BRIEF, "rita", PASSWORD);
    let lives = |token: &Value| {
        claims(token)["exp"].as_i64().unwrap() - claims(token)["iat"].as_i64().unwrap()
    };

    assert_eq!(result["ExpiresIn"], 300);
    assert_eq!(lives(&result["AccessToken"]), 300);
    assert_eq!(lives(&result["IdToken"]), 300);
    assert_eq!(get_user(&server, &result["AccessToken"]).status, 200);
    server.advance(301);
    let expired = not_authorized("Access Token has expired");
    assert_eq!(get_user(&server, &result["AccessToken"]).refusal(), expired);
    assert_eq!(renew(&server, BRIEF, &result["RefreshToken"]).status, 200);
    server.advance(3601);
    let expired = not_authorized("Refresh Token has expired");
    assert_eq!(renew(&server, BRIEF, &result["RefreshToken"]).refusal(), expired);
}

#[test]
fn a_renewal_keeps_the_sign_in_and_gives_no_new_refresh_token() {
    let server = TestServer::start();
    let result = server.sign_in(DEMO, "alice", PASSWORD);
    server.advance(100);

    let by_operation = renew(&server, DEMO, &result["RefreshToken"]).json();
    let parameters = json!({ "REFRESH_TOKEN": result["RefreshToken"] });
    let by_flow = server.initiate(DEMO, "REFRESH_TOKEN_AUTH", parameters.clone()).json();
    let by_short_flow = server.initiate(DEMO, "REFRESH_TOKEN", parameters).json();

    let before = claims(&result["AccessToken"]);
    for reply in [by_operation, by_flow, by_short_flow] {
        let renewed = &reply["AuthenticationResult"];
        assert!(renewed.get("RefreshToken").is_none());
        let after = claims(&renewed["AccessToken"]);
        assert_eq!(after["auth_time"], before["auth_time"]);
        assert_eq!(after["origin_jti"], before["origin_jti"]);
        assert!(after["iat"].as_i64() >= Some(before["iat"].as_i64().unwrap() + 99));
        assert_ne!(after["jti"], before["jti"]);
        assert_eq!(claims(&renewed["IdToken"])["email"], "alice@example.com");
    }
}

#[test]
fn a_refresh_token_is_its_clients_alone() {
    let server = TestServer::start();
    let result = server.sign_in(DEMO, "alice", PASSWORD);
    let invalid = not_authorized("Invalid Refresh Token.");

    let other = "lifeguardmfaclient00000001";
    assert_eq!(renew(&server, other, &result["RefreshToken"]).refusal(), invalid);
    assert_eq!(renew(&server, BRIEF, &result["RefreshToken"]).refusal(), invalid);
    assert_eq!(renew(&server, DEMO, &json!("nonsense")).refusal(), invalid);
    assert_eq!(renew(&server, DEMO, &result["AccessToken"]).refusal(), invalid);
}

#[test]
fn rotation_without_grace_accepts_a_token_once() {
    let server = TestServer::start();
    let client = "lifeguardrotate0client0001";
    let first = server.sign_in(client, "rita", PASSWORD)["RefreshToken"].take();

    let second =
        renew(&server, client, &first).json()["AuthenticationResult"]["RefreshToken"].take();

    assert!(second.is_string() && second != first);
    assert_eq!(renew(&server, client, &first).refusal().0, "RefreshTokenReuseException");
    assert_eq!(renew(&server, client, &second).status, 200);
    assert_eq!(renew(&server, client, &second).refusal().0, "RefreshTokenReuseException");
}

#[test]
fn rotation_with_grace_accepts_the_old_token_so_long() {
    let server = TestServer::start();
    let client = "lifeguardrotate60client001";
    let first = server.sign_in(client, "rita", PASSWORD)["RefreshToken"].take();
    assert_eq!(renew(&server, client, &first).status, 200);

    server.advance(55);
    let again = renew(&server, client, &first).json();
    server.advance(62);

    let new = &again["AuthenticationResult"]["RefreshToken"];
    assert!(new.is_string());
    assert_eq!(renew(&server, client, &first).refusal().0, "RefreshTokenReuseException");
    assert_eq!(renew(&server, client, new).status, 200);
}

#[test]
fn rotation_does_not_prolong_a_sign_in() {
    let server = TestServer::start();
    let client = "lifeguardrotate0client0001";
    let first = server.sign_in(client, "rita", PASSWORD)["RefreshToken"].take();
    server.advance(29 * 86_400);
    let second =
        renew(&server, client, &first).json()["AuthenticationResult"]["RefreshToken"].take();
    server.advance(31 * 86_400);

    let refused = renew(&server, client, &second).refusal();

    assert_eq!(refused, not_authorized("Refresh Token has expired"));
}

#[test]
fn only_one_of_many_callers_gets_a_token_that_works_once() {
    let server = TestServer::start();
    let client = "lifeguardrotate0client0001";
    let token = server.sign_in(client, "rita", PASSWORD)["RefreshToken"].take();

    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let callers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| renew(&server, client, &token).status)).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });

    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
}

#[test]
fn the_old_flow_is_unavailable_where_tokens_rotate() {
    let toml = r#"
[[pool]]
id = "eu-west-1_Test"
[[pool.client]]
id = "testclient"
[pool.client.settings]
ExplicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
RefreshTokenRotation = { Feature = "ENABLED", RetryGracePeriodSeconds = 0 }
[[pool.user]]
username = "rita"
password = "Correct-Horse-9!"
"#;
    let server = TestServer::with_config(toml);
    let result = server.sign_in("testclient", "rita", PASSWORD);
    let parameters = json!({ "REFRESH_TOKEN": result["RefreshToken"] });

    let (name, _) = server.initiate("testclient", "REFRESH_TOKEN_AUTH", parameters).refusal();

    assert_eq!(name, "UnsupportedOperationException");
    assert_eq!(renew(&server, "testclient", &result["RefreshToken"]).status, 200);
}

#[test]
fn a_revoked_sign_in_ends_and_others_go_on() {
    let server = TestServer::start();
    let ended = server.sign_in(DEMO, "alice", PASSWORD);
    let other = server.sign_in(DEMO, "alice", PASSWORD);
    let renewed = renew(&server, DEMO, &ended["RefreshToken"]).json();
    let revoke =
        |token: &Value| server.call("RevokeToken", json!({ "ClientId": DEMO, "Token": token }));

    assert_eq!(revoke(&ended["RefreshToken"]).json(), json!({}));

    let revoked = not_authorized("Refresh Token has been revoked");
    assert_eq!(renew(&server, DEMO, &ended["RefreshToken"]).refusal(), revoked);
    let revoked = not_authorized("Access Token has been revoked");
    assert_eq!(get_user(&server, &ended["AccessToken"]).refusal(), revoked);
    let descendant = &renewed["AuthenticationResult"]["AccessToken"];
    assert_eq!(get_user(&server, descendant).refusal(), revoked);
    assert_eq!(get_user(&server, &other["AccessToken"]).status, 200);
    assert_eq!(revoke(&ended["RefreshToken"]).status, 200, "twice is as good as once");
    assert_eq!(revoke(&json!("unknown")).status, 200);
    let (name, _) = revoke(&other["AccessToken"]).refusal();
    assert_eq!(name, "UnsupportedTokenTypeException");
    let input = json!({ "ClientId": BRIEF, "Token": other["RefreshToken"] });
    assert_eq!(server.refused("RevokeToken", input).0, "UnauthorizedException");
}

#[test]
fn a_global_sign_out_ends_every_sign_in_of_the_person() {
    let server = TestServer::start();
    let (one, two) =
        (server.sign_in(DEMO, "alice", PASSWORD), server.sign_in(DEMO, "alice", PASSWORD));

    server.ok("GlobalSignOut", json!({ "AccessToken": one["AccessToken"] }));

    let revoked = not_authorized("Access Token has been revoked");
    for result in [&one, &two] {
        assert_eq!(get_user(&server, &result["AccessToken"]).refusal(), revoked);
        let refresh = renew(&server, DEMO, &result["RefreshToken"]);
        assert_eq!(refresh.refusal(), not_authorized("Refresh Token has been revoked"));
    }
    let new = server.sign_in(DEMO, "alice", PASSWORD);
    assert_eq!(get_user(&server, &new["AccessToken"]).status, 200);
}

#[test]
fn a_token_that_is_not_ours_is_refused() {
    let server = TestServer::start();
    let elsewhere = TestServer::start();
    let result = server.sign_in(DEMO, "alice", PASSWORD);
    let invalid = not_authorized("Invalid Access Token");
    let token = result["AccessToken"].as_str().unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let forged = {
        let mut claims = claims(&result["AccessToken"]);
        claims["username"] = json!("bob");
        let (header, _) = message.split_once('.').unwrap();
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        json!(format!("{header}.{payload}.{signature}"))
    };
    let unsigned = {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        let (_, payload) = message.split_once('.').unwrap();
        json!(format!("{header}.{payload}."))
    };

    for token in [&forged, &unsigned, &result["IdToken"], &json!("a.b.c"), &json!("x")] {
        assert_eq!(get_user(&server, token).refusal(), invalid, "{token}");
    }
    let stranger = elsewhere.sign_in(DEMO, "alice", PASSWORD);
    assert_eq!(get_user(&server, &stranger["AccessToken"]).refusal(), invalid);
}

#[test]
fn the_services_own_issuer_is_to_be_had() {
    let toml = r#"
[[pool]]
id = "eu-west-1_Test"
issuer = "cognito"
[[pool.client]]
id = "testclient"
[pool.client.settings]
ExplicitAuthFlows = ["ALLOW_USER_PASSWORD_AUTH"]
[[pool.user]]
username = "rita"
password = "Correct-Horse-9!"
groups = ["admins"]
[[pool.group]]
name = "admins"
settings = { RoleArn = "arn:aws:iam::000000000000:role/admins", Precedence = 1 }
"#;
    let server = TestServer::with_config(toml);

    let result = server.sign_in("testclient", "rita", PASSWORD);

    let (id, access) = (claims(&result["IdToken"]), claims(&result["AccessToken"]));
    assert_eq!(id["iss"], "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Test");
    assert_eq!(get_user(&server, &result["AccessToken"]).status, 200);
    assert_eq!(access["cognito:groups"], json!(["admins"]));
    assert_eq!(id["cognito:groups"], json!(["admins"]));
    assert_eq!(id["cognito:preferred_role"], "arn:aws:iam::000000000000:role/admins");
    assert!(access.get("cognito:roles").is_none());
}

#[test]
fn calls_are_counted() {
    let server = TestServer::start();
    let result = server.sign_in(DEMO, "alice", PASSWORD);
    for _ in 0..3 {
        renew(&server, DEMO, &result["RefreshToken"]);
    }

    let counters = server.get("/_dev/counters");

    assert_eq!(counters, json!({ "GetTokensFromRefreshToken": 3, "InitiateAuth": 1 }));
}
