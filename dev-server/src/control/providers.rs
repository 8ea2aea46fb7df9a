//! Identity providers.

use crate::caller::Caller;
use crate::input::{Kept, filled};
use crate::paging;
use crate::refusal::{Answer, Refusal};
use crate::saml::metadata::Provider as Metadata;
use crate::server::Server;
use crate::store::{IdentityProvider, Store};
use crate::timestamp::seconds;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What is read by CreateIdentityProvider, DescribeIdentityProvider, UpdateIdentityProvider and DeleteIdentityProvider.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    user_pool_id: String,
    provider_name: String,
}

/// The input of ListIdentityProviders.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    user_pool_id: String,
    max_results: Option<u64>,
    next_token: Option<String>,
}

/// CreateIdentityProvider.
pub(crate) fn create(server: &Server, _: &Caller, input: Kept<Named>) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.named.user_pool_id)?;
    let name = filled(&input.named.provider_name, "ProviderName")?;
    if store.find::<IdentityProvider>(&pool.id, "", name)?.is_some() {
        return Err(Refusal::new(
            "DuplicateProviderException",
            format!("Identity provider {name} already exists."),
        ));
    }
    let new = IdentityProvider {
        pool_id: pool.id,
        name: name.to_owned(),
        settings: checked(input.settings)?,
        created: server.clock.now_ms(),
    };
    store.put(&new)?;
    Ok(json!({ "IdentityProvider": describe(&new) }))
}

/// DescribeIdentityProvider.
pub(crate) fn show(server: &Server, _: &Caller, input: Named) -> Answer {
    Ok(
        json!({ "IdentityProvider": describe(&named(&server.store(), &input.user_pool_id, &input.provider_name)?) }),
    )
}

/// UpdateIdentityProvider: the members that the request names are replaced.
pub(crate) fn update(server: &Server, _: &Caller, input: Kept<Named>) -> Answer {
    let store = server.store();
    let name = filled(&input.named.provider_name, "ProviderName")?;
    let mut present = named(&store, &input.named.user_pool_id, name)?;
    present.settings.extend(input.settings);
    present.settings = checked(present.settings)?;
    store.put(&present)?;
    Ok(json!({ "IdentityProvider": describe(&present) }))
}

/// DeleteIdentityProvider.
pub(crate) fn delete(server: &Server, _: &Caller, input: Named) -> Answer {
    let store = server.store();
    let present = named(&store, &input.user_pool_id, &input.provider_name)?;
    store.remove::<IdentityProvider>(&present.pool_id, "", &present.name)?;
    Ok(json!({}))
}

/// ListIdentityProviders.
pub(crate) fn list(server: &Server, _: &Caller, input: List) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let limit = paging::limit(input.max_results, 60);
    let token = input.next_token.as_deref();
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

fn named(store: &Store, pool_id: &str, name: &str) -> Result<IdentityProvider, Refusal> {
    let pool = store.pool(pool_id)?;
    store
        .find(&pool.id, "", name)?
        .ok_or_else(|| Refusal::not_found(format!("Identity provider {name} does not exist.")))
}

/// SAML: reads the metadata that came along, and reports of it what the service does.
fn checked(mut settings: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    if settings.get("ProviderType").and_then(Value::as_str) != Some("SAML") {
        return Ok(settings);
    }
    let details = settings.get_mut("ProviderDetails").and_then(Value::as_object_mut);
    let no_details = || {
        Refusal::invalid_parameter("ProviderDetails must have one of MetadataFile and MetadataURL.")
    };
    let details = details.ok_or_else(no_details)?;
    let text = |name: &str| details.get(name).and_then(Value::as_str);
    match (text("MetadataFile"), text("MetadataURL")) {
        (Some(file), None) => {
            let metadata = Metadata::read(file).map_err(|fault| {
                Refusal::invalid_parameter(format!("Invalid SAML metadata: {fault}."))
            })?;
            details.insert("SSORedirectBindingURI".to_owned(), json!(metadata.single_sign_on));
        }
        // Fetched at each sign-in: a provider that is not up yet can be named.
        (None, Some(_)) => {}
        _ => return Err(no_details()),
    }
    Ok(settings)
}

fn describe(provider: &IdentityProvider) -> Value {
    let mut shown = Map::from_iter([("UserPoolId".to_owned(), json!(provider.pool_id))]);
    shown.insert("ProviderName".to_owned(), json!(provider.name));
    shown.extend(provider.settings.clone());
    shown.insert("CreationDate".to_owned(), seconds(provider.created).into());
    shown.insert("LastModifiedDate".to_owned(), seconds(provider.created).into());
    Value::Object(shown)
}
