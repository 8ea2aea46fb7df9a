//! The export of the module, in browsers: their clock, their random bytes, text in and text out.
//! What a step does is tested natively, in `src/step/tests.rs`.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use lifeguard::protocol::json::Value;
use lifeguard::step::wasm::step;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A step of a call, given its transcript so far, which it extends.
fn run(operation: &str, input: &str, transcript: &mut Vec<Value>) -> Value {
    let config = r#"{"userPoolId":"eu-west-1_Ab12","clientId":"client1"}"#;
    let message = Value::object()
        .with("config", Value::parse(config).unwrap())
        .with("operation", operation)
        .with("input", Value::parse(input).unwrap())
        .with("state", Value::object())
        .with("transcript", transcript.clone());
    let output = Value::parse(&step(&message.write())).unwrap();
    transcript.extend(output.get("entries").unwrap().items().iter().cloned());
    output
}

/// Adds the answer to an effect.
fn answer(transcript: &mut Vec<Value>, output: &Value, answer: &str) {
    let id = output.get("effect").unwrap().get("id").unwrap().clone();
    transcript.push(Value::from(vec![id, Value::parse(answer).unwrap()]));
}

/// The first request of a sign-in.
fn first_request() -> Value {
    let input = r#"{"username":"alice","password":"secret"}"#;
    let mut transcript = Vec::new();
    let mut output = run("signIn", input, &mut transcript);
    while output.get("effect").unwrap().str("kind") == Some("read") {
        let items = output.get("effect").unwrap().get("items").unwrap().items().len();
        answer(&mut transcript, &output, &format!("[{}]", vec!["null"; items].join(",")));
        output = run("signIn", input, &mut transcript);
    }
    output.get("effect").unwrap().clone()
}

#[wasm_bindgen_test]
fn a_sign_in_sends_its_first_request() {
    let effect = first_request();

    assert_eq!(effect.str("kind"), Some("send"));
    assert!(effect.str("url").unwrap().contains("cognito-idp.eu-west-1"));
    assert!(effect.str("body").unwrap().contains("SRP_A"));
    assert!(!effect.str("body").unwrap().contains("secret"), "the password stays here");
}

#[wasm_bindgen_test]
fn the_browsers_random_bytes_make_each_ephemeral_another() {
    assert_ne!(first_request().str("body"), first_request().str("body"));
}

#[wasm_bindgen_test]
fn an_ephemeral_is_prepared_with_turns_for_the_page_in_between() {
    let mut transcript = Vec::new();

    let done = loop {
        let output = run("prepare", "{}", &mut transcript);
        if let Some(done) = output.get("done") {
            break done.clone();
        }
        assert_eq!(output.get("effect").unwrap().str("kind"), Some("sleep"));
        answer(&mut transcript, &output, "null");
    };

    assert!(done.get("spare").unwrap().str("public").unwrap().len() > 400);
}

#[wasm_bindgen_test]
fn a_misuse_is_data() {
    let output = run("doWhatIMean", "{}", &mut Vec::new());

    assert_eq!(output.get("failed").unwrap().str("code"), Some("misuse"));
}
