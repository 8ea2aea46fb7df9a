use super::*;
use crate::protocol::text::base64url;

const NOW: u64 = 1_780_000_000_000;

fn pool() -> Pool {
    Pool::parse("eu-west-1_Ab12", "client1", None).unwrap()
}

fn token(claims: &Value) -> Secret<String> {
    Secret::new([&base64url(b"{}"), ".", &base64url(claims.write().as_bytes()), ".sig"].concat())
}

fn common(token_use: &str) -> Value {
    Value::object()
        .with("iss", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12")
        .with("token_use", token_use)
        .with("sub", "person-1")
        .with("iat", 1_000.0)
        .with("exp", 4_600.0)
}

fn access() -> Value {
    common("access").with("client_id", "client1").with("username", "alice")
}

fn id() -> Value {
    common("id").with("aud", "client1").with("cognito:username", "alice")
}

fn accepted(access: &Value, id: &Value) -> Result<Session, Violation> {
    let tokens = Tokens {
        access: token(access),
        id: Some(token(id)),
        refresh: None,
        expires_in: None,
        new_device: None,
    };
    accept(tokens, Some(Secret::new(String::from("older"))), &pool(), NOW)
}

#[test]
fn expiry_is_receipt_plus_lifetime_whatever_the_clocks_say() {
    let session = accepted(&access(), &id()).ok().unwrap();

    assert_eq!(session.expires_at, NOW + 3_600_000);
    assert_eq!((session.username.as_str(), session.sub.as_str()), ("alice", "person-1"));
    assert_eq!(session.refresh.unwrap().expose("test"), "older");
}

#[test]
fn every_broken_rule_is_named() {
    let replaced = |claims: Value, name: &str, value: Value| claims.with(name, value);
    for (access, id, violation) in [
        (replaced(access(), "iss", "https://evil.example".into()), id(), Violation::TokenIssuer),
        (access(), replaced(id(), "iss", "https://evil.example".into()), Violation::TokenIssuer),
        (replaced(access(), "token_use", "id".into()), id(), Violation::TokenUse),
        (access(), replaced(id(), "token_use", "access".into()), Violation::TokenUse),
        (replaced(access(), "client_id", "client2".into()), id(), Violation::TokenClient),
        (access(), replaced(id(), "aud", "client2".into()), Violation::TokenClient),
        (access(), replaced(id(), "sub", "person-2".into()), Violation::TokenSubject),
        (replaced(access(), "exp", 1_000.0.into()), id(), Violation::TokenTimes),
        (replaced(access(), "exp", "soon".into()), id(), Violation::TokenTimes),
        (replaced(access(), "auth_time", 5_000.0.into()), id(), Violation::TokenTimes),
    ] {
        assert_eq!(accepted(&access, &id).err(), Some(violation));
    }
}

#[test]
fn what_is_no_token_is_refused() {
    let tokens = Tokens {
        access: Secret::new(String::from("not a token")),
        id: None,
        refresh: None,
        expires_in: Some(3600),
        new_device: None,
    };

    assert_eq!(accept(tokens, None, &pool(), NOW).err(), Some(Violation::TokenForm));
}
