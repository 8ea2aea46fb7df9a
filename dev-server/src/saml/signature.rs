//! Which element of a response the identity provider has signed. The cryptography, canonical XML and the
//! resolution of references are [bergshamra](https://docs.rs/bergshamra)'s; here stands what SAML allows of
//! XML signatures (core, section 5.4), which is little.

use super::{ASSERTION, Fault, XML_SIGNATURE, xml};
use bergshamra::keys::loader::load_x509_cert_der;
use bergshamra::xml::{Document, NodeId};
use bergshamra::{DsigContext, KeysManager, VerifyResult};

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const CANONICAL: [&str; 2] = [
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
];
const METHODS: [&str; 3] = [
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
];
const DIGESTS: [&str; 3] = [
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
];

/// The one assertion of a response, proved to be the provider's: signed itself, or within a signed response.
///
/// Every signature of the document must stand where SAML wants it, cover its parent and nothing else, and be
/// made with a key of `certificates`.
pub(super) fn proved_assertion(
    doc: &Document<'_>,
    text: &str,
    response: NodeId,
    certificates: &[Vec<u8>],
) -> Result<NodeId, Fault> {
    // SECURITY: against signature wrapping: one assertion in the whole document, at the one place where one
    // is read. What else an attacker adds is no assertion.
    let encrypted = doc.get_elements_by_tag_name_ns(ASSERTION, "EncryptedAssertion");
    if !encrypted.is_empty() {
        return Err(Fault::Malformed("encrypted assertions are not supported"));
    }
    let assertion = match doc.get_elements_by_tag_name_ns(ASSERTION, "Assertion").as_slice() {
        [only] if doc.parent(*only) == Some(response) => *only,
        [] => return Err(Fault::Malformed("the response has no assertion")),
        _ => return Err(Fault::Unproven("the response must have one assertion, as a child")),
    };
    let signatures = doc.get_elements_by_tag_name_ns(XML_SIGNATURE, "Signature");
    if signatures.is_empty() {
        return Err(Fault::Unproven("neither the response nor the assertion is signed"));
    }
    for signed in [response, assertion] {
        xml::optional(doc, signed, XML_SIGNATURE, "Signature")?;
    }
    for signature in &signatures {
        let signed = doc.parent(*signature).filter(|it| *it == response || *it == assertion);
        let signed = signed.ok_or(Fault::Unproven("a signature stands at an unexpected place"))?;
        check_form(doc, *signature, signed)?;
    }
    verify(doc, text, &signatures, certificates)?;
    Ok(assertion)
}

/// What a signature may look like, judged before anything in it is followed.
fn check_form(doc: &Document<'_>, signature: NodeId, signed: NodeId) -> Result<(), Fault> {
    let fault = || Fault::Unproven("a signature has a form that SAML does not allow");
    let check = |holds: bool| if holds { Ok(()) } else { Err(fault()) };
    let child = |parent, name| xml::child(doc, parent, XML_SIGNATURE, name).map_err(|_| fault());
    let algorithm = |node| xml::attribute(doc, node, "Algorithm").unwrap_or_default();

    // An Object could carry a copy of what was signed.
    check(xml::children(doc, signature, XML_SIGNATURE, "Object").is_empty())?;
    let info = child(signature, "SignedInfo")?;
    check(CANONICAL.contains(&algorithm(child(info, "CanonicalizationMethod")?)))?;
    check(METHODS.contains(&algorithm(child(info, "SignatureMethod")?)))?;
    let reference = child(info, "Reference")?;
    let id = xml::attribute(doc, signed, "ID").filter(|id| !id.is_empty()).ok_or_else(fault)?;
    check(xml::attribute(doc, reference, "URI").and_then(|uri| uri.strip_prefix('#')) == Some(id))?;
    check(DIGESTS.contains(&algorithm(child(reference, "DigestMethod")?)))?;
    // SECURITY: transforms decide what of the element is hashed; with these two it is all of it.
    let transforms = child(reference, "Transforms")?;
    match xml::children(doc, transforms, XML_SIGNATURE, "Transform").as_slice() {
        [first, second] => {
            check(algorithm(*first) == ENVELOPED && CANONICAL.contains(&algorithm(*second)))
        }
        _ => Err(fault()),
    }
}

fn verify(
    doc: &Document<'_>,
    text: &str,
    signatures: &[NodeId],
    certificates: &[Vec<u8>],
) -> Result<(), Fault> {
    let wrong = Fault::Unproven("a signature is not the identity provider's");
    let mut keys = KeysManager::new();
    for certificate in certificates {
        // The metadata is what is trusted: who issued the certificate, and until when, says nothing more.
        keys.add_key(load_x509_cert_der(certificate).map_err(|_| wrong.clone())?);
    }
    // SECURITY: `new` trusts no key that the document brings along and no reference to elsewhere.
    let context = DsigContext::new(keys);
    let results =
        bergshamra::dsig::verify::verify_all_document_with_source(&context, doc, Some(text))
            .map_err(|_| wrong.clone())?;
    let mut proved = Vec::new();
    for result in results {
        let VerifyResult::Valid { signature_node, references, .. } = result else {
            return Err(wrong);
        };
        let covers_parent = match references.as_slice() {
            [only] => only.digest_verified && only.resolved_node == doc.parent(signature_node),
            _ => false,
        };
        if !covers_parent {
            return Err(Fault::Unproven("a signature proves another element than its own"));
        }
        proved.push(signature_node);
    }
    if proved == signatures { Ok(()) } else { Err(wrong) }
}
