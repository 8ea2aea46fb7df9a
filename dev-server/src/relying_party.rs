//! For whom the passkeys of a pool of this server are made.

use crate::passkey::RelyingParty;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{Domain, Pool};
use url::Url;

/// The relying party of a pool of this server.
///
/// # Errors
/// `WebAuthnConfigurationMissingException` when the pool has neither a relying party id nor a domain.
pub(crate) fn relying_party(server: &Server, pool: &Pool) -> Result<RelyingParty, Refusal> {
    let domains: Vec<Domain> = server.store().all(&pool.id)?;
    // A pool's domain leads to this server, whatever its name: passkeys must work on the page that it shows.
    let host = Url::parse(&server.public_url).ok().and_then(|url| Some(url.host_str()?.to_owned()));
    RelyingParty::of(&pool.mfa_policy(), domains.first().and(host.as_deref()))
}
