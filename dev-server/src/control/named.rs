//! What a request names, and people as lists show them.

use crate::attributes::listed;
use crate::refusal::Refusal;
use crate::store::{Pool, Store, User};
use crate::timestamp::seconds;
use serde::Deserialize;
use serde_json::{Value, json};

/// The input of an operation on a pool.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OnlyPool {
    pub(super) user_pool_id: String,
}

/// The input of an operation on a user.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OnlyUser {
    pub(super) user_pool_id: String,
    pub(super) username: String,
}

/// The pool and the user of these names, the user's any that the user signs in with.
pub(super) fn pool_and_user(
    store: &Store,
    pool_id: &str,
    username: &str,
) -> Result<(Pool, User), Refusal> {
    let pool = store.pool(pool_id)?;
    let user = store.resolve_user(&pool, username)?.ok_or_else(Refusal::user_not_found)?;
    Ok((pool, user))
}

/// The shape `UserType`, with all attributes or only the wanted ones.
pub(super) fn describe_user(user: &User, wanted: Option<&[String]>) -> Value {
    let shown = user
        .attributes
        .iter()
        .filter(|(name, _)| wanted.is_none_or(|wanted| wanted.contains(name)));
    json!({
        "Username": user.username,
        "Attributes": listed(shown),
        "UserCreateDate": seconds(user.created),
        "UserLastModifiedDate": seconds(user.modified),
        "Enabled": user.enabled,
        "UserStatus": user.status.name(),
    })
}
