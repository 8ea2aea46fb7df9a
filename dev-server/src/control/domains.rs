//! Domains of user pools: one prefix, one name of the developer's own.

use crate::caller::Caller;
use crate::input::{Kept, filled};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::Domain;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The input of DescribeUserPoolDomain.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Show {
    domain: String,
}

/// What is read by CreateUserPoolDomain and DeleteUserPoolDomain.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    user_pool_id: String,
    domain: String,
}

/// CreateUserPoolDomain.
pub(crate) fn create(server: &Server, _: &Caller, input: Kept<Named>) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.named.user_pool_id)?;
    let name = filled(&input.named.domain, "Domain")?;
    let version = input.settings.get("ManagedLoginVersion").and_then(Value::as_i64).unwrap_or(1);
    if store.find_by_key::<Domain>(name)?.is_some() {
        return Err(Refusal::invalid_parameter("Domain already exists."));
    }
    let is_custom = |name: &str| name.contains('.');
    let present: Vec<Domain> = store.all(&pool.id)?;
    if present.iter().any(|domain| is_custom(&domain.name) == is_custom(name)) {
        return Err(Refusal::invalid_parameter("User pool already has a domain configured."));
    }
    store.put(&Domain {
        pool_id: pool.id,
        name: name.to_owned(),
        settings: input.settings,
        created: server.clock.now_ms(),
    })?;
    if is_custom(name) {
        return Ok(json!({ "ManagedLoginVersion": version, "CloudFrontDomain": "localhost" }));
    }
    Ok(json!({ "ManagedLoginVersion": version }))
}

/// DescribeUserPoolDomain: an unknown one has an empty description, as in the service.
pub(crate) fn show(server: &Server, _: &Caller, input: Show) -> Answer {
    let name = filled(&input.domain, "Domain")?;
    let Some(domain) = server.store().find_by_key::<Domain>(name)? else {
        return Ok(json!({ "DomainDescription": {} }));
    };
    let mut shown: Map<String, Value> = domain.settings;
    shown.insert("Domain".to_owned(), domain.name.into());
    shown.insert("UserPoolId".to_owned(), domain.pool_id.into());
    shown.insert("Status".to_owned(), "ACTIVE".into());
    Ok(json!({ "DomainDescription": shown }))
}

/// DeleteUserPoolDomain.
pub(crate) fn delete(server: &Server, _: &Caller, input: Named) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let name = filled(&input.domain, "Domain")?;
    if !store.remove::<Domain>(&pool.id, "", name)? {
        return Err(Refusal::invalid_parameter("No such domain or user pool exists."));
    }
    Ok(json!({}))
}
