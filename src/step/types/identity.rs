//! Identity pools and their credentials, across the boundary.

use super::Output;
use crate::protocol::identity::Credentials;
use crate::protocol::json::Value;

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
