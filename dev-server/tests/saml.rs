//! People of a company's identity provider, as a browser carries its response: by which clock it is judged.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bergshamra::keys::loader::load_pem_auto;
use bergshamra::{DsigContext, KeysManager};
use common::browser::{Browser, Flow, exchange, parameter};
use common::{TestServer, claims, now};
use miniz_oxide::inflate::decompress_to_vec;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use std::sync::LazyLock;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;
use url::form_urlencoded::Serializer;

const ENTITY: &str = "https://idp.example.com/metadata";
const CLIENT: &str = "testclient";
const DAY: i64 = 86_400;

/// A provider with a key of its own.
struct Idp {
    key_pem: String,
    certificate: String,
}

/// Keys are slow to make.
static IDP: LazyLock<Idp> = LazyLock::new(|| {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
    Idp { key_pem: key.serialize_pem(), certificate: STANDARD.encode(certificate.der()) }
});

impl Idp {
    fn metadata(&self) -> String {
        format!(
            "<md:EntityDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata' entityID='{ENTITY}'>\
             <md:IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'>\
             <md:KeyDescriptor use='signing'><ds:KeyInfo xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:X509Data>\
             <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
             <md:SingleSignOnService Binding='urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect' \
             Location='https://idp.example.com/sso'/></md:IDPSSODescriptor></md:EntityDescriptor>",
            self.certificate
        )
    }

    /// What it says of grace in answer to a request, at a moment of its own clock.
    fn response(&self, recipient: &str, request_id: &str, at: i64) -> String {
        let time = |seconds: i64| {
            OffsetDateTime::from_unix_timestamp(seconds).unwrap().format(&Rfc3339).unwrap()
        };
        let (issued, until) = (time(at), time(at + 300));
        let document = format!(
            "<samlp:Response xmlns:samlp='urn:oasis:names:tc:SAML:2.0:protocol' ID='_response' Version='2.0' \
             IssueInstant='{issued}' Destination='{recipient}' InResponseTo='{request_id}'><samlp:Status>\
             <samlp:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Success'/></samlp:Status>\
             <saml:Assertion xmlns:saml='urn:oasis:names:tc:SAML:2.0:assertion' ID='_a{request_id}' Version='2.0' \
             IssueInstant='{issued}'><saml:Issuer>{ENTITY}</saml:Issuer>\
             <ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo>\
             <ds:CanonicalizationMethod Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/>\
             <ds:SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'/>\
             <ds:Reference URI='#_a{request_id}'><ds:Transforms>\
             <ds:Transform Algorithm='http://www.w3.org/2000/09/xmldsig#enveloped-signature'/>\
             <ds:Transform Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/></ds:Transforms>\
             <ds:DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><ds:DigestValue></ds:DigestValue>\
             </ds:Reference></ds:SignedInfo><ds:SignatureValue></ds:SignatureValue></ds:Signature>\
             <saml:Subject><saml:NameID>grace</saml:NameID>\
             <saml:SubjectConfirmation Method='urn:oasis:names:tc:SAML:2.0:cm:bearer'><saml:SubjectConfirmationData \
             NotOnOrAfter='{until}' Recipient='{recipient}' InResponseTo='{request_id}'/></saml:SubjectConfirmation>\
             </saml:Subject><saml:Conditions NotBefore='{issued}' NotOnOrAfter='{until}'><saml:AudienceRestriction>\
             <saml:Audience>urn:amazon:cognito:sp:eu-west-1_Test</saml:Audience></saml:AudienceRestriction>\
             </saml:Conditions><saml:AuthnStatement AuthnInstant='{issued}'><saml:AuthnContext>\
             <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>\
             </saml:AuthnContext></saml:AuthnStatement></saml:Assertion></samlp:Response>"
        );
        let mut keys = KeysManager::new();
        keys.add_key(load_pem_auto(self.key_pem.as_bytes(), None).unwrap());
        bergshamra::sign(&DsigContext::new(keys), &document).unwrap()
    }
}

fn server() -> TestServer {
    TestServer::with_config(&format!(
        "[[pool]]\nid = \"eu-west-1_Test\"\n[[pool.identity_provider]]\nname = \"Corporate\"\n\
         [pool.identity_provider.settings]\nProviderType = \"SAML\"\n\
         [pool.identity_provider.settings.ProviderDetails]\nMetadataFile = \"{}\"\n\
         [[pool.client]]\nid = \"{CLIENT}\"\n[pool.client.settings]\nAllowedOAuthFlowsUserPoolClient = true\n\
         AllowedOAuthFlows = [\"code\"]\nAllowedOAuthScopes = [\"openid\", \"email\"]\n\
         CallbackURLs = [\"{}\"]\nSupportedIdentityProviders = [\"Corporate\"]\n",
        IDP.metadata(),
        common::browser::APP
    ))
}

/// Goes to the provider and back with what it says at a moment; gives where the app is returned to.
fn sign_in(server: &TestServer, flow: &Flow, at: i64) -> Url {
    let mut browser = Browser::of(server);
    let changes = [("identity_provider", "Corporate"), ("scope", "openid email")];
    let away = browser.visit(&flow.authorize(&changes)).left_for();
    assert_eq!(away.host_str(), Some("idp.example.com"));
    let request = STANDARD.decode(parameter(&away, "SAMLRequest").unwrap()).unwrap();
    let request = String::from_utf8(decompress_to_vec(&request).unwrap()).unwrap();
    let between = |before: &str| {
        let rest = request.split_once(before).unwrap().1;
        rest.split_once('"').unwrap().0.to_owned()
    };
    let (id, recipient) = (between(" ID=\""), between("AssertionConsumerServiceURL=\""));
    let response = STANDARD.encode(IDP.response(&recipient, &id, at));
    let state = parameter(&away, "RelayState").unwrap();
    let form = Serializer::new(String::new())
        .append_pair("SAMLResponse", &response)
        .append_pair("RelayState", &state)
        .finish();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    // A form of another site: the browser sends no cookies along.
    let posted = server.request("POST", "/saml2/idpresponse", &headers, &form).unwrap();
    assert_eq!(posted.status, 303, "{}", posted.body);
    let on = Url::parse(posted.header("location").unwrap()).unwrap();
    browser.visit(&format!("{}?{}", on.path(), on.query().unwrap())).left_for()
}

#[test]
fn response_is_judged_by_the_machines_clock_wherever_a_test_moved_the_pools() {
    let server = server();
    for offset in [0, DAY, -DAY, 10 * DAY] {
        server.advance(offset);
        let flow = Flow::of(CLIENT);

        let back = sign_in(&server, &flow, now());

        let code = parameter(&back, "code").unwrap_or_else(|| panic!("{offset}: {back}"));
        let tokens = exchange(&server, &flow, &code).json();
        let id = claims(&tokens["id_token"]);
        assert_eq!(id["cognito:username"], "Corporate_grace", "{offset}");
        // What the pool itself says of the time is as it was moved.
        let told = id["iat"].as_i64().unwrap() - now();
        assert!((told - offset).abs() < 60, "{offset}: {told}");
    }
}

#[test]
fn response_of_the_pools_moved_time_is_refused() {
    let server = server();
    for offset in [DAY, -DAY] {
        server.advance(offset);

        let back = sign_in(&server, &Flow::of(CLIENT), now() + offset);

        assert_eq!(parameter(&back, "code"), None, "{offset}");
        assert_eq!(parameter(&back, "error").as_deref(), Some("invalid_request"));
        let told = parameter(&back, "error_description").unwrap();
        assert!(told.contains("SAML"), "{told}");
    }
}
