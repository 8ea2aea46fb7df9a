//! The class JavaScript sees: data in, data out, errors as data.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod browser;

use browser::{host, js};
use js_sys::Reflect;
use lifeguard::bindings::{Core, step};
use lifeguard::protocol::json::Value;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn core() -> Core {
    Core::new(js("{ userPoolId: 'eu-west-1_Ab12', clientId: 'client1' }"), host()).ok().unwrap()
}

fn text(value: &JsValue, name: &str) -> String {
    Reflect::get(value, &name.into()).unwrap().as_string().unwrap_or_default()
}

#[wasm_bindgen_test]
fn a_malformed_configuration_is_a_misuse_that_says_the_fix() {
    for (config, word) in [
        ("{}", "userPoolId"),
        ("{ userPoolId: 'x', clientId: 'y' }", "userPoolId"),
        ("{ userPoolId: 'eu-west-1_Ab12' }", "clientId"),
        ("{ userPoolId: 'eu-west-1_Ab12', clientId: 'a b' }", "clientId"),
        (
            "{ userPoolId: 'eu-west-1_Ab12', clientId: 'y', endpoint: 'http://example.com' }",
            "endpoint",
        ),
        ("{ userPoolId: 'eu-west-1_Ab12', clientId: 'y', clientSecret: true }", "secret"),
        ("null", "userPoolId"),
        ("42", "userPoolId"),
    ] {
        let error = Core::new(js(config), host()).err().unwrap();
        assert_eq!(text(&error, "code"), "misuse", "{config}");
        assert!(text(&error, "detail").contains(word), "{config}");
    }
}

#[wasm_bindgen_test]
async fn an_unknown_operation_and_a_missing_input_are_misuses() {
    for (operation, input) in [("doWhatIMean", "{}"), ("signUp", "{}")] {
        let error = core().call(String::from(operation), js(input), None).await.err().unwrap();
        assert_eq!(text(&error, "code"), "misuse", "{operation}");
    }
}

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

#[wasm_bindgen_test]
async fn nobody_signed_in_is_null() {
    let session = core().call(String::from("session"), JsValue::UNDEFINED, None).await.unwrap();

    assert!(session.is_null());
}
