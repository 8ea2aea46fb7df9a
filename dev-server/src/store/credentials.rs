//! Credentials that identity pools gave out.

use super::{Document, TOLD_MS};
use serde::{Deserialize, Serialize};

/// Temporary credentials of an identity; the key is the access key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IssuedCredentials {
    pub(crate) access_key: String,
    /// In clear: whoever checks a signature must have it.
    pub(crate) secret: String,
    pub(crate) session_token: String,
    pub(crate) role_arn: String,
    pub(crate) identity_id: String,
    pub(crate) identity_pool_id: String,
    pub(crate) provider: Option<String>,
    /// Milliseconds since the epoch.
    pub(crate) expires: i64,
}

impl Document for IssuedCredentials {
    const KIND: &'static str = "aws_credentials";
    fn pool_id(&self) -> &str {
        &self.identity_pool_id
    }
    fn owner(&self) -> &str {
        &self.identity_id
    }
    fn key(&self) -> &str {
        &self.access_key
    }
    fn ends(&self) -> Option<i64> {
        Some(self.expires.saturating_add(TOLD_MS))
    }
}
