//! Identity pools and their credentials, across the boundary.

use super::{Input, Output};
use crate::protocol::error::Misuse;
use crate::protocol::identity::{Credentials, IdentityPool};
use crate::protocol::json::Value;

/// `identityPool` of the configuration, where there is one.
pub(in crate::bindings) fn identity_pool(config: &Input) -> Result<Option<IdentityPool>, Misuse> {
    let config = config.value();
    let Some(given) = config.get("identityPool") else { return Ok(None) };
    let id = given.str("id").ok_or(Misuse("identityPool.id"))?;
    IdentityPool::parse(id, given.str("endpoint"), given.is_true("guests")).map(Some)
}

impl Output for Credentials {
    /// `AwsCredentials`, the time as a number
    fn output(&self) -> Value {
        let token = self.key.session_token.as_ref();
        let secret = &self.key.secret_access_key;
        Value::object()
            .with("identityId", self.identity_id.as_str())
            .with("accessKeyId", self.key.access_key_id.as_str())
            .with("secretAccessKey", secret.expose("the page asked for it").as_str())
            .with_some(
                "sessionToken",
                token.map(|token| token.expose("the page asked for it").as_str()),
            )
            .with("expiration", self.expires_at)
    }
}
