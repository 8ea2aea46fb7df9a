//! The request that a person carries to the identity provider (core, section 3.4.1; bindings, section 3.4).

use super::metadata::Provider;
use super::{ASSERTION, Fault, HTTP_POST, PROTOCOL, service_provider, xml};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::deflate::compress_to_vec;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

/// How hard to compress; requests are small.
const LEVEL: u8 = 6;

/// A request of a pool to one of its providers.
#[derive(Debug)]
pub(crate) struct AuthnRequest<'a> {
    /// The response names it. Unpredictable; begins with a letter or `_`, as XML asks of an ID.
    pub(crate) id: &'a str,
    /// Who asks.
    pub(crate) pool_id: &'a str,
    /// Where the response is to be posted.
    pub(crate) consumer_url: &'a str,
    /// Ask the person again, whatever session the provider has.
    pub(crate) force: bool,
    /// Seconds since the epoch.
    pub(crate) now: i64,
}

impl AuthnRequest<'_> {
    /// The address to send the person to. The provider gives `relay_state` back with its response.
    pub(crate) fn url(&self, provider: &Provider, relay_state: &str) -> Result<String, Fault> {
        let request = compress_to_vec(self.xml(provider)?.as_bytes(), LEVEL);
        let mut url = Url::parse(&provider.single_sign_on)
            .map_err(|_| Fault::Malformed("the address of the provider cannot be read"))?;
        url.query_pairs_mut()
            .append_pair("SAMLRequest", &STANDARD.encode(request))
            .append_pair("RelayState", relay_state);
        Ok(url.into())
    }

    fn xml(&self, provider: &Provider) -> Result<String, Fault> {
        let now = OffsetDateTime::from_unix_timestamp(self.now)
            .ok()
            .and_then(|now| now.format(&Rfc3339).ok())
            .ok_or(Fault::Untimely("the server's clock is out of range"))?;
        let force = if self.force { " ForceAuthn=\"true\"" } else { "" };
        Ok(format!(
            "<saml2p:AuthnRequest xmlns:saml2p=\"{PROTOCOL}\" ID=\"{id}\" Version=\"2.0\" IssueInstant=\"{now}\" \
             Destination=\"{destination}\" ProtocolBinding=\"{HTTP_POST}\" \
             AssertionConsumerServiceURL=\"{consumer}\"{force}>\
             <saml2:Issuer xmlns:saml2=\"{ASSERTION}\">{issuer}</saml2:Issuer></saml2p:AuthnRequest>",
            id = xml::escape(self.id),
            destination = xml::escape(&provider.single_sign_on),
            consumer = xml::escape(self.consumer_url),
            issuer = xml::escape(&service_provider(self.pool_id)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::inflate::decompress_to_vec;

    fn provider(single_sign_on: &str) -> Provider {
        Provider {
            entity_id: "https://idp.example.com".to_owned(),
            single_sign_on: single_sign_on.to_owned(),
            certificates: Vec::new(),
        }
    }

    const REQUEST: AuthnRequest<'static> = AuthnRequest {
        id: "_1",
        pool_id: "eu-west-1_Test",
        consumer_url: "http://localhost:9320/saml2/idpresponse",
        force: false,
        now: 1_764_000_000,
    };

    #[test]
    fn a_request_can_be_read_from_its_address() {
        let url = REQUEST.url(&provider("https://idp.example.com/sso?tenant=1"), "a&b").unwrap();

        let url = Url::parse(&url).unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let [tenant, request, relay_state] = pairs.as_slice() else { panic!("{pairs:?}") };
        assert_eq!(*tenant, ("tenant".to_owned(), "1".to_owned()));
        assert_eq!(*relay_state, ("RelayState".to_owned(), "a&b".to_owned()));
        assert_eq!(request.0, "SAMLRequest");
        let text = decompress_to_vec(&STANDARD.decode(&request.1).unwrap()).unwrap();
        let text = String::from_utf8(text).unwrap();
        let doc = xml::parse(&text).unwrap();
        let root = xml::root(&doc, PROTOCOL, "AuthnRequest").unwrap();
        for (name, value) in [
            ("ID", "_1"),
            ("Version", "2.0"),
            ("IssueInstant", "2025-11-24T16:00:00Z"),
            ("Destination", "https://idp.example.com/sso?tenant=1"),
            ("ProtocolBinding", HTTP_POST),
            ("AssertionConsumerServiceURL", "http://localhost:9320/saml2/idpresponse"),
        ] {
            assert_eq!(xml::attribute(&doc, root, name), Some(value));
        }
        assert_eq!(xml::attribute(&doc, root, "ForceAuthn"), None);
        let issuer = xml::child(&doc, root, ASSERTION, "Issuer").unwrap();
        assert_eq!(xml::text(&doc, issuer).unwrap(), "urn:amazon:cognito:sp:eu-west-1_Test");
    }

    #[test]
    fn a_person_can_be_asked_again() {
        let request = AuthnRequest { force: true, ..REQUEST };
        let text = request.xml(&provider("https://idp.example.com/sso")).unwrap();
        let doc = xml::parse(&text).unwrap();
        let force = xml::attribute(&doc, doc.document_element().unwrap(), "ForceAuthn");
        assert_eq!(force, Some("true"));
    }
}
