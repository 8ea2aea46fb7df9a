//! SAML 2.0, the service provider's side of the web browser single sign-on profile: what a pool needs to let
//! people in through an enterprise's identity provider.
//!
//! `metadata` reads what the provider says of itself and says the same of a pool, `request` sends the person
//! there, `response` judges what comes back, `signature` decides which element of it is proved, `replay`
//! remembers what was used. Knows nothing of pages, codes and users.
//!
//! Sections named here are those of the
//! [core](https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf) and
//! [profiles](https://docs.oasis-open.org/security/saml/v2.0/saml-profiles-2.0-os.pdf) documents.

pub(crate) mod metadata;
pub(crate) mod replay;
pub(crate) mod request;
pub(crate) mod response;
mod signature;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod xml;

use std::fmt;

/// `urn:oasis:names:tc:SAML:2.0:protocol`, the namespace of messages.
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// The namespace of assertions.
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// The namespace of metadata.
const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// The namespace of XML signatures.
const XML_SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The binding of requests: the query of a GET.
const HTTP_REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// The binding of responses: a form that posts itself.
const HTTP_POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// The name of a pool as a service provider: the audience of assertions for it.
pub(crate) fn service_provider(pool_id: &str) -> String {
    format!("urn:amazon:cognito:sp:{pool_id}")
}

/// Why a document is not accepted. Says no name, attribute or key of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not the document that was expected, or with parts that are not understood.
    Malformed(&'static str),
    /// The signature is missing, wrong, by somebody else, or proves another element.
    Unproven(&'static str),
    /// Made by another provider, for another service or for another request.
    Misdirected(&'static str),
    /// Too early, too late, or used before.
    Untimely(&'static str),
    /// The provider let nobody in; the last word of its status code.
    Declined(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(text)
            | Self::Unproven(text)
            | Self::Misdirected(text)
            | Self::Untimely(text) => formatter.write_str(text),
            Self::Declined(status) => write!(formatter, "the identity provider answered {status}"),
        }
    }
}
