//! The module that signs people in: calls that run again with each answer.
#![cfg(all(target_arch = "wasm32", feature = "sign-in"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use lifeguard::bindings::{prepare, step};
use lifeguard::protocol::group::computed;
use lifeguard::protocol::json::Value;
use lifeguard::protocol::text::base64url;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// What the module that signs people in answers to the first step of a call.
fn begin(config: &str, operation: &str, input: &str) -> Value {
    let call =
        [r#"{"config":"#, config, r#","operation":""#, operation, r#"","input":"#, input, "}"];
    Value::parse(&step(0, &call.concat())).unwrap()
}

const POOL: &str = r#"{"userPoolId":"eu-west-1_Ab12","clientId":"client1"}"#;

#[wasm_bindgen_test]
fn the_module_that_signs_in_tells_misuses_as_data() {
    for (config, operation, input) in [
        (r#"{"userPoolId":"x","clientId":"y"}"#, "prepare", "{}"),
        ("null", "prepare", "{}"),
        (POOL, "doWhatIMean", "{}"),
        (POOL, "answer", r#"{"pending":{}}"#),
        (POOL, "signIn", "null"),
    ] {
        let state = begin(config, operation, input);
        assert_eq!(state.get("failed").unwrap().str("code"), Some("misuse"), "{operation}");
    }
}

#[wasm_bindgen_test]
fn a_call_asks_for_one_thing_after_the_other_and_several_calls_do_not_mix() {
    let input = r#"{"username":"alice","password":"secret"}"#;

    let states = [(); 2].map(|()| begin(POOL, "signIn", input));

    let jobs = states.each_ref().map(|state| state.number("job").unwrap() as u32);
    assert_ne!(jobs[0], jobs[1]);
    for (state, job) in states.iter().zip(jobs) {
        assert_eq!(state.get("asked").unwrap().str("what"), Some("load"));
        let next = Value::parse(&step(job, r#"{"value":null}"#)).unwrap();
        let asked = next.get("asked").unwrap();
        assert_eq!(asked.str("what"), Some("send"));
        assert!(!asked.str("second").unwrap().contains("secret"), "the password stays here");
        // A job's number is good for one step.
        let job = next.number("job").unwrap() as u32;
        let end = Value::parse(&step(job, r#"{"error":3}"#)).unwrap();
        assert_eq!(end.get("failed").unwrap().str("code"), Some("aborted"));
    }
}

/// Goes on with a call: what it asks next, and its number for the step after.
fn go_on(state: &Value, answer: &str) -> Value {
    Value::parse(&step(state.number("job").unwrap() as u32, answer)).unwrap()
}

fn asked<'a>(state: &'a Value, member: &str) -> &'a str {
    state.get("asked").unwrap().str(member).unwrap()
}

const ALICE: &str = r#"{"username":"alice","password":"secret"}"#;

#[wasm_bindgen_test]
fn a_call_that_runs_again_goes_the_same_way() {
    let sent = go_on(&begin(POOL, "signIn", ALICE), r#"{"value":null}"#);

    let waits =
        go_on(&sent, r#"{"status":429,"errorType":"TooManyRequestsException","body":"{}"}"#);
    assert_eq!(asked(&waits, "what"), "sleep");
    let again = go_on(&waits, "null");

    assert_eq!(asked(&again, "what"), "send");
    assert!(asked(&sent, "second").contains("SRP_A"));
    assert_eq!(asked(&again, "second"), asked(&sent, "second"), "the same ephemeral");
}

/// What a pool answers to the right password.
fn tokens() -> Value {
    let claims = Value::object()
        .with("iss", "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12")
        .with("token_use", "access")
        .with("client_id", "client1")
        .with("sub", "person-1")
        .with("username", "alice-id")
        .with("iat", 1_000.0)
        .with("exp", 4_600.0);
    let token = ["e30.", &base64url(claims.write().as_bytes()), ".sig"].concat();
    let result = Value::object()
        .with("AccessToken", token)
        .with("RefreshToken", "refresh")
        .with("ExpiresIn", 3600.0);
    Value::object().with("AuthenticationResult", result)
}

#[wasm_bindgen_test]
fn others_are_told_once() {
    let input = r#"{"username":"alice","password":"secret","authFlow":"USER_PASSWORD_AUTH"}"#;
    let mut state = go_on(&begin(POOL, "signIn", input), r#"{"value":null}"#);
    let reply = Value::object().with("status", 200.0).with("body", tokens().write()).write();
    let (mut told, mut stored) = (String::new(), 0);

    let mut answer = reply.as_str();
    loop {
        state = go_on(&state, answer);
        told.push_str(&state.get("told").unwrap().write());
        let Some(asked) = state.get("asked") else { break };
        let what = asked.str("what");
        stored += usize::from(what == Some("save"));
        answer = if what == Some("lock") { "true" } else { r#"{"value":null}"# };
    }

    assert_eq!(state.get("done").unwrap().str("status"), Some("signedIn"), "{}", state.write());
    assert!(stored >= 2, "record and epoch");
    assert_eq!(told.matches("broadcast").count(), 1, "{told}");
    assert_eq!(told.matches("notify").count(), 1, "{told}");
}

#[wasm_bindgen_test]
fn the_first_request_of_a_prepared_sign_in_needs_no_arithmetic() {
    while !prepare() {}
    let before = computed();

    let sent = go_on(&begin(POOL, "signIn", ALICE), r#"{"value":null}"#);

    assert!(asked(&sent, "second").contains("SRP_A"));
    assert_eq!(computed(), before);
    go_on(&begin(POOL, "signIn", ALICE), r#"{"value":null}"#);
    assert_eq!(computed(), before + 1, "the next one was not prepared");
}

#[wasm_bindgen_test]
fn a_prepared_exponent_is_used_once() {
    while !prepare() {}
    let public = || {
        let sent = go_on(&begin(POOL, "signIn", ALICE), r#"{"value":null}"#);
        String::from(asked(&sent, "second"))
    };

    assert_ne!(public(), public());
}
