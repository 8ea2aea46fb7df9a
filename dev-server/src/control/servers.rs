//! Resource servers: whose scopes tokens can carry.

use crate::caller::Caller;
use crate::input::{Kept, filled};
use crate::paging;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{ResourceServer, Store};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What is read by DescribeResourceServer, CreateResourceServer and DeleteResourceServer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    user_pool_id: String,
    identifier: String,
}

/// The input of ListResourceServers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    user_pool_id: String,
    max_results: Option<u64>,
    next_token: Option<String>,
}

/// CreateResourceServer.
pub(crate) fn create(server: &Server, _: &Caller, input: Kept<Named>) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.named.user_pool_id)?;
    let identifier = filled(&input.named.identifier, "Identifier")?;
    if store.find::<ResourceServer>(&pool.id, "", identifier)?.is_some() {
        let message = format!("{identifier} already exists in user pool {}.", pool.id);
        return Err(Refusal::invalid_parameter(message));
    }
    let new = ResourceServer {
        pool_id: pool.id,
        name: identifier.to_owned(),
        settings: input.settings,
        created: server.clock.now_ms(),
    };
    store.put(&new)?;
    Ok(json!({ "ResourceServer": describe(&new) }))
}

/// DescribeResourceServer.
pub(crate) fn show(server: &Server, _: &Caller, input: Named) -> Answer {
    Ok(
        json!({ "ResourceServer": describe(&named(&server.store(), &input.user_pool_id, &input.identifier)?) }),
    )
}

/// DeleteResourceServer.
pub(crate) fn delete(server: &Server, _: &Caller, input: Named) -> Answer {
    let store = server.store();
    let present = named(&store, &input.user_pool_id, &input.identifier)?;
    store.remove::<ResourceServer>(&present.pool_id, "", &present.name)?;
    Ok(json!({}))
}

/// ListResourceServers.
pub(crate) fn list(server: &Server, _: &Caller, input: List) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let limit = paging::limit(input.max_results, 50);
    let token = input.next_token.as_deref();
    let all = store.all::<ResourceServer>(&pool.id)?;
    let (page, token) = paging::page(all, |server| server.name.clone(), token, limit)?;
    let shown = page.iter().map(describe).collect();
    Ok(paging::reply("ResourceServers", shown, "NextToken", token))
}

fn named(store: &Store, pool_id: &str, identifier: &str) -> Result<ResourceServer, Refusal> {
    let pool = store.pool(pool_id)?;
    store
        .find(&pool.id, "", identifier)?
        .ok_or_else(|| Refusal::not_found(format!("Resource server {identifier} does not exist.")))
}

fn describe(server: &ResourceServer) -> Value {
    let mut shown = Map::from_iter([("UserPoolId".to_owned(), json!(server.pool_id))]);
    shown.insert("Identifier".to_owned(), json!(server.name));
    shown.extend(server.settings.clone());
    Value::Object(shown)
}
