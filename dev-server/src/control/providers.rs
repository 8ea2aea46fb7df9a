//! Identity providers.

use super::{pool, settings};
use crate::account::devices::seconds;
use crate::refusal::{Answer, Refusal};
use crate::server::{Caller, Server};
use crate::store::{IdentityProvider, Store};
use crate::{input, paging};
use serde_json::{Map, Value, json};

/// CreateIdentityProvider.
pub(super) fn create(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let pool = pool(&store, &request)?;
    let name = input::required(&request, "ProviderName")?;
    if store.find::<IdentityProvider>(&pool.id, "", name)?.is_some() {
        return Err(Refusal::new(
            "DuplicateProviderException",
            format!("Identity provider {name} already exists."),
        ));
    }
    let new = IdentityProvider {
        pool_id: pool.id,
        name: name.to_owned(),
        settings: settings(&request, &["UserPoolId", "ProviderName"]),
        created: server.clock.now_ms(),
    };
    store.put(&new)?;
    Ok(json!({ "IdentityProvider": describe(&new) }))
}

/// DescribeIdentityProvider.
pub(super) fn show(server: &Server, _: &Caller, request: Value) -> Answer {
    Ok(json!({ "IdentityProvider": describe(&named(&server.store(), &request)?) }))
}

/// UpdateIdentityProvider: the members that the request names are replaced.
pub(super) fn update(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let mut present = named(&store, &request)?;
    present.settings.extend(settings(&request, &["UserPoolId", "ProviderName"]));
    store.put(&present)?;
    Ok(json!({ "IdentityProvider": describe(&present) }))
}

/// DeleteIdentityProvider.
pub(super) fn delete(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let present = named(&store, &request)?;
    store.remove::<IdentityProvider>(&present.pool_id, "", &present.name)?;
    Ok(json!({}))
}

/// ListIdentityProviders.
pub(super) fn list(server: &Server, _: &Caller, request: Value) -> Answer {
    let store = server.store();
    let pool = pool(&store, &request)?;
    let limit = paging::limit(&request, "MaxResults", 60);
    let token = input::text(&request, "NextToken");
    let all = store.all::<IdentityProvider>(&pool.id)?;
    let (page, token) = paging::page(all, |provider| provider.name.clone(), token, limit)?;
    let brief = |provider: &IdentityProvider| {
        json!({
            "ProviderName": provider.name,
            "ProviderType": provider.settings.get("ProviderType"),
            "CreationDate": seconds(provider.created),
            "LastModifiedDate": seconds(provider.created),
        })
    };
    Ok(paging::reply("Providers", page.iter().map(brief).collect(), "NextToken", token))
}

fn named(store: &Store, request: &Value) -> Result<IdentityProvider, Refusal> {
    let pool = pool(store, request)?;
    let name = input::required(request, "ProviderName")?;
    store
        .find(&pool.id, "", name)?
        .ok_or_else(|| Refusal::not_found(format!("Identity provider {name} does not exist.")))
}

fn describe(provider: &IdentityProvider) -> Value {
    let mut shown = Map::from_iter([("UserPoolId".to_owned(), json!(provider.pool_id))]);
    shown.insert("ProviderName".to_owned(), json!(provider.name));
    shown.extend(provider.settings.clone());
    shown.insert("CreationDate".to_owned(), seconds(provider.created).into());
    shown.insert("LastModifiedDate".to_owned(), seconds(provider.created).into());
    Value::Object(shown)
}
