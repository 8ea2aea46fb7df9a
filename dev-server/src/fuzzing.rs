//! The doors that strangers' input comes in by, without sockets: for `fuzz/`, and no API.

use crate::config::Config;
use crate::router::router;
use crate::saml::metadata::Provider;
use crate::saml::response::{Assertion, Expected};
use crate::server::Server;
use crate::store::Store;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Every address of a server in memory with the built-in configuration, which no identity provider answers.
///
/// # Errors
/// Why the configuration cannot be used.
pub fn addresses() -> Result<axum::Router, String> {
    let config = Config::load_with(None, "http://127.0.0.1:1")?;
    let server = Server::new(Store::open(None)?, config, "http://localhost:9320".to_owned());
    Ok(router(Arc::new(server.map_err(|refusal| refusal.message)?)))
}

/// What a SAML response must be for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The name of the pool as a service provider.
    pub audience: &'a str,
    /// The address it was posted to.
    pub recipient: &'a str,
    /// The request that it answers.
    pub request_id: &'a str,
    /// Seconds since the epoch.
    pub now: i64,
}

/// What an accepted SAML response says of a subject.
#[derive(Debug, PartialEq, Eq)]
pub struct Subject {
    /// The assertion's own name.
    pub id: String,
    /// The subject's name at the provider.
    pub name_id: String,
    /// Attributes by name, with all values.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// When the assertion ends, in seconds since the epoch.
    pub expires: i64,
}

/// A SAML identity provider, of which the server knows the metadata.
#[derive(Debug)]
pub struct SamlProvider(Provider);

impl SamlProvider {
    /// Reads metadata; `None` where it is refused.
    #[must_use]
    pub fn read(metadata: &str) -> Option<Self> {
        Provider::read(metadata).ok().map(Self)
    }

    /// Judges the form's `SAMLResponse`; `None` where it is refused.
    #[must_use]
    pub fn accept(&self, posted: &str, asked: &Asked<'_>) -> Option<Subject> {
        let Asked { audience, recipient, request_id, now } = *asked;
        let expected = Expected { provider: &self.0, audience, recipient, request_id, now };
        let Assertion { id, name_id, attributes, expires } =
            Assertion::read(posted, &expected).ok()?;
        Some(Subject { id, name_id, attributes, expires })
    }
}
