//! ListUsers.

use super::filter::Filter;
use super::named::{describe_user, pool};
use crate::caller::Caller;
use crate::input::member;
use crate::refusal::Answer;
use crate::server::Server;
use crate::store::User;
use crate::{input, paging};
use serde_json::Value;

const LONGEST_PAGE: u32 = 60;

/// ListUsers.
pub(crate) fn list(server: &Server, _: &Caller, request: Value) -> Answer {
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
