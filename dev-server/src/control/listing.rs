//! ListUsers.

use super::filter::Filter;
use super::pool;
use crate::account::devices::seconds;
use crate::attributes::listed;
use crate::input::member;
use crate::refusal::Answer;
use crate::server::{Caller, Server};
use crate::store::User;
use crate::{input, paging};
use serde_json::{Value, json};

const LONGEST_PAGE: u32 = 60;

/// ListUsers.
pub(super) fn list(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let pool = pool(&store, &request)?;
    let filter = Filter::parse(input::text(&request, "Filter").unwrap_or_default())?;
    let mut users: Vec<User> = store.all(&pool.id)?;
    users.retain(|user| filter.as_ref().is_none_or(|filter| filter.passes(user)));
    let limit = paging::limit(&request, "Limit", LONGEST_PAGE);
    let token = input::text(&request, "PaginationToken");
    let (users, token) = paging::page(users, |user| user.username.clone(), token, limit)?;
    let wanted: Option<Vec<String>> =
        serde_json::from_value(member(&request, "AttributesToGet").clone())?;
    let users: Vec<Value> =
        users.iter().map(|user| describe_user(user, wanted.as_deref())).collect();
    Ok(paging::reply("Users", users, "PaginationToken", token))
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
