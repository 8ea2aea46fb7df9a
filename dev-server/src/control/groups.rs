//! Groups of users.

use super::named::describe_user;
use super::named::{pool, pool_and_user, settings};
use crate::caller::Caller;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Group, Pool, Store, User};
use crate::timestamp::seconds;
use crate::{input, paging};
use serde_json::{Map, Value, json};

const LONGEST_PAGE: u32 = 60;
/// Groups that one user may be in.
const MOST_GROUPS: usize = 100;

/// CreateGroup.
pub(crate) fn create(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let pool = pool(&store, &request)?;
    let name = input::required(&request, "GroupName")?;
    if store.find::<Group>(&pool.id, "", name)?.is_some() {
        return Err(Refusal::new("GroupExistsException", "A group with the name already exists."));
    }
    let new = Group {
        pool_id: pool.id,
        name: name.to_owned(),
        settings: settings(&request, &["UserPoolId", "GroupName"]),
        created: server.clock.now_ms(),
    };
    store.put(&new)?;
    Ok(json!({ "Group": describe(&new) }))
}

/// GetGroup.
pub(crate) fn show(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let pool = pool(&store, &request)?;
    Ok(json!({ "Group": describe(&named(&store, &pool, &request)?) }))
}

/// DeleteGroup: its members leave it.
pub(crate) fn delete(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let pool = pool(&store, &request)?;
    let group = named(&store, &pool, &request)?;
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
pub(crate) fn list(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let pool = pool(&store, &request)?;
    page(store.all(&pool.id)?, &request)
}

/// AdminAddUserToGroup; who is in it already stays in it.
pub(crate) fn add_user(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, mut user) = pool_and_user(&store, &request)?;
    let group = named(&store, &pool, &request)?;
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
pub(crate) fn remove_user(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, mut user) = pool_and_user(&store, &request)?;
    let group = named(&store, &pool, &request)?;
    user.groups.retain(|name| *name != group.name);
    store.put_user(&user)?;
    Ok(json!({}))
}

/// AdminListGroupsForUser.
pub(crate) fn of_user(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &request)?;
    let mut groups: Vec<Group> = store.all(&pool.id)?;
    groups.retain(|group| user.groups.contains(&group.name));
    page(groups, &request)
}

/// ListUsersInGroup.
pub(crate) fn users(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let pool = pool(&store, &request)?;
    let group = named(&store, &pool, &request)?;
    let users = members(&store, &pool, &group)?;
    let token = input::text(&request, "NextToken");
    let (users, token) = paging::page(
        users,
        |user| user.username.clone(),
        token,
        paging::limit(&request, "Limit", LONGEST_PAGE),
    )?;
    let users: Vec<Value> = users.iter().map(|user| describe_user(user, None)).collect();
    Ok(paging::reply("Users", users, "NextToken", token))
}

fn members(store: &Store, pool: &Pool, group: &Group) -> Result<Vec<User>, Refusal> {
    let mut users: Vec<User> = store.all(&pool.id)?;
    users.retain(|user| user.groups.contains(&group.name));
    Ok(users)
}

fn named(store: &Store, pool: &Pool, request: &Value) -> Result<Group, Refusal> {
    let name = input::required(request, "GroupName")?;
    store.find(&pool.id, "", name)?.ok_or_else(|| Refusal::not_found("Group not found."))
}

fn page(groups: Vec<Group>, request: &Value) -> Answer {
    let token = input::text(request, "NextToken");
    let (groups, token) = paging::page(
        groups,
        |group| group.name.clone(),
        token,
        paging::limit(request, "Limit", LONGEST_PAGE),
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
