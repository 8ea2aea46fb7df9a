//! Tokens.

use crate::server::Server;
use crate::store::Pool;

impl Server {
    /// The claim `iss` of a pool.
    pub(crate) fn issuer(&self, pool: &Pool) -> String {
        if pool.aws_issuer {
            return format!("https://cognito-idp.{}.amazonaws.com/{}", pool.region(), pool.id);
        }
        format!("{}/{}", self.public_url, pool.id)
    }
}
