//! An identity provider in memory, with a key of its own, and what it would say of grace.

use super::metadata::Provider;
use super::response::Expected;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bergshamra::keys::loader::load_pem_auto;
use bergshamra::{DsigContext, KeysManager};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

/// Seconds since the epoch: 2025-11-24T16:00:00Z.
pub(super) const NOW: i64 = 1_764_000_000;
pub(super) const AUDIENCE: &str = "urn:amazon:cognito:sp:eu-west-1_Test";
pub(super) const RECIPIENT: &str = "http://localhost:9320/saml2/idpresponse";
pub(super) const REQUEST_ID: &str = "_request";

/// A provider.
pub(super) struct Idp {
    entity_id: String,
    key_pem: String,
    der: Vec<u8>,
}

impl Idp {
    pub(super) fn new(entity_id: &str) -> Self {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
        let der = certificate.der().to_vec();
        Self { entity_id: entity_id.to_owned(), key_pem: key.serialize_pem(), der }
    }

    /// DER.
    pub(super) fn certificate(&self) -> Vec<u8> {
        self.der.clone()
    }

    pub(super) fn metadata(&self) -> String {
        format!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}">
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
        <ds:X509Certificate>{}</ds:X509Certificate>
      </ds:X509Data></ds:KeyInfo>
    </md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/post"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>"#,
            self.entity_id,
            STANDARD.encode(&self.der)
        )
    }

    pub(super) fn provider(&self) -> Provider {
        Provider::read(&self.metadata()).unwrap()
    }

    /// Fills in the first empty signature of a document.
    pub(super) fn sign(&self, document: &str) -> String {
        let mut keys = KeysManager::new();
        keys.add_key(load_pem_auto(self.key_pem.as_bytes(), None).unwrap());
        bergshamra::sign(&DsigContext::new(keys), document).unwrap()
    }

    /// A signature of this provider to be filled in by [`Idp::sign`]. Brings its certificate along, as real ones do.
    pub(super) fn empty_signature(&self, id: &str) -> String {
        format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\
             <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
             <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
             <ds:Reference URI=\"#{id}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
             <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
             <ds:DigestValue></ds:DigestValue></ds:Reference></ds:SignedInfo>\
             <ds:SignatureValue></ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
             <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>",
            STANDARD.encode(&self.der)
        )
    }

    /// An assertion about grace, with `signature` at its place. Good for five minutes around [`NOW`].
    pub(super) fn assertion(&self, signature: &str) -> String {
        format!(
            "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_assertion\" Version=\"2.0\" \
             IssueInstant=\"2025-11-24T16:00:00Z\"><saml:Issuer>{issuer}</saml:Issuer>{signature}\
             <saml:Subject><saml:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">grace@example.com</saml:NameID>\
             <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData \
             NotOnOrAfter=\"2025-11-24T16:05:00Z\" Recipient=\"{RECIPIENT}\" InResponseTo=\"{REQUEST_ID}\"/></saml:SubjectConfirmation></saml:Subject>\
             <saml:Conditions NotBefore=\"2025-11-24T15:55:00Z\" NotOnOrAfter=\"2025-11-24T16:05:00Z\">\
             <saml:AudienceRestriction><saml:Audience>{AUDIENCE}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"2025-11-24T16:00:00Z\" SessionIndex=\"_s\"><saml:AuthnContext>\
             <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>\
             </saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>\
             <saml:Attribute Name=\"email\"><saml:AttributeValue>grace@example.com</saml:AttributeValue></saml:Attribute>\
             <saml:Attribute Name=\"groups\"><saml:AttributeValue>staff</saml:AttributeValue>\
             <saml:AttributeValue>admins</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>",
            issuer = self.entity_id
        )
    }

    /// A response around `content`, with `signature` at its place.
    pub(super) fn response(&self, signature: &str, content: &str) -> String {
        format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_response\" Version=\"2.0\" \
             IssueInstant=\"2025-11-24T16:00:00Z\" Destination=\"{RECIPIENT}\" InResponseTo=\"{REQUEST_ID}\">\
             <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{}</saml:Issuer>{signature}\
             <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
             {content}</samlp:Response>",
            self.entity_id
        )
    }

    /// A response with a signed assertion, changed by `change` before it was signed.
    pub(super) fn signed(&self, change: impl Fn(String) -> String) -> String {
        let assertion = self.assertion(&self.empty_signature("_assertion"));
        self.sign(&change(self.response("", &assertion)))
    }
}

/// What the pool of these tests waits for.
pub(super) fn expected(provider: &Provider) -> Expected<'_> {
    Expected {
        provider,
        audience: AUDIENCE,
        recipient: RECIPIENT,
        request_id: REQUEST_ID,
        now: NOW,
    }
}
