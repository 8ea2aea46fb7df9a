//! What administrators do: pools, clients, people, groups. Settings whose flow this server does not have are kept
//! and reported back. Calls must be signed (`sigv4`), by a key of the configuration or by a role that may.

mod clients;
mod devices;
mod domains;
mod filter;
mod groups;
mod linking;
mod listing;
mod passwords;
mod pools;
mod providers;
mod servers;
#[cfg(test)]
mod tests;
mod users;

use crate::dispatch::{Operation, signed, signed_later};
use crate::input::text;
use crate::later;
use crate::refusal::Refusal;
use crate::store::{Pool, Store, User};
use serde_json::{Map, Value};

/// The rows of the dispatch table.
pub(crate) const OPERATIONS: &[Operation] = &[
    signed("CreateUserPool", pools::create),
    signed("DescribeUserPool", pools::show),
    signed("UpdateUserPool", pools::update),
    signed("DeleteUserPool", pools::delete),
    signed("ListUserPools", pools::list),
    signed("AddCustomAttributes", pools::add_attributes),
    signed("SetUserPoolMfaConfig", pools::set_mfa),
    signed("GetUserPoolMfaConfig", pools::show_mfa),
    signed("CreateUserPoolClient", clients::create),
    signed("DescribeUserPoolClient", clients::show),
    signed("UpdateUserPoolClient", clients::update),
    signed("DeleteUserPoolClient", clients::delete),
    signed("ListUserPoolClients", clients::list),
    signed("CreateUserPoolDomain", domains::create),
    signed("DescribeUserPoolDomain", domains::show),
    signed("DeleteUserPoolDomain", domains::delete),
    signed("CreateResourceServer", servers::create),
    signed("DescribeResourceServer", servers::show),
    signed("DeleteResourceServer", servers::delete),
    signed("ListResourceServers", servers::list),
    signed("CreateIdentityProvider", providers::create),
    signed("DescribeIdentityProvider", providers::show),
    signed("UpdateIdentityProvider", providers::update),
    signed("DeleteIdentityProvider", providers::delete),
    signed("ListIdentityProviders", providers::list),
    signed("CreateGroup", groups::create),
    signed("GetGroup", groups::show),
    signed("DeleteGroup", groups::delete),
    signed("ListGroups", groups::list),
    signed("AdminAddUserToGroup", groups::add_user),
    signed("AdminRemoveUserFromGroup", groups::remove_user),
    signed("AdminListGroupsForUser", groups::of_user),
    signed("ListUsersInGroup", groups::users),
    signed_later("AdminCreateUser", later!(users::create)),
    signed("AdminGetUser", users::show),
    signed("AdminDeleteUser", users::delete),
    signed("AdminDisableUser", users::disable),
    signed("AdminEnableUser", users::enable),
    signed_later("AdminConfirmSignUp", later!(users::confirm)),
    signed_later("AdminUpdateUserAttributes", later!(users::update_attributes)),
    signed("AdminDeleteUserAttributes", users::delete_attributes),
    signed("AdminUserGlobalSignOut", users::sign_out),
    signed("AdminSetUserMFAPreference", users::set_mfa),
    signed_later("AdminSetUserPassword", later!(passwords::set)),
    signed_later("AdminResetUserPassword", later!(passwords::reset)),
    signed("AdminListDevices", devices::list),
    signed("AdminGetDevice", devices::show),
    signed("AdminUpdateDeviceStatus", devices::update_status),
    signed("AdminForgetDevice", devices::forget),
    signed("ListUsers", listing::list),
    signed("AdminLinkProviderForUser", linking::link),
    signed("AdminDisableProviderForUser", linking::disable),
];

/// The pool that the request names.
fn pool(store: &Store, request: &Value) -> Result<Pool, Refusal> {
    store.pool(text(request, "UserPoolId").unwrap_or_default())
}

/// The pool and the user that the request names, by any name the user signs in with.
fn pool_and_user(store: &Store, request: &Value) -> Result<(Pool, User), Refusal> {
    let pool = pool(store, request)?;
    let typed = text(request, "Username").unwrap_or_default();
    let user = store.resolve_user(&pool, typed)?.ok_or_else(Refusal::user_not_found)?;
    Ok((pool, user))
}

/// The request's members but for some: what is kept as settings.
fn settings(request: &Value, without: &[&str]) -> Map<String, Value> {
    let mut settings = request.as_object().cloned().unwrap_or_default();
    settings.retain(|name, _| !without.contains(&name.as_str()));
    settings
}
