//! ListUsers.

use super::filter::Filter;
use super::named::describe_user;
use crate::caller::Caller;
use crate::paging;
use crate::refusal::Answer;
use crate::server::Server;
use crate::store::User;
use serde::Deserialize;
use serde_json::Value;

const LONGEST_PAGE: u32 = 60;

/// The input of ListUsers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    user_pool_id: String,
    #[serde(default)]
    filter: String,
    limit: Option<u64>,
    pagination_token: Option<String>,
    attributes_to_get: Option<Vec<String>>,
}

/// ListUsers.
pub(crate) fn list(server: &Server, _: &Caller, input: List) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let filter = Filter::parse(&input.filter)?;
    let mut users: Vec<User> = store.all(&pool.id)?;
    users.retain(|user| filter.as_ref().is_none_or(|filter| filter.passes(user)));
    let limit = paging::limit(input.limit, LONGEST_PAGE);
    let token = input.pagination_token.as_deref();
    let (users, token) = paging::page(users, |user| user.username.clone(), token, limit)?;
    let wanted = input.attributes_to_get;
    let users: Vec<Value> =
        users.iter().map(|user| describe_user(user, wanted.as_deref())).collect();
    Ok(paging::reply("Users", users, "PaginationToken", token))
}
