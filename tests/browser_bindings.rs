//! The class JavaScript sees: data in, data out, errors as data.
#![cfg(all(target_arch = "wasm32", feature = "account"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod browser;

use browser::{host, js};
use js_sys::Reflect;
use lifeguard::bindings::Core;
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

#[wasm_bindgen_test]
async fn nobody_signed_in_is_null() {
    let session = core().call(String::from("session"), JsValue::UNDEFINED, None).await.unwrap();

    assert!(session.is_null());
}
