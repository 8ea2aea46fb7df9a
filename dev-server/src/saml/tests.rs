//! Responses as a real provider signs them, and as somebody between would like them to be read.

mod signatures;

use super::Fault;
use super::metadata::Provider;
use super::replay;
use super::response::{Assertion, Expected};
use super::testing::{Idp, NOW, RECIPIENT, REQUEST_ID, expected};
use crate::store::Store;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::sync::LazyLock;

/// Keys are slow to make.
static IDP: LazyLock<Idp> = LazyLock::new(|| Idp::new("https://idp.example.com/metadata"));
static STRANGER: LazyLock<Idp> = LazyLock::new(|| Idp::new("https://idp.example.com/metadata"));
static PROVIDER: LazyLock<Provider> = LazyLock::new(|| IDP.provider());

fn read(document: &str) -> Result<Assertion, Fault> {
    read_as(document, &expected(&PROVIDER))
}

fn read_as(document: &str, expected: &Expected<'_>) -> Result<Assertion, Fault> {
    Assertion::read(&STANDARD.encode(document), expected)
}

/// Replaces a text that must be there.
fn replaced(document: &str, what: &str, with: &str) -> String {
    assert!(document.contains(what), "{what}");
    document.replace(what, with)
}

fn good() -> String {
    IDP.signed(|document| document)
}

#[test]
fn a_signed_assertion_tells_who_it_is() {
    let assertion = read(&good()).unwrap();

    assert_eq!(assertion.name_id, "grace@example.com");
    assert_eq!(assertion.id, "_assertion");
    assert_eq!(assertion.expires, NOW + 300);
    assert_eq!(assertion.attributes["email"], ["grace@example.com"]);
    assert_eq!(assertion.attributes["groups"], ["staff", "admins"]);
}

#[test]
fn a_comment_does_not_shorten_a_name() {
    let commented = replaced(
        &good(),
        ">grace@example.com</saml:NameID>",
        ">grace@<!-- -->example.com</saml:NameID>",
    );
    // The signature holds, for it does not see comments: the name must be the signed one.
    assert_eq!(read(&commented).unwrap().name_id, "grace@example.com");
}

#[test]
fn document_types_are_refused() {
    for declaration in [
        "<!DOCTYPE samlp:Response>",
        "<!DOCTYPE r [<!ENTITY who \"mallory@example.com\">]>",
        "<!DOCTYPE r [<!ENTITY who SYSTEM \"file:///etc/hostname\">]>",
        "<!DOCTYPE r [<!ATTLIST saml:Subject ID ID #IMPLIED>]>",
    ] {
        let document = format!("{declaration}{}", good());
        assert!(matches!(read(&document), Err(Fault::Malformed(_))), "{declaration}");
    }
    // Before the signature is looked at, so that nothing is expanded.
    let bomb = format!(
        "<!DOCTYPE r [<!ENTITY a \"{}\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><r>&b;</r>",
        "x".repeat(1000)
    );
    assert!(matches!(read(&bomb), Err(Fault::Malformed(_))));
}

#[test]
fn what_is_no_response_is_refused() {
    let provider = &PROVIDER;
    for posted in [
        "",
        "not base64!",
        "AAAA",
        &STANDARD.encode([0xff, 0xfe, 0x3c, 0x00]),
        &"A".repeat(300_000),
    ] {
        let result = Assertion::read(posted, &expected(provider));
        assert!(matches!(result, Err(Fault::Malformed(_))), "{result:?}");
    }
    for document in ["<a/>", &IDP.metadata(), &IDP.assertion("")] {
        assert!(matches!(read(document), Err(Fault::Malformed(_))), "{document}");
    }
    let encrypted = IDP.response(
        "",
        "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>",
    );
    assert!(matches!(read(&encrypted), Err(Fault::Malformed(_))));
}

/// Signed, but not for this.
#[test]
fn an_assertion_for_something_else_is_refused() {
    for (what, with) in [
        // The audience.
        ("sp:eu-west-1_Test<", "sp:eu-west-1_Other<"),
        (
            "<saml:AudienceRestriction><saml:Audience>urn:amazon:cognito:sp:eu-west-1_Test</saml:Audience></saml:AudienceRestriction>",
            "",
        ),
        // A second restriction must hold as well.
        (
            "</saml:AudienceRestriction>",
            "</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>urn:x</saml:Audience></saml:AudienceRestriction>",
        ),
        // The recipient, in the assertion and around it.
        ("Recipient=\"http://localhost:9320/", "Recipient=\"http://localhost:9321/"),
        ("Destination=\"http://localhost:9320/", "Destination=\"http://localhost:9321/"),
        // The request, in both.
        (
            "Recipient=\"http://localhost:9320/saml2/idpresponse\" InResponseTo=\"_request\"",
            "Recipient=\"http://localhost:9320/saml2/idpresponse\" InResponseTo=\"_other\"",
        ),
        ("InResponseTo=\"_request\">", "InResponseTo=\"_other\">"),
        // Without a request: the provider began.
        (" InResponseTo=\"_request\">", ">"),
        (" InResponseTo=\"_request\"/>", "/>"),
        // The issuer, of either.
        (
            "Version=\"2.0\" IssueInstant=\"2025-11-24T16:00:00Z\"><saml:Issuer>",
            "Version=\"2.0\" IssueInstant=\"2025-11-24T16:00:00Z\"><saml:Issuer>x",
        ),
        (
            "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">",
            "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">x",
        ),
    ] {
        let signed = IDP.signed(|document| replaced(&document, what, with));
        let result = read(&signed);
        assert!(matches!(result, Err(Fault::Misdirected(_))), "{what}: {result:?}");
    }
}

#[test]
fn an_assertion_without_what_makes_it_one_is_refused() {
    for (what, with) in [
        ("cm:bearer", "cm:holder-of-key"),
        ("NotOnOrAfter=\"2025-11-24T16:05:00Z\" Recipient", "Recipient"),
        (
            "NotOnOrAfter=\"2025-11-24T16:05:00Z\" Recipient",
            "NotBefore=\"2025-11-24T15:05:00Z\" NotOnOrAfter=\"2025-11-24T16:05:00Z\" Recipient",
        ),
        ("NotOnOrAfter=\"2025-11-24T16:05:00Z\" Recipient", "NotOnOrAfter=\"soon\" Recipient"),
        ("saml:AuthnStatement", "saml:AuthnRemark"),
        ("<saml:AudienceRestriction>", "<saml:OnlyOnSundays/><saml:AudienceRestriction>"),
        ("saml:NameID", "saml:BaseID"),
        (">grace@example.com</saml:NameID>", "> </saml:NameID>"),
        (">grace@example.com</saml:NameID>", ">grace<b/>@example.com</saml:NameID>"),
        (" ID=\"_assertion\" Version=\"2.0\"", " ID=\"_assertion\" Version=\"1.1\""),
    ] {
        let signed = IDP.signed(|document| replaced(&document, what, with));
        let result = read(&signed);
        assert!(matches!(result, Err(Fault::Malformed(_))), "{what}: {result:?}");
    }
}

#[test]
fn an_assertion_has_its_time() {
    let at = |seconds: i64| {
        let provider = &PROVIDER;
        read_as(&good(), &Expected { now: NOW + seconds, ..expected(provider) })
    };
    // The clocks may differ by a minute.
    for seconds in [-59, 0, 359] {
        assert!(at(seconds).is_ok(), "{seconds}");
    }
    for seconds in [-400, -61, 360, 86_400] {
        assert!(matches!(at(seconds), Err(Fault::Untimely(_))), "{seconds}");
    }
    let ended = IDP.signed(|document| {
        replaced(
            &document,
            "SessionIndex=",
            "SessionNotOnOrAfter=\"2025-11-24T15:00:00Z\" SessionIndex=",
        )
    });
    assert!(matches!(read(&ended), Err(Fault::Untimely(_))));
}

#[test]
fn an_assertion_is_accepted_once() {
    let store = Store::open(None).unwrap();
    let provider = &PROVIDER;
    let assertion = read(&good()).unwrap();
    let spend = |assertion: &Assertion, now| {
        replay::spend(&store, "eu-west-1_Test", provider, assertion, now).unwrap()
    };

    assert!(spend(&assertion, NOW));
    assert!(!spend(&assertion, NOW + 1));
    assert!(!spend(&assertion, NOW + 359), "while it could still be accepted");
    assert!(spend(&Assertion { id: "_other".to_owned(), ..assertion.clone() }, NOW));
}

#[test]
fn a_refusal_of_the_provider_needs_no_signature() {
    let refused = IDP.response("", "").replace(
        "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>",
        "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\">\
         <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:RequestDenied\"/></samlp:StatusCode>",
    );
    assert_eq!(read(&refused), Err(Fault::Declined("RequestDenied".to_owned())));

    // But it must answer this request.
    let stray = replaced(&refused, REQUEST_ID, "_other");
    assert!(matches!(read(&stray), Err(Fault::Misdirected(_))));
    // A status of an assertion that is there makes it worthless.
    let both = good().replace("status:Success", "status:Requester");
    assert_eq!(read(&both), Err(Fault::Declined("Requester".to_owned())));
}

#[test]
fn nobody_is_let_in_at_another_address() {
    let provider = &PROVIDER;
    let elsewhere =
        Expected { recipient: "http://localhost:9999/saml2/idpresponse", ..expected(provider) };
    assert!(matches!(read_as(&good(), &elsewhere), Err(Fault::Misdirected(_))));
    assert_eq!(expected(provider).recipient, RECIPIENT);
}
