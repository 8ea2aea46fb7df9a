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

#[test]
fn the_first_token_to_end_asks_for_the_refresh() {
    let short = id().with("exp", 1_300.0);

    let session = accepted(&access(), &short).ok().unwrap();

    assert_eq!(session.fresh_until, NOW + 300_000);
    assert_eq!(session.expires_at, NOW + 3_600_000);
}

/// A session received at `NOW` that lasts an hour.
fn held(refresh: bool) -> Session {
    let mut session = accepted(&access(), &id()).ok().unwrap();
    session.refresh = refresh.then(|| Secret::new(String::from("r")));
    session
}

fn newer() -> Session {
    let session = accepted(&access().with("jti", "2"), &id()).ok().unwrap();
    Session {
        received_at: NOW + 3_600_000,
        expires_at: NOW + 7_200_000,
        fresh_until: NOW + 7_200_000,
        ..session
    }
}

const HOUR: u64 = 3_600_000;

#[test]
fn freshness_has_a_margin_and_distrusts_a_clock_that_went_back() {
    let session = held(true);

    for (now, fresh, live, due) in [
        (NOW - 60_000, false, true, true),
        (NOW - 4_000, true, true, false),
        (NOW, true, true, false),
        (NOW + HOUR - 300_001, true, true, false),
        (NOW + HOUR - 300_000, true, true, true),
        (NOW + HOUR - 30_001, true, true, true),
        (NOW + HOUR - 30_000, false, true, true),
        (NOW + HOUR - 1, false, true, true),
        (NOW + HOUR, false, false, true),
    ] {
        assert_eq!(
            (session.is_fresh(now), session.is_live(now), session.is_due(now)),
            (fresh, live, due),
            "{}",
            now as i64 - NOW as i64
        );
    }
}

#[test]
fn what_is_stored_decides_not_what_was_held() {
    let (good, late) = (NOW + 1, NOW + HOUR);
    for (stored, now, forced, expected) in [
        (None, good, false, Next::SignedOut),
        (None, late, true, Next::SignedOut),
        (Some(held(true)), good, false, Next::Keep),
        (Some(held(true)), good, true, Next::Refresh),
        (Some(held(true)), late, false, Next::Refresh),
        (Some(held(true)), late, true, Next::Refresh),
        (Some(held(false)), good, true, Next::Keep),
        (Some(held(false)), late - 1, false, Next::Keep),
        (Some(held(false)), late, false, Next::SignedOut),
        (Some(newer()), late, false, Next::UseStored),
        (Some(newer()), late, true, Next::UseStored),
        (Some(newer()), late + HOUR, false, Next::Refresh),
    ] {
        assert_eq!(next(&held(true), stored.as_ref(), now, forced), expected);
    }
}

#[test]
fn only_a_definitive_refusal_ends_a_session() {
    for kind in [
        Kind::Throttled,
        Kind::Unavailable,
        Kind::LimitExceeded,
        Kind::TooManyAttempts,
        Kind::Forbidden,
        Kind::TriggerRefused,
        Kind::TriggerFailed,
        Kind::InvalidParameter,
        Kind::NotFound,
        Kind::NotEnabled,
        Kind::Misconfigured,
        Kind::ClientSecret,
        Kind::Other,
        Kind::NotAuthorized,
        Kind::MissingScope,
    ] {
        assert!(!ends_session(kind), "{kind:?}");
    }
    assert!(ends_session(Kind::RefreshToken) && ends_session(Kind::RefreshTokenReuse));
}
