use super::*;
use crate::protocol::error::Violation;
use crate::protocol::http::HttpResponse;
use crate::protocol::redirect::token::{Failure, read, request};
use crate::protocol::refusal::Kind;
use crate::protocol::secret::Secret;

fn reply(status: u16, body: &str) -> HttpResponse {
    let (error_type, error_message, retry_after, date) = (None, None, None, None);
    HttpResponse { status, error_type, error_message, retry_after, date, body: String::from(body) }
}

#[test]
fn a_code_is_redeemed_where_the_flow_began_and_with_its_verifier() {
    let flow = flow();
    let code = Secret::new(String::from("a code/+"));

    let sent = request(&pool(), &flow, &code, 1_000);

    assert!(sent.post);
    assert_eq!(sent.url, "https://login.example/oauth2/token");
    assert_eq!(sent.headers[0].1, "application/x-www-form-urlencoded");
    let form = query::parse(sent.body.expose("test")).unwrap();
    let verifier = flow.verifier.expose("test").as_str();
    for (name, expected) in [
        ("grant_type", "authorization_code"),
        ("client_id", "client1"),
        ("code", "a code/+"),
        ("redirect_uri", PAGE),
        ("code_verifier", verifier),
    ] {
        assert_eq!(value(&form, name), Some(expected));
    }
}

#[test]
fn tokens_are_read_and_anything_else_is_named() {
    let good = r#"{"access_token":"a","id_token":"i","refresh_token":"r","expires_in":60,"token_type":"Bearer"}"#;
    let tokens = read(&reply(200, good)).ok().unwrap();
    assert_eq!(tokens.access.expose("test"), "a");
    assert_eq!(tokens.expires_in, Some(60));

    for (body, rule) in [
        ("<html>", Violation::NotJson),
        ("[]", Violation::NotJson),
        ("", Violation::NotJson),
        (r#"{"access_token":"a"}"#, Violation::MissingMember("token_type")),
        (r#"{"access_token":"a","token_type":"mac"}"#, Violation::MissingMember("token_type")),
        (r#"{"token_type":"bearer"}"#, Violation::MissingMember("access_token")),
        (r#"{"token_type":"bearer","access_token":""}"#, Violation::MissingMember("access_token")),
    ] {
        assert_eq!(read(&reply(200, body)).err(), Some(Failure::Violation(rule)), "{body}");
    }
}

#[test]
fn words_of_a_refusal_are_found_under_each_name() {
    for (body, text) in [
        (r#"{"error":"invalid_grant"}"#, ""),
        (r#"{"error":"invalid_grant","error_description":"used"}"#, "used"),
        (r#"{"error":"invalid_grant","error_message":"used"}"#, "used"),
    ] {
        let Some(Failure::Refused(refusal)) = read(&reply(400, body)).err() else { panic!() };
        assert_eq!((refusal.kind, refusal.text.as_str()), (Kind::RedirectRefused, text));
    }
    let Some(Failure::Refused(busy)) = read(&reply(503, "<html>")).err() else { panic!() };
    assert_eq!(busy.kind, Kind::Unavailable);
}
