//! What a signature must prove, against every way to have it prove something else.

use super::{IDP, STRANGER, good, read, read_as, replaced};
use crate::saml::Fault;
use crate::saml::testing::expected;

#[test]
fn a_signed_response_proves_the_assertion_in_it() {
    let signature = IDP.empty_signature("_response");
    let signed = IDP.sign(&IDP.response(&signature, &IDP.assertion("")));
    assert_eq!(read(&signed).unwrap().name_id, "grace@example.com");

    let altered = replaced(&signed, "grace@", "mallory@");
    assert_unproven(&altered, "another name in a signed response");
}

#[test]
fn response_and_assertion_may_both_be_signed() {
    let inner = IDP.sign(&IDP.assertion(&IDP.empty_signature("_assertion")));
    // `sign` fills in the first signature: the response's.
    let both = IDP.sign(&IDP.response(&IDP.empty_signature("_response"), &inner));
    assert_eq!(read(&both).unwrap().name_id, "grace@example.com");

    // One good signature does not excuse a wrong one.
    let foreign = STRANGER.sign(&IDP.response(&STRANGER.empty_signature("_response"), &inner));
    assert_unproven(&foreign, "a response signed by somebody else");
}

#[test]
fn an_unsigned_assertion_is_refused() {
    assert_unproven(&IDP.response("", &IDP.assertion("")), "no signature");

    let stripped = good();
    let signature = part(&stripped, "<ds:Signature ", "</ds:Signature>").to_owned();
    assert_unproven(&stripped.replace(&signature, ""), "a signature taken out");
}

#[test]
fn a_key_that_the_message_brings_along_is_not_trusted() {
    let document = STRANGER.signed(|document| document);
    assert_unproven(&document, "another key");

    let provider = STRANGER.provider();
    assert!(read_as(&document, &expected(&provider)).is_ok(), "the same with that key's metadata");
}

#[test]
fn either_key_is_good_while_a_provider_changes_them() {
    let mut provider = STRANGER.provider();
    provider.certificates.push(IDP.certificate());
    assert!(read_as(&good(), &expected(&provider)).is_ok());
}

#[test]
fn nothing_signed_can_be_altered() {
    for (what, with) in [
        ("<saml:AttributeValue>staff", "<saml:AttributeValue>root"),
        (">grace@example.com</saml:NameID>", ">mallory@example.com</saml:NameID>"),
        ("16:05:00Z", "23:05:00Z"),
        ("<saml:AttributeValue>admins", "<saml:AttributeValue/><saml:AttributeValue>admins"),
        ("SessionIndex=\"_s\"", "SessionIndex=\"_t\""),
    ] {
        assert_unproven(&replaced(&good(), what, with), what);
    }
}

#[test]
fn a_wrapped_signature_proves_nothing_else() {
    let good = good();
    let original = part(&good, "<saml:Assertion ", "</saml:Assertion>");
    let signature = part(&good, "<ds:Signature ", "</ds:Signature>");
    let unsigned = original.replace(signature, "");
    let evil = replaced(&unsigned, "grace@", "mallory@").replace("\"_assertion\"", "\"_evil\"");
    let evil_signed = replaced(
        &evil,
        "</saml:Issuer><saml:Subject>",
        &format!("</saml:Issuer>{signature}<saml:Subject>"),
    );
    let object = |content: &str| format!("<ds:Object>{content}</ds:Object></ds:Signature>");
    let with = |assertions: &str| good.replace(original, assertions);

    for (why, wrapped) in [
        ("a second assertion before the signed one", with(&format!("{evil}{original}"))),
        ("a second assertion after it", with(&format!("{original}{evil}"))),
        (
            "the signed one inside the other",
            with(&evil.replace("</saml:Assertion>", &format!("{original}</saml:Assertion>"))),
        ),
        (
            "the signed one in the other's signature",
            with(&evil_signed.replace("</ds:Signature>", &object(&unsigned))),
        ),
        (
            "the signed one, with its signature, in an extension of the response",
            with(&evil).replace(
                "<samlp:Status>",
                &format!("<samlp:Extensions>{original}</samlp:Extensions><samlp:Status>"),
            ),
        ),
        (
            "the whole signed response in another response",
            IDP.response("", &format!("{evil}{good}")),
        ),
        ("a signature beside its assertion", { with(&format!("{signature}{unsigned}")) }),
        ("the other one under the signed one's ID", {
            let twin = evil.replace("\"_evil\"", "\"_assertion\"");
            with(&format!("{twin}{original}"))
        }),
        ("a signature of something else", with(&evil_signed)),
    ] {
        assert!(!wrapped.is_empty() && wrapped != good, "{why}");
        assert_unproven(&wrapped, why);
    }
}

#[test]
fn a_response_may_not_wrap_a_signed_response() {
    let signature = IDP.empty_signature("_response");
    let signed = IDP.sign(&IDP.response(&signature, &IDP.assertion("")));
    let evil = replaced(&IDP.assertion(""), "grace@", "mallory@").replace("_assertion", "_evil");
    let outer = IDP.response("", &evil).replace("\"_response\"", "\"_outer\"");

    // The signed one is out of the way of who looks for the first assertion …
    let extended = outer.replace(
        "<samlp:Status>",
        &format!("<samlp:Extensions>{signed}</samlp:Extensions><samlp:Status>"),
    );
    assert_unproven(&extended, "within an extension");

    // … or hides in the copied signature.
    let copied = part(&signed, "<ds:Signature ", "</ds:Signature>");
    let hidden = copied
        .replace("</ds:Signature>", &format!("<ds:Object>{signed}</ds:Object></ds:Signature>"));
    let wrapped = outer.replace("<samlp:Status>", &format!("{hidden}<samlp:Status>"));
    assert_unproven(&wrapped, "within its signature");
}

#[test]
fn a_signature_must_cover_all_of_its_element() {
    for (what, with) in [
        // Everything, when the document is only the assertion: not what SAML allows.
        ("URI=\"#_assertion\"", "URI=\"\""),
        ("URI=\"#_assertion\"", "URI=\"#_response\""),
        ("URI=\"#_assertion\"", "URI=\"Cargo.toml\""),
        // Only one of the two transforms.
        ("<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>", ""),
        // A filter that leaves parts out.
        (
            "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
            "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>self::text()</ds:XPath></ds:Transform>",
        ),
        // Not strong enough, or no signature at all.
        (
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        ),
        (
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        ),
        ("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"),
    ] {
        assert_unproven(&replaced(&good(), what, with), with);
    }
}

#[test]
fn a_weak_signature_of_the_provider_itself_is_refused() {
    let weak = IDP.signed(|document| {
        replaced(
            &document,
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2000/09/xmldsig#sha1",
        )
    });
    assert_unproven(&weak, "a SHA-1 digest, properly signed");
}

/// What stands between the beginning of `from` and the end of `to`.
fn part<'a>(document: &'a str, from: &str, to: &str) -> &'a str {
    let start = document.find(from).unwrap();
    let end = document.rfind(to).unwrap() + to.len();
    &document[start..end]
}

fn assert_unproven(document: &str, why: &str) {
    let result = read(document);
    assert!(matches!(result, Err(Fault::Unproven(_))), "{why}: {result:?}");
}
