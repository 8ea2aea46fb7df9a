use sha2::{Digest, Sha256};

use super::*;
use crate::protocol::error::Violation;
use crate::protocol::redirect::id_token::check;
use crate::protocol::secret::Secret;
use crate::protocol::session::{self, Tokens};
use crate::protocol::text::base64url;

const SECONDS: u64 = NOW / 1000;

fn jwt(claims: &Value) -> Secret<String> {
    let part = base64url(claims.write().as_bytes());
    Secret::new([&base64url(b"{}"), ".", &part, ".sig"].concat())
}

fn claims(token_use: &str) -> Value {
    Value::object()
        .with("iss", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12")
        .with("sub", "s1")
        .with("token_use", token_use)
        .with("iat", SECONDS)
        .with("exp", SECONDS + 3_600)
}

/// Tokens as they should be, and then with other claims in the ID token: the last of a name counts.
fn tokens(changed: &[(&str, Value)]) -> Tokens {
    let access = jwt(&claims("access").with("client_id", "client1").with("username", "ada"));
    let hash = Sha256::digest(access.expose("test").as_bytes());
    let id = claims("id")
        .with("aud", "client1")
        .with("nonce", flow().nonce.expose("test").as_str())
        .with("at_hash", base64url(&hash[..16]));
    let id = changed.iter().fold(id, |id, (name, value)| id.with(name, value.clone()));
    Tokens { access, id: Some(jwt(&id)), refresh: None, expires_in: None, new_device: None }
}

/// What both judges say, in the order in which they are asked.
fn verdict(tokens: Tokens, flow: &Flow) -> Result<(), Violation> {
    check(&tokens, flow, SECONDS)?;
    session::accept(tokens, None, &pool(), NOW).map(drop)
}

#[test]
fn each_broken_rule_is_named() {
    let text = |text: &str| Value::from(text);
    let number = |seconds: u64| Value::from(seconds);
    for (name, value, rule) in [
        ("nonce", text("other"), Violation::TokenNonce),
        ("nonce", text(""), Violation::TokenNonce),
        ("nonce", Value::Null, Violation::TokenNonce),
        ("at_hash", text("other"), Violation::TokenAccessHash),
        ("at_hash", number(1), Violation::TokenAccessHash),
        ("iss", text("https://evil.example/eu-west-1_Ab12"), Violation::TokenIssuer),
        (
            "iss",
            text("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zz"),
            Violation::TokenIssuer,
        ),
        ("aud", text("client2"), Violation::TokenClient),
        ("aud", Value::from_strings(&["client1", "client2"]), Violation::TokenClient),
        ("aud", Value::Null, Violation::TokenClient),
        ("token_use", text("access"), Violation::TokenUse),
        ("sub", text("s2"), Violation::TokenSubject),
        ("exp", number(SECONDS - 300), Violation::TokenTimes),
        ("exp", Value::Null, Violation::TokenTimes),
        ("iat", number(SECONDS + 301), Violation::TokenTimes),
        ("iat", Value::Null, Violation::TokenTimes),
        ("nbf", number(SECONDS + 301), Violation::TokenTimes),
    ] {
        let refused = verdict(tokens(&[(name, value.clone())]), &flow());
        assert_eq!(refused, Err(rule), "{name} {value:?}");
    }
}

#[test]
fn good_tokens_of_either_issuer_are_accepted() {
    let other = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12";

    assert_eq!(verdict(tokens(&[]), &flow()), Ok(()));
    assert_eq!(verdict(tokens(&[("iss", Value::from(other))]), &flow()), Ok(()));
    // Not all servers send it.
    assert_eq!(verdict(tokens(&[("at_hash", Value::Null)]), &flow()), Ok(()));
}

#[test]
fn clocks_may_differ_by_five_minutes() {
    for (iat, exp) in [(SECONDS + 300, SECONDS + 600), (SECONDS - 600, SECONDS - 299)] {
        let tokens = tokens(&[("iat", Value::from(iat)), ("exp", Value::from(exp))]);
        assert_eq!(check(&tokens, &flow(), SECONDS), Ok(()));
    }
}

#[test]
fn an_id_token_that_was_asked_for_must_come() {
    let none = || Tokens { id: None, ..tokens(&[]) };
    let unasked = Flow { wants_id: false, ..flow() };

    assert_eq!(check(&none(), &flow(), SECONDS), Err(Violation::MissingMember("id_token")));
    assert_eq!(check(&none(), &unasked, SECONDS), Ok(()));
    // One that was not asked for is judged like any other.
    let wrong = tokens(&[("nonce", Value::from("other"))]);
    assert_eq!(check(&wrong, &unasked, SECONDS), Err(Violation::TokenNonce));
}

#[test]
fn an_authentication_older_than_asked_for_is_refused() {
    let flow = Flow { max_age: Some(60), ..flow() };
    for (auth_time, expected) in [
        (Value::from(SECONDS), Ok(())),
        (Value::from(SECONDS - 360), Ok(())),
        (Value::from(SECONDS - 361), Err(Violation::TokenTimes)),
        (Value::Null, Err(Violation::TokenTimes)),
    ] {
        assert_eq!(check(&tokens(&[("auth_time", auth_time)]), &flow, SECONDS), expected);
    }
}
