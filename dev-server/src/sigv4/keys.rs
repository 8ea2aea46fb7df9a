//! Keys that sign: a pair that lasts, or one with a session token.

use super::request::AssumedRole;
use serde::Deserialize;
use subtle::ConstantTimeEq;

/// A key pair of the configuration, for administrators' scripts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// What belongs to an access key.
pub(crate) struct Keys {
    pub(crate) secret: String,
    pub(crate) session_token: Option<String>,
    pub(crate) role: Option<AssumedRole>,
    pub(crate) is_expired: bool,
}

impl Keys {
    /// Whether a request carried the session token of this key, or rightly none.
    pub(super) fn has_token(&self, claimed: Option<&str>) -> bool {
        match (&self.session_token, claimed) {
            (Some(token), Some(claimed)) => token.as_bytes().ct_eq(claimed.as_bytes()).into(),
            (None, None) => true,
            _ => false,
        }
    }
}
