//! What an identity provider is said to have posted to the local pool, and what it says of itself.

use lifeguard::protocol::text::base64;
use lifeguard_dev_server::fuzzing::{Asked, SamlProvider, Subject};
use std::sync::LazyLock;

/// The provider whose responses are in the corpus. Nobody has its key any more: what it signed is all there is.
static PROVIDER: LazyLock<SamlProvider> = LazyLock::new(|| {
    SamlProvider::read(include_str!("../corpus/saml/metadata.xml")).expect("metadata that is read")
});
const ASKED: Asked = Asked {
    audience: "urn:amazon:cognito:sp:eu-west-1_Test",
    recipient: "http://localhost:9320/saml2/idpresponse",
    request_id: "_request",
    // 2025-11-24T16:00:00Z
    now: 1_764_000_000,
};

/// The input is a response as XML, a response as it is posted, and metadata. Who is accepted is who was signed: no other
/// subject, and with nothing more or less.
pub fn check(input: &[u8]) {
    check_response(&base64(input));
    let Ok(text) = std::str::from_utf8(input) else { return };
    check_response(text);
    if let Some(provider) = SamlProvider::read(text) {
        // What is said of somebody else lets nobody in either.
        for response in SIGNED {
            let posted = base64(response.as_bytes());
            assert!(provider.accept(&posted, &ASKED).is_none_or(|subject| subject == grace()));
        }
    }
}

/// Whether the provider of the corpus has signed a response, and for this server.
#[must_use]
pub fn is_accepted(response: &str) -> bool {
    PROVIDER.accept(&base64(response.as_bytes()), &ASKED).is_some()
}

fn check_response(posted: &str) {
    if let Some(subject) = PROVIDER.accept(posted, &ASKED) {
        assert_eq!(subject, grace(), "accepted, and not what was signed");
    }
}

/// Who the provider let in, and all it said of her.
fn grace() -> Subject {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Subject {
        id: "_assertion".to_owned(),
        name_id: "grace@example.com".to_owned(),
        attributes: [
            ("email".to_owned(), texts(&["grace@example.com"])),
            ("groups".to_owned(), texts(&["staff", "admins"])),
        ]
        .into(),
        expires: ASKED.now + 300,
    }
}

const SIGNED: [&str; 2] = [
    include_str!("../corpus/saml/signed-assertion.xml"),
    include_str!("../corpus/saml/signed-response.xml"),
];
