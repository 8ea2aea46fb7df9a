//! What comes back and is refused, with whoever was signed in before still signed in.

use super::*;

#[test]
fn a_code_that_was_used_elsewhere_is_refused_by_the_domain() {
    let mut stage = Stage::new(1);
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);
    assert!(stage.finish(0, &response).outcome.is_ok());
    stage.records.insert(begun.state.clone(), begun.record.clone());

    assert_eq!(kind(stage.finish(0, &response)), Kind::RedirectRefused);
}

#[test]
fn a_code_of_another_flow_does_not_fit_the_verifier() {
    let mut stage = Stage::new(2);
    let victim = stage.begin(0, Request::default());
    let attacker = stage.begin(1, Request::default());
    let stolen = stage.authorize(&attacker);
    let code = stolen.split('&').next().unwrap();

    let finished = stage.finish(0, &format!("{code}&state={}", victim.state));

    assert_eq!(kind(finished), Kind::RedirectRefused);
    assert!(stage.session(0).is_none());
}

#[test]
fn nothing_is_sent_for_a_response_to_no_flow() {
    let mut stage = Stage::new(1);
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);
    stage.records.clear();

    for text in [response.as_str(), "?code=c&state=x", "?error=access_denied&state=x", "?code=c"] {
        let finished = stage.finish(0, text);
        assert!(finished.flow.is_none());
        assert_eq!(kind(finished), Kind::RedirectState, "{text}");
    }
    assert_eq!(stage.forms(), 0);
}

#[test]
fn a_flow_of_another_client_is_not_ours_to_finish() {
    let mut stage = Stage::new(1);
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);
    let other = Pool::parse(POOL_ID, "otherclient", None).unwrap();
    stage.clients[0] = Rc::new(Page::new(other, 15_000));

    assert_eq!(kind(stage.finish(0, &response)), Kind::RedirectState);
    assert_eq!(stage.forms(), 0);
}

#[test]
fn a_person_who_takes_too_long_begins_again() {
    let mut stage = Stage::new(1);
    let request = Request { return_to: Some(String::from("/orders")), ..Request::default() };
    let begun = stage.begin(0, request);
    let response = stage.authorize(&begun);
    stage.pass(LIFETIME_MS);

    let finished = stage.finish(0, &response);

    assert_eq!(finished.flow.as_ref().unwrap().return_to.as_deref(), Some("/orders"));
    assert_eq!(kind(finished), Kind::RedirectExpired);
    assert_eq!(stage.forms(), 0);
}

#[test]
fn abandoned_flows_are_swept_and_block_nobody() {
    let mut stage = Stage::new(1);
    for _ in 0..MAX_FLOWS * 2 {
        stage.begin(0, Request::default());
        stage.pass(1_000);
    }
    assert_eq!(stage.records.len(), MAX_FLOWS);
    assert!(stage.session(0).is_none());
    stage.pass(LIFETIME_MS);

    let begun = stage.begin(0, Request::default());

    assert_eq!(stage.records.len(), 1);
    let response = stage.authorize(&begun);
    assert!(stage.finish(0, &response).outcome.is_ok());
}

#[test]
fn tokens_that_break_a_rule_become_no_session() {
    for (name, value, expected) in [
        ("nonce", Value::from("other"), Violation::TokenNonce),
        ("nonce", Value::Null, Violation::TokenNonce),
        ("at_hash", Value::from("other"), Violation::TokenAccessHash),
        ("aud", Value::from("otherclient"), Violation::TokenClient),
        ("iss", Value::from("https://evil.example"), Violation::TokenIssuer),
        ("sub", Value::from("eve"), Violation::TokenSubject),
        ("token_use", Value::from("access"), Violation::TokenUse),
        ("exp", Value::from(1_000u64), Violation::TokenTimes),
    ] {
        let mut stage = Stage::new(1);
        stage.world.with(|state| state.domain.claims.push((name, value)));
        let begun = stage.begin(0, Request::default());
        let response = stage.authorize(&begun);

        let finished = stage.finish(0, &response);

        assert_eq!(rule(finished), expected, "{name}");
        assert!(stage.session(0).is_none());
        assert!(stage.world.events(0).iter().all(|event| !event.starts_with("signedIn")));
    }
}

#[test]
fn a_token_signed_by_somebody_else_becomes_no_session() {
    let mut stage = Stage::new(1);
    stage.world.with(|state| state.domain.signs_wrongly = true);
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);

    assert_eq!(rule(stage.finish(0, &response)), Violation::TokenSignature);
    assert!(stage.session(0).is_none());
}

#[test]
fn a_missing_id_token_is_refused_where_it_was_asked_for() {
    let mut stage = Stage::new(1);
    stage.world.with(|state| state.domain.members.push(("id_token", Value::Null)));
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);

    assert_eq!(rule(stage.finish(0, &response)), Violation::MissingMember("id_token"));
}

#[test]
fn replies_that_are_no_tokens_are_told_apart() {
    for (status, body, code) in [
        (200, "<html>hotel</html>", None),
        (400, r#"{"error":"invalid_grant"}"#, Some(Kind::RedirectRefused)),
        (400, r#"{"error":"invalid_client"}"#, Some(Kind::Misconfigured)),
        (503, "", Some(Kind::Unavailable)),
        (429, "", Some(Kind::Throttled)),
    ] {
        let mut stage = Stage::new(1);
        let answer = Some((status, String::from(body)));
        stage.world.with(|state| state.domain.reply = answer);
        let begun = stage.begin(0, Request::default());
        let response = stage.authorize(&begun);

        let finished = stage.finish(0, &response);

        match code {
            Some(code) => assert_eq!(kind(finished), code),
            None => assert_eq!(rule(finished), Violation::NotJson),
        }
        // A code is good for one use: it is never sent twice.
        assert_eq!(stage.forms(), 1);
    }
}

#[test]
fn a_failed_flow_leaves_whoever_is_signed_in() {
    let mut stage = Stage::new(1);
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);
    let before = stage.finish(0, &response).outcome.ok().unwrap();
    stage.world.with(|state| state.domain.signs_wrongly = true);
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);

    assert!(stage.finish(0, &response).outcome.is_err());

    assert!(stage.session(0).unwrap().is_same(&before.record.session));
}

#[test]
fn without_a_connection_the_call_says_so_and_ends() {
    let mut stage = Stage::new(1);
    let begun = stage.begin(0, Request::default());
    let response = stage.authorize(&begun);
    stage.world.with(|state| state.faults.offline = true);

    assert!(matches!(failure(stage.finish(0, &response)), Error::Send(SendError::Offline)));
}
