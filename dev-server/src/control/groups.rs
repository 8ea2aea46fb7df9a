//! Groups of users.

use super::named::describe_user;
use super::named::pool_and_user;
use crate::caller::Caller;
use crate::input::{Kept, filled};
use crate::paging;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Group, Pool, Store, User};
use crate::timestamp::seconds;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const LONGEST_PAGE: u32 = 60;
/// Groups that one user may be in.
const MOST_GROUPS: usize = 100;

/// What is read by CreateGroup, GetGroup and DeleteGroup.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    user_pool_id: String,
    group_name: String,
}

/// The input of ListGroups.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    user_pool_id: String,
    limit: Option<u64>,
    next_token: Option<String>,
}

/// The input of AdminAddUserToGroup and of AdminRemoveUserFromGroup.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Member {
    user_pool_id: String,
    username: String,
    group_name: String,
}

/// The input of AdminListGroupsForUser.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OfUser {
    user_pool_id: String,
    username: String,
    limit: Option<u64>,
    next_token: Option<String>,
}

/// The input of ListUsersInGroup.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Users {
    user_pool_id: String,
    group_name: String,
    limit: Option<u64>,
    next_token: Option<String>,
}

/// CreateGroup.
pub(crate) fn create(server: &Server, _: &Caller, input: Kept<Named>) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.named.user_pool_id)?;
    let name = filled(&input.named.group_name, "GroupName")?;
    if store.find::<Group>(&pool.id, "", name)?.is_some() {
        return Err(Refusal::new("GroupExistsException", "A group with the name already exists."));
    }
    let new = Group {
        pool_id: pool.id,
        name: name.to_owned(),
        settings: input.settings,
        created: server.clock.now_ms(),
    };
    store.put(&new)?;
    Ok(json!({ "Group": describe(&new) }))
}

/// GetGroup.
pub(crate) fn show(server: &Server, _: &Caller, input: Named) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    Ok(json!({ "Group": describe(&named(&store, &pool, &input.group_name)?) }))
}

/// DeleteGroup: its members leave it.
pub(crate) fn delete(server: &Server, _: &Caller, input: Named) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let group = named(&store, &pool, &input.group_name)?;
    store.atomically(|| {
        store.remove::<Group>(&pool.id, "", &group.name)?;
        for mut user in members(&store, &pool, &group)? {
            user.groups.retain(|name| *name != group.name);
            store.put_user(&user)?;
        }
        Ok(json!({}))
    })
}

/// ListGroups.
pub(crate) fn list(server: &Server, _: &Caller, input: List) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    page(store.all(&pool.id)?, input.limit, input.next_token.as_deref())
}

/// AdminAddUserToGroup; who is in it already stays in it.
pub(crate) fn add_user(server: &Server, _: &Caller, input: Member) -> Answer {
    let store = server.store();
    let (pool, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    let group = named(&store, &pool, &input.group_name)?;
    if !user.groups.contains(&group.name) {
        if user.groups.len() >= MOST_GROUPS {
            return Err(Refusal::new(
                "LimitExceededException",
                "The user is in as many groups as a user may be in.",
            ));
        }
        user.groups.push(group.name);
        store.put_user(&user)?;
    }
    Ok(json!({}))
}

/// AdminRemoveUserFromGroup.
pub(crate) fn remove_user(server: &Server, _: &Caller, input: Member) -> Answer {
    let store = server.store();
    let (pool, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    let group = named(&store, &pool, &input.group_name)?;
    user.groups.retain(|name| *name != group.name);
    store.put_user(&user)?;
    Ok(json!({}))
}

/// AdminListGroupsForUser.
pub(crate) fn of_user(server: &Server, _: &Caller, input: OfUser) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    let mut groups: Vec<Group> = store.all(&pool.id)?;
    groups.retain(|group| user.groups.contains(&group.name));
    page(groups, input.limit, input.next_token.as_deref())
}

/// ListUsersInGroup.
pub(crate) fn users(server: &Server, _: &Caller, input: Users) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let group = named(&store, &pool, &input.group_name)?;
    let users = members(&store, &pool, &group)?;
    let token = input.next_token.as_deref();
    let (users, token) = paging::page(
        users,
        |user| user.username.clone(),
        token,
        paging::limit(input.limit, LONGEST_PAGE),
    )?;
    let users: Vec<Value> = users.iter().map(|user| describe_user(user, None)).collect();
    Ok(paging::reply("Users", users, "NextToken", token))
}

fn members(store: &Store, pool: &Pool, group: &Group) -> Result<Vec<User>, Refusal> {
    let mut users: Vec<User> = store.all(&pool.id)?;
    users.retain(|user| user.groups.contains(&group.name));
    Ok(users)
}

fn named(store: &Store, pool: &Pool, name: &str) -> Result<Group, Refusal> {
    store.find(&pool.id, "", name)?.ok_or_else(|| Refusal::not_found("Group not found."))
}

fn page(groups: Vec<Group>, wanted: Option<u64>, token: Option<&str>) -> Answer {
    let (groups, token) = paging::page(
        groups,
        |group| group.name.clone(),
        token,
        paging::limit(wanted, LONGEST_PAGE),
    )?;
    Ok(paging::reply("Groups", groups.iter().map(describe).collect(), "NextToken", token))
}

fn describe(group: &Group) -> Value {
    let mut shown = Map::from_iter([("GroupName".to_owned(), json!(group.name))]);
    shown.insert("UserPoolId".to_owned(), json!(group.pool_id));
    shown.extend(group.settings.clone());
    shown.insert("CreationDate".to_owned(), seconds(group.created).into());
    shown.insert("LastModifiedDate".to_owned(), seconds(group.created).into());
    Value::Object(shown)
}
