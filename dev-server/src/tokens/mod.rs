//! Tokens: issued, renewed, believed, revoked.

mod bearer;
mod claims;
mod issue;
mod refresh;
mod trigger;

pub(crate) use bearer::{ADMIN_SCOPE, Bearer, authorize, believe};
pub(crate) use claims::{is_in_scope, is_readable};
pub(crate) use issue::{Grant, issue, issue_to_client};
pub(crate) use refresh::{Renewal, renew, revoke_family, sign_out_everywhere};

use crate::server::Server;
use crate::store::Pool;
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

/// What the store knows an opaque token or session by: a copy of the database signs nobody in.
pub(crate) fn fingerprint(token: &str) -> String {
    crate::hex::encode(&Sha256::digest(token))
}
