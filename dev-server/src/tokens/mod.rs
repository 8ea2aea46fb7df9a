//! Tokens: issued, renewed, believed, revoked.

mod bearer;
mod claims;
mod grant;
mod issue;
pub(crate) mod jwks;
mod refresh;
mod trigger;

pub(crate) use bearer::{ADMIN_SCOPE, Bearer, authorize, believe};
pub(crate) use claims::{is_in_scope, is_readable};
pub(crate) use grant::Grant;
pub(crate) use issue::{issue, issue_to_client};
pub(crate) use refresh::{Renewal, renew, revoke_family, sign_out_everywhere};

use crate::server::Server;
use crate::store::Pool;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

impl Server {
    /// The claim `iss` of a pool.
    pub(crate) fn issuer(&self, pool: &Pool) -> String {
        if pool.aws_issuer {
            return format!("https://cognito-idp.{}.amazonaws.com/{}", pool.region(), pool.id);
        }
        format!("{}/{}", self.public_url, pool.id)
    }
}

/// When a token was made, in milliseconds: its `jti` says so, for `iat` has whole seconds only and a sign-in may follow
/// a sign-out within one.
pub(crate) fn made_at(claims: &Map<String, Value>) -> i64 {
    let jti = claims.get("jti").and_then(Value::as_str).unwrap_or_default();
    let iat = claims.get("iat").and_then(Value::as_i64).unwrap_or_default();
    crate::random::moment_of(jti).unwrap_or_else(|| iat.saturating_mul(1000))
}

/// What the store knows an opaque token or session by: a copy of the database signs nobody in.
pub(crate) fn fingerprint(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
