//! Passkeys: what arrives at the browser, what comes back, and what failures mean.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod page;

use lifeguard::host::PasskeyError;
use lifeguard::protocol::json::Value;
use lifeguard_web::passkeys;
use page::{aborting_in, js};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Puts a container of credentials in the place of the browser's.
fn container(methods: &str) {
    js(&format!(
        "Object.defineProperty(navigator, 'credentials', {{ configurable: true, value: {{ {methods} }} }})"
    ));
}

fn request(text: &str) -> Value {
    Value::parse(text).unwrap()
}

#[wasm_bindgen_test]
async fn options_arrive_as_bytes_and_the_credential_comes_back_in_json_form() {
    container(
        "async get({ publicKey, mediation }) {
           const text = (bytes) => new TextDecoder().decode(bytes);
           const seen = [text(publicKey.challenge), text(publicKey.allowCredentials[0].id), publicKey.rpId, mediation].join(' ');
           return { id: 'aWQ', authenticatorAttachment: 'platform', response: { signature: new TextEncoder().encode(seen).buffer } };
         }",
    );

    let text = passkeys::get(
        &request(
            r#"{"publicKey":{"challenge":"YQ","rpId":"example.com","allowCredentials":[{"type":"public-key","id":"Yg"}]},"mediation":"conditional"}"#,
        ),
        None,
    )
    .await
    .unwrap();

    let credential = Value::parse(&text).unwrap();
    assert_eq!(credential.str("id"), Some("aWQ"));
    assert_eq!(credential.str("rawId"), Some("aWQ"));
    assert_eq!(credential.str("type"), Some("public-key"));
    assert_eq!(credential.str("authenticatorAttachment"), Some("platform"));
    let response = credential.get("response").unwrap();
    // "a b example.com conditional"
    assert_eq!(response.str("signature"), Some("YSBiIGV4YW1wbGUuY29tIGNvbmRpdGlvbmFs"));
    assert!(response.get("userHandle").is_none());
}

#[wasm_bindgen_test]
async fn the_relying_partys_id_stays_a_name_and_the_users_becomes_bytes() {
    container(
        "async create({ publicKey }) {
           const seen = publicKey.rp.id + ' ' + new TextDecoder().decode(publicKey.user.id);
           return { id: 'aWQ', response: { clientDataJSON: new TextEncoder().encode(seen).buffer, getTransports: () => ['internal'] } };
         }",
    );

    let text = passkeys::create(
        &request(r#"{"publicKey":{"challenge":"YQ","rp":{"id":"abcd"},"user":{"id":"Yg"}}}"#),
        None,
    )
    .await
    .unwrap();

    let response = Value::parse(&text).unwrap().get("response").unwrap().clone();
    assert_eq!(response.str("clientDataJSON"), Some("YWJjZCBi"), "abcd b");
    assert_eq!(response.get("transports").unwrap().strings(), ["internal"]);
}

#[wasm_bindgen_test]
async fn each_failure_of_the_browser_has_its_meaning() {
    for (name, of_get, of_create) in [
        ("NotAllowedError", PasskeyError::Cancelled, PasskeyError::Cancelled),
        ("InvalidStateError", PasskeyError::Failed, PasskeyError::AlreadyRegistered),
        ("SecurityError", PasskeyError::WrongRelyingParty, PasskeyError::WrongRelyingParty),
        ("TimeoutError", PasskeyError::TimedOut, PasskeyError::TimedOut),
        ("NotSupportedError", PasskeyError::NotSupported, PasskeyError::NotSupported),
        ("AbortError", PasskeyError::Aborted, PasskeyError::Aborted),
        ("UnknownError", PasskeyError::Failed, PasskeyError::Failed),
    ] {
        let failing = format!("async () => {{ throw new DOMException('', '{name}') }}");
        container(&format!("get: {failing}, create: {failing}"));
        let asked = request(r#"{"publicKey":{"challenge":"YQ"}}"#);

        assert_eq!(passkeys::get(&asked, None).await, Err(of_get), "{name}");
        assert_eq!(passkeys::create(&asked, None).await, Err(of_create), "{name}");
    }
}

#[wasm_bindgen_test]
async fn an_abort_and_a_time_limit_are_told_apart_from_a_refusal() {
    container(
        "get: ({ signal }) => new Promise((_, reject) => {
           const end = () => reject(new DOMException('', 'NotAllowedError'));
           signal?.addEventListener('abort', end);
           setTimeout(end, 50);
         })",
    );

    let asked = request(r#"{"publicKey":{"challenge":"YQ"}}"#);
    assert_eq!(passkeys::get(&asked, Some(&aborting_in(10))).await, Err(PasskeyError::Aborted));
    assert_eq!(passkeys::get(&asked, None).await, Err(PasskeyError::Cancelled));
    let limited = request(r#"{"publicKey":{"challenge":"YQ","timeout":10}}"#);
    assert_eq!(passkeys::get(&limited, None).await, Err(PasskeyError::TimedOut));
}

#[wasm_bindgen_test]
async fn a_browser_without_passkeys_is_unsupported_and_nothing_given_is_a_refusal() {
    let asked = request(r#"{"publicKey":{"challenge":"YQ"}}"#);

    container("");
    assert_eq!(passkeys::get(&asked, None).await, Err(PasskeyError::NotSupported));
    container("get: async () => null");
    assert_eq!(passkeys::get(&asked, None).await, Err(PasskeyError::Cancelled));
}
