//! Identities: made, found again by their logins, linked.

use super::login::{self, Login, Logins};
use crate::caller::Caller;
use crate::identity_pool::IdentityPool;
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Store, document};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One identity: a guest while nothing is linked to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) id: String,
    pub(super) pool_id: String,
    /// See [`Login::link`].
    pub(super) links: Vec<String>,
}

document!(Identity, "identity", id);

/// The input of `GetId`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetId {
    identity_pool_id: String,
    #[serde(default)]
    logins: Logins,
}

/// `GetId`.
pub(crate) fn get_id(server: &Server, _: &Caller, input: GetId) -> Answer {
    let pool = find(server, &input.identity_pool_id)?;
    let logins = login::believe(server, pool, &input.logins)?;
    let store = server.store();
    let identity = if logins.is_empty() {
        check_guests(pool)?;
        make(pool, &store)?
    } else {
        let mut holders = holders(pool, &store, &logins)?;
        match (holders.pop(), holders.is_empty()) {
            (Some(identity), true) => identity,
            (None, _) => make(pool, &store)?,
            (Some(_), false) => return Err(conflict()),
        }
    };
    let identity = link(&store, identity, &logins)?;
    Ok(json!({ "IdentityId": identity.id }))
}

/// The identity that a request names and may use with its logins: itself, or the one its login was linked to before.
pub(super) fn admit<'a>(
    server: &'a Server,
    id: &str,
    given: &Logins,
) -> Result<(&'a IdentityPool, Identity, Vec<Login<'a>>), Refusal> {
    let found = server.store().find_by_key::<Identity>(id)?;
    let identity =
        found.ok_or_else(|| Refusal::not_found(format!("Identity '{id}' not found.")))?;
    let pool = find(server, &identity.pool_id)?;
    let logins = login::believe(server, pool, given)?;
    if given.is_empty() {
        if !identity.links.is_empty() {
            let message = format!("Access to Identity '{id}' is forbidden.");
            return Err(Refusal::not_authorized(message));
        }
        check_guests(pool)?;
        return Ok((pool, identity, logins));
    }
    let store = server.store();
    let is_linked = |login: &Login<'_>| identity.links.contains(&login.link());
    let mut others = holders(pool, &store, &logins)?;
    others.retain(|other| other.id != identity.id);
    let identity = match others.pop() {
        // A guest who signs in becomes whom the login was linked to before.
        Some(other) if identity.links.is_empty() && others.is_empty() => other,
        Some(_) if identity.links.is_empty() || logins.iter().any(is_linked) => {
            return Err(conflict());
        }
        None if identity.links.is_empty() || logins.iter().any(is_linked) => identity,
        _ => {
            return Err(Refusal::not_authorized(
                "Logins don't match. Please include at least one valid login for this identity or \
                 identity pool.",
            ));
        }
    };
    let identity = link(&store, identity, &logins)?;
    drop(store);
    Ok((pool, identity, logins))
}

fn check_guests(pool: &IdentityPool) -> Result<(), Refusal> {
    if pool.settings.allow_unauthenticated_identities {
        return Ok(());
    }
    Err(Refusal::not_authorized("Unauthenticated access is not supported for this identity pool."))
}

fn make(pool: &IdentityPool, store: &Store) -> Result<Identity, Refusal> {
    let identity = Identity {
        id: format!("{}:{}", pool.region(), random::uuid()?),
        pool_id: pool.id.clone(),
        links: Vec::new(),
    };
    store.put(&identity)?;
    Ok(identity)
}

/// The identities that some of the logins are linked to already.
fn holders(
    pool: &IdentityPool,
    store: &Store,
    logins: &[Login<'_>],
) -> Result<Vec<Identity>, Refusal> {
    let mut identities = store.all::<Identity>(&pool.id)?;
    identities.retain(|identity| logins.iter().any(|l| identity.links.contains(&l.link())));
    Ok(identities)
}

fn conflict() -> Refusal {
    Refusal::new("ResourceConflictException", "Logins are already linked to another account.")
}

fn link(store: &Store, mut identity: Identity, logins: &[Login<'_>]) -> Result<Identity, Refusal> {
    for link in logins.iter().map(Login::link) {
        if !identity.links.contains(&link) {
            identity.links.push(link);
        }
    }
    store.put(&identity)?;
    Ok(identity)
}

/// The identity pool of an id.
fn find<'a>(server: &'a Server, id: &str) -> Result<&'a IdentityPool, Refusal> {
    let found = server.config.identity_pools.iter().find(|pool| pool.id == id);
    found.ok_or_else(|| Refusal::not_found(format!("IdentityPool '{id}' not found.")))
}
