//! On whose behalf tokens are made.

use crate::store::{Client, Pool, RefreshToken, User};
use serde_json::{Map, Value};

/// On whose behalf and for what tokens are made.
#[derive(Debug, Clone)]
pub(crate) struct Grant<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) client: &'a Client,
    pub(crate) user: &'a User,
    /// Space separated.
    pub(crate) scope: String,
    pub(crate) device_key: Option<String>,
    /// Of the `authorize` request.
    pub(crate) nonce: Option<String>,
    /// When the person signed in, in seconds, where that was before now.
    pub(crate) auth_time: Option<i64>,
    /// The trigger source without `TokenGeneration_`.
    pub(crate) source: &'a str,
    pub(crate) metadata: Map<String, Value>,
    /// What a renewal keeps of the sign-in; nothing for a new sign-in.
    pub(crate) renewed: Option<RefreshToken>,
}

impl Grant<'_> {
    /// Whether the tokens come, or once came, from a redirect.
    pub(super) fn is_hosted(&self) -> bool {
        self.source == "HostedAuth" || self.renewed.as_ref().is_some_and(|token| token.hosted)
    }
}
