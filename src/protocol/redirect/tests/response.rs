use proptest::prelude::*;

use super::*;
use crate::protocol::error::Violation;
use crate::protocol::redirect::flow::LIFETIME_MS;
use crate::protocol::redirect::response::{Failure, read, refusal};
use crate::protocol::refusal::Kind;

fn kind(text: &str, flow: Option<&Flow>, now: u64) -> Result<String, Kind> {
    match read(text, flow, &pool(), now) {
        Ok(code) => Ok(code.expose("test").clone()),
        Err(Failure::Refused(refusal)) => Err(refusal.kind),
        Err(Failure::Violation(violation)) => panic!("{violation:?}"),
    }
}

#[test]
fn a_response_counts_for_its_own_flow_only() {
    let flow = flow();
    let state = flow.state.as_str();
    let other = begin_with(Request::default(), &[8; ENTROPY]).ok().unwrap().0;
    let unknown = Err(Kind::RedirectState);
    let half = &state[..16];
    for (text, held, expected) in [
        (format!("?code=c&state={state}"), Some(&flow), Ok(String::from("c"))),
        (format!("code=c&state={state}&tenant=1"), Some(&flow), Ok(String::from("c"))),
        (format!("?code=c&state={state}"), None, unknown.clone()),
        (format!("?code=c&state={state}"), Some(&other), unknown.clone()),
        (format!("?code=c&state={half}"), Some(&flow), unknown.clone()),
        (format!("?code=c&state={state}x"), Some(&flow), unknown.clone()),
        (String::from("?code=c"), Some(&flow), unknown.clone()),
        (String::from("?code=c&state="), Some(&flow), unknown.clone()),
        (format!("?code=c&state={state}&state={state}"), Some(&flow), unknown.clone()),
        (format!("?code=c&code=d&state={state}"), Some(&flow), unknown.clone()),
        (format!("?code=%&state={state}"), Some(&flow), unknown.clone()),
        (String::from("?error=access_denied"), Some(&flow), unknown.clone()),
        (format!("?error=access_denied&state={half}"), Some(&flow), unknown.clone()),
        (String::from("?error=access_denied&state=x"), None, unknown.clone()),
        (format!("?error=access_denied&state={state}"), Some(&flow), Err(Kind::RedirectCancelled)),
        (
            format!("?error=login_required&code=c&state={state}"),
            Some(&flow),
            Err(Kind::LoginRequired),
        ),
    ] {
        assert_eq!(kind(&text, held, NOW), expected, "{text}");
    }
}

#[test]
fn parameters_of_the_application_do_not_matter_in_any_encoding() {
    let flow = flow();
    for rest in ["n=%E9%zz", "q=50%", "%=1", "list[]=1&list[]=%7c", "&&", "x", "%c3=%28"] {
        let text = format!("?{rest}&code=c&state={}", flow.state);
        assert_eq!(kind(&text, Some(&flow), NOW), Ok(String::from("c")), "{rest}");
    }
    for (name, value) in [("code", "%E9"), ("error", "%zz"), ("iss", "%"), ("state", "%ff")] {
        let text = format!("?state={}&{name}={value}", flow.state);
        assert_eq!(kind(&text, Some(&flow), NOW), Err(Kind::RedirectState), "{name}");
    }
}

#[test]
fn the_words_of_a_trigger_arrive_whole_in_any_encoding() {
    let flow = flow();
    let long = "x".repeat(3_000);
    for (sent, expected) in [
        ("%7B%22why%22%3A%22Gr%C3%BC%C3%9Fe%20%26%20more%22%7D", r#"{"why":"Grüße & more"}"#),
        ("50%+off", "50% off"),
        ("100%25%zz", "100%%zz"),
        ("Gr%FC%DFe", "Gr\u{fffd}\u{fffd}e"),
        (long.as_str(), long.as_str()),
    ] {
        let words = format!("PreSignUp+failed+with+error+{sent}.+");
        let text = format!("?error_description={words}&state={}&error=invalid_request", flow.state);
        let Some(Failure::Refused(refusal)) = read(&text, Some(&flow), &pool(), NOW).err() else {
            panic!("no refusal of {sent}")
        };
        assert_eq!(refusal.kind, Kind::TriggerRefused);
        assert_eq!(refusal.text, format!("PreSignUp failed with error {expected}. "));
    }
}

#[test]
fn a_late_response_is_refused_whatever_it_says() {
    let flow = flow();
    for rest in ["code=c", "error=access_denied"] {
        let text = format!("?{rest}&state={}", flow.state);
        assert_eq!(kind(&text, Some(&flow), NOW + LIFETIME_MS), Err(Kind::RedirectExpired));
    }
}

#[test]
fn a_server_that_names_itself_is_the_one_that_was_asked() {
    let flow = flow();
    let text = |issuer: &str| format!("?code=c&state={}&iss={issuer}", flow.state);

    for host in ["cognito-idp", "issuer-cognito-idp"] {
        let issuer = format!("https%3A%2F%2F{host}.eu-west-1.amazonaws.com%2Feu-west-1_Ab12");
        assert!(kind(&text(&issuer), Some(&flow), NOW).is_ok(), "{host}");
    }
    for issuer in
        ["https://evil.example", "", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zz"]
    {
        let refused = read(&text(issuer), Some(&flow), &pool(), NOW);
        assert_eq!(refused.err(), Some(Failure::Violation(Violation::TokenIssuer)), "{issuer}");
    }
}

#[test]
fn a_response_without_a_code_breaks_the_protocol() {
    let flow = flow();
    for rest in ["", "&code=", &format!("&code={}", "x".repeat(2_049))] {
        let text = format!("?state={}{rest}", flow.state);
        let refused = read(&text, Some(&flow), &pool(), NOW).err();
        assert_eq!(refused, Some(Failure::Violation(Violation::MissingMember("code"))));
    }
}

#[test]
fn each_error_says_what_to_do() {
    for (error, description, status, expected) in [
        ("access_denied", "", 0, Kind::RedirectCancelled),
        ("login_required", "", 0, Kind::LoginRequired),
        ("interaction_required", "", 0, Kind::LoginRequired),
        ("server_error", "", 0, Kind::Unavailable),
        ("invalid_scope", "", 0, Kind::Misconfigured),
        ("unauthorized_client", "", 0, Kind::Misconfigured),
        ("invalid_client", "", 401, Kind::Misconfigured),
        ("invalid_request", "PreSignUp failed with error No. ", 0, Kind::TriggerRefused),
        ("invalid_request", "Read timed out", 0, Kind::RedirectRefused),
        ("invalid_grant", "", 400, Kind::RedirectRefused),
        ("", "", 503, Kind::Unavailable),
        ("", "", 429, Kind::Throttled),
        ("whatever", "", 0, Kind::RedirectRefused),
    ] {
        assert_eq!(refusal(error, description, status).kind, expected, "{error} {description}");
    }
}

#[test]
fn words_of_an_address_are_short_and_plain() {
    let refusal = refusal(&"e".repeat(1_000), &format!("a\u{1b}b\n{}", "x".repeat(5_000)), 0);

    assert_eq!(refusal.name.len(), 64);
    assert_eq!(refusal.text.len(), 4_096);
    assert!(refusal.text.starts_with("abx"));
}

proptest! {
    #[test]
    fn no_response_without_the_state_is_worth_anything(
        text in "(code|state|error|iss|&|=|\\?|%|[a-zA-Z0-9_-]){0,40}",
    ) {
        let read = read(&text, Some(&flow()), &pool(), NOW);
        let is_unknown = matches!(
            read, Err(Failure::Refused(refusal)) if refusal.kind == Kind::RedirectState
        );
        prop_assert!(is_unknown);
    }

    #[test]
    fn a_response_with_the_state_never_shows_its_code_in_an_error(
        code in "[a-z]{8,12}", error in "[a-z_]{0,12}", iss in "[a-z]{0,4}",
    ) {
        let flow = flow();
        let text = format!("?code={code}&state={}&error={error}&iss={iss}", flow.state);
        if let Err(failure) = read(&text, Some(&flow), &pool(), NOW) {
            let words = format!("{failure:?}");
            prop_assert!(!words.contains(&code));
        }
    }
}
