//! The keys that the server knows: those of the configuration, and those that identity pools issued.

use super::AssumedRole;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{Document, TOLD_MS};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// A key pair of the configuration, for administrators' scripts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
}

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

/// What belongs to an access key.
pub(super) struct Keys {
    pub(super) secret: String,
    pub(super) session_token: Option<String>,
    pub(super) role: Option<AssumedRole>,
    /// Milliseconds since the epoch; nothing for keys that last.
    pub(super) expires: Option<i64>,
}

impl Keys {
    /// Looks the key up; nothing when nobody has it.
    pub(super) fn find(server: &Server, access_key: &str) -> Result<Option<Self>, Refusal> {
        if let Some(key) = server.config.access_keys.iter().find(|key| key.id == access_key) {
            let secret = key.secret.clone();
            return Ok(Some(Self { secret, session_token: None, role: None, expires: None }));
        }
        let issued: Option<IssuedCredentials> = server.store().find_by_key(access_key)?;
        Ok(issued.map(|issued| Self {
            secret: issued.secret,
            session_token: Some(issued.session_token),
            expires: Some(issued.expires),
            role: Some(AssumedRole {
                arn: issued.role_arn,
                identity_id: issued.identity_id,
                identity_pool_id: issued.identity_pool_id,
                provider: issued.provider,
            }),
        }))
    }

    /// Whether a request carried the session token of this key, or rightly none.
    pub(super) fn has_token(&self, claimed: Option<&str>) -> bool {
        match (&self.session_token, claimed) {
            (Some(token), Some(claimed)) => token.as_bytes().ct_eq(claimed.as_bytes()).into(),
            (None, None) => true,
            _ => false,
        }
    }
}
