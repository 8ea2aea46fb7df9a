//! What is kept between a person's arrival and the app's call: codes, and sign-ins of a browser.

use crate::store::document;
use serde::{Deserialize, Serialize};

/// An authorization code; the key is its SHA-256.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AuthorizationCode {
    pub(super) key: String,
    pub(super) pool_id: String,
    pub(super) client_id: String,
    pub(super) username: String,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) nonce: Option<String>,
    pub(super) code_challenge: Option<String>,
    /// Seconds since the epoch.
    pub(super) auth_time: i64,
    /// Milliseconds since the epoch.
    pub(super) expires: i64,
    /// Spent codes are kept until they expire: a second use revokes what the first one gave.
    pub(super) spent: bool,
    pub(super) replayed: bool,
    /// The key of the refresh token it was exchanged for.
    pub(super) refresh_key: Option<String>,
}

document!(AuthorizationCode, "authorization_code", key, username; ends |code| code.expires);

/// A browser in which somebody signed in; the key is the SHA-256 of its cookie.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct BrowserSession {
    pub(super) key: String,
    pub(super) pool_id: String,
    pub(super) username: String,
    /// `COGNITO`, or the name of the identity provider that vouched.
    pub(super) provider: String,
    /// Seconds since the epoch.
    pub(super) auth_time: i64,
    /// Milliseconds since the epoch.
    pub(super) expires: i64,
}

document!(BrowserSession, "browser_session", key, username; ends |session| session.expires);
