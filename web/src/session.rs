//! Who is signed in.

use std::fmt;

use lifeguard::protocol::json::Value;
use lifeguard::protocol::jwt;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::AuthError;
use crate::json;

/// A live session: its tokens can be used as they are.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The access token, for one's own API.
    pub access_token: String,
    /// The ID token; `None` where the sign-in asked for no scope `openid`.
    pub id_token: Option<String>,
    /// When the access token ends, in Unix seconds of this device's clock.
    pub expires_at: u64,
    /// Who is signed in.
    pub user: User,
}

/// A signed-in user.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// User name in the pool.
    pub username: String,
    /// The pool's id of the user, which never changes.
    pub sub: String,
    /// Groups of the pool that the user is in.
    pub groups: Vec<String>,
    /// Claims of the ID token, else of the access token, as JSON.
    claims: String,
}

/// The stored record, as far as it is read here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    username: String,
    sub: String,
    access_token: String,
    #[serde(default)]
    id_token: Option<String>,
    expires_at: f64,
}

impl User {
    /// The user's claims as a type of the application. Their signature was not checked: what they
    /// allow is for a server to decide.
    ///
    /// ```no_run
    /// #[derive(serde::Deserialize)]
    /// struct Claims {
    ///     email: String,
    ///     #[serde(rename = "custom:plan")]
    ///     plan: Option<String>,
    /// }
    ///
    /// # fn show(user: &lifeguard_web::User) -> Result<(), lifeguard_web::AuthError> {
    /// let Claims { email, plan } = user.claims()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ProtocolViolation`](crate::ErrorCode::ProtocolViolation) where the claims do not fit the
    /// type; `detail` says which.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, AuthError> {
        json::parse(&self.claims)
    }
}

impl Session {
    /// The session of a stored record's text.
    pub(crate) fn read(record: &str) -> Result<Self, AuthError> {
        let record: Record = json::parse(record)?;
        let token = record.id_token.as_ref().unwrap_or(&record.access_token);
        let claims = jwt::claims(token).unwrap_or_else(|_| Value::object());
        let groups = claims.get("cognito:groups").map(Value::strings).unwrap_or_default();
        Ok(Self {
            user: User {
                username: record.username,
                sub: record.sub,
                groups,
                claims: claims.write(),
            },
            access_token: record.access_token,
            id_token: record.id_token,
            expires_at: (record.expires_at / 1000.0) as u64,
        })
    }
}

// SECURITY: what is logged has no tokens.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = f.debug_struct("Session");
        all.field("user", &self.user).field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("sub", &self.sub).finish_non_exhaustive()
    }
}
