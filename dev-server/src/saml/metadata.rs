//! Metadata: what an identity provider says of itself (`MetadataFile`, or what is found at `MetadataURL`),
//! and what it is told of a pool.

use super::{
    Fault, HTTP_POST, HTTP_REDIRECT, METADATA, PROTOCOL, XML_SIGNATURE, service_provider, xml,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bergshamra::keys::loader::load_x509_cert_der;
use bergshamra::xml::{Document, NodeId};
use url::Url;

/// What must be known of an identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provider {
    /// The issuer of its assertions.
    pub(crate) entity_id: String,
    /// Where people are sent with a request.
    pub(crate) single_sign_on: String,
    /// Certificates (DER) with the keys it signs with: more than one while it changes them.
    pub(crate) certificates: Vec<Vec<u8>>,
}

impl Provider {
    /// Reads an `EntityDescriptor`.
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        let doc = xml::parse(text)?;
        let root = xml::root(&doc, METADATA, "EntityDescriptor")?;
        let entity_id = xml::attribute(&doc, root, "entityID")
            .ok_or(Fault::Malformed("the metadata has no entityID"))?
            .to_owned();
        let role = xml::child(&doc, root, METADATA, "IDPSSODescriptor")?;
        let single_sign_on = location(&doc, role, "SingleSignOnService").ok_or(
            Fault::Malformed("the metadata has no SingleSignOnService for redirects over HTTP"),
        )?;
        let certificates = certificates(&doc, role)?;
        if certificates.is_empty() {
            return Err(Fault::Malformed("the metadata has no certificate for signatures"));
        }
        Ok(Self { entity_id, single_sign_on, certificates })
    }
}

/// The address of a service that takes redirects.
fn location(doc: &Document<'_>, role: NodeId, name: &str) -> Option<String> {
    let services = xml::children(doc, role, METADATA, name);
    let binding =
        |service: &NodeId| xml::attribute(doc, *service, "Binding") == Some(HTTP_REDIRECT);
    let text = xml::attribute(doc, services.into_iter().find(binding)?, "Location")?;
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(url.into())
}

fn certificates(doc: &Document<'_>, role: NodeId) -> Result<Vec<Vec<u8>>, Fault> {
    let mut found = Vec::new();
    for descriptor in xml::children(doc, role, METADATA, "KeyDescriptor") {
        // One without a use is for everything.
        if xml::attribute(doc, descriptor, "use").is_some_and(|purpose| purpose != "signing") {
            continue;
        }
        let info = xml::child(doc, descriptor, XML_SIGNATURE, "KeyInfo")?;
        for data in xml::children(doc, info, XML_SIGNATURE, "X509Data") {
            for node in xml::children(doc, data, XML_SIGNATURE, "X509Certificate") {
                found.push(certificate(&xml::text(doc, node)?)?);
            }
        }
    }
    Ok(found)
}

fn certificate(text: &str) -> Result<Vec<u8>, Fault> {
    let fault = Fault::Malformed("the metadata has a certificate that cannot be read");
    let dense: String = text.split_ascii_whitespace().collect();
    let der = STANDARD.decode(dense).map_err(|_| fault.clone())?;
    load_x509_cert_der(&der).map_err(|_| fault)?;
    Ok(der)
}

/// What an identity provider is told of a pool.
pub(crate) fn of_pool(pool_id: &str, consumer_url: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="{METADATA}" entityID="{entity}">
  <md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="{PROTOCOL}">
    <md:AssertionConsumerService Binding="{HTTP_POST}" Location="{url}" index="0" isDefault="true"/>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
"#,
        entity = xml::escape(&service_provider(pool_id)),
        url = xml::escape(consumer_url),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saml::testing::Idp;

    #[test]
    fn what_a_provider_says_of_itself_is_read() {
        let idp = Idp::new("https://idp.example.com/metadata");
        let read = Provider::read(&idp.metadata()).unwrap();
        assert_eq!(read.entity_id, "https://idp.example.com/metadata");
        assert_eq!(read.single_sign_on, "https://idp.example.com/sso");
        assert_eq!(read.certificates, [idp.certificate()]);
    }

    #[test]
    fn certificates_for_encryption_are_left_out() {
        let idp = Idp::new("https://idp.example.com/metadata");
        let metadata = idp.metadata().replace("use=\"signing\"", "use=\"encryption\"");
        let fault = Provider::read(&metadata).unwrap_err();
        assert_eq!(fault, Fault::Malformed("the metadata has no certificate for signatures"));

        let metadata = idp.metadata().replace(" use=\"signing\"", "");
        assert_eq!(Provider::read(&metadata).unwrap().certificates.len(), 1);
    }

    #[test]
    fn metadata_of_another_kind_is_refused() {
        let good = Idp::new("https://idp.example.com/metadata").metadata();
        for (what, with) in [
            ("<md:EntityDescriptor", "<!DOCTYPE x><md:EntityDescriptor"),
            ("entityID=", "entity="),
            ("IDPSSODescriptor", "SPSSODescriptor"),
            ("HTTP-Redirect", "HTTP-Artifact"),
            ("https://idp.example.com/sso", "javascript:alert(1)"),
            ("<ds:X509Certificate>", "<ds:X509Certificate>AAAA"),
        ] {
            let bad = good.replace(what, with);
            assert_ne!(bad, good, "{what}");
            assert!(matches!(Provider::read(&bad), Err(Fault::Malformed(_))), "{what}");
        }
    }

    #[test]
    fn metadata_of_a_pool_names_its_audience_and_consumer() {
        let text = of_pool("eu-west-1_Test", "http://localhost:9320/saml2/idpresponse");
        let doc = xml::parse(&text).unwrap();
        let root = xml::root(&doc, METADATA, "EntityDescriptor").unwrap();
        let entity = xml::attribute(&doc, root, "entityID");
        assert_eq!(entity, Some("urn:amazon:cognito:sp:eu-west-1_Test"));
        let role = xml::child(&doc, root, METADATA, "SPSSODescriptor").unwrap();
        let service = xml::child(&doc, role, METADATA, "AssertionConsumerService").unwrap();
        let url = xml::attribute(&doc, service, "Location");
        assert_eq!(url, Some("http://localhost:9320/saml2/idpresponse"));
    }
}
