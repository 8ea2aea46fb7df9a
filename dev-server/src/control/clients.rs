//! App clients.

use crate::caller::Caller;
use crate::input::{Kept, filled};
use crate::refusal::{Answer, Refusal};
use crate::schema::{STANDARD, schema_of};
use crate::server::Server;
use crate::store::{Client, ClientPolicy, Pool, Store};
use crate::timestamp::seconds;
use crate::{paging, random};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::{Host, Url};

/// What CreateUserPoolClient reads.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Create {
    user_pool_id: String,
    client_name: String,
    #[serde(default)]
    generate_secret: bool,
    client_secret: Option<String>,
}

/// What UpdateUserPoolClient reads.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Update {
    user_pool_id: String,
    client_id: String,
    client_name: Option<String>,
}

/// The input of DescribeUserPoolClient and of DeleteUserPoolClient.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    user_pool_id: String,
    client_id: String,
}

/// The input of ListUserPoolClients.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    user_pool_id: String,
    max_results: Option<u64>,
    next_token: Option<String>,
}

/// CreateUserPoolClient.
pub(crate) fn create(server: &Server, _: &Caller, input: Kept<Create>) -> Answer {
    let store = server.store();
    let Kept { named: input, settings } = input;
    let pool = store.pool(&input.user_pool_id)?;
    let now = server.clock.now_ms();
    let secret = match input.client_secret {
        None if input.generate_secret => Some(random::alphanumeric(52)?),
        given => given,
    };
    let client = Client {
        id: random::alphanumeric(26)?,
        pool_id: pool.id.clone(),
        name: filled(&input.client_name, "ClientName")?.to_owned(),
        secret,
        settings,
        created: now,
        modified: now,
    };
    check(&pool, &client.policy())?;
    store.put(&client)?;
    Ok(json!({ "UserPoolClient": describe(&client) }))
}

/// DescribeUserPoolClient.
pub(crate) fn show(server: &Server, _: &Caller, input: Named) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    Ok(json!({ "UserPoolClient": describe(&client(&store, &pool, &input.client_id)?) }))
}

/// UpdateUserPoolClient: what the request leaves out goes back to its default, as in the service.
pub(crate) fn update(server: &Server, _: &Caller, input: Kept<Update>) -> Answer {
    let store = server.store();
    let Kept { named: input, settings } = input;
    let pool = store.pool(&input.user_pool_id)?;
    let mut client = client(&store, &pool, filled(&input.client_id, "ClientId")?)?;
    client.settings = settings;
    if let Some(name) = input.client_name {
        client.name = name;
    }
    check(&pool, &client.policy())?;
    client.modified = server.clock.now_ms();
    store.put(&client)?;
    Ok(json!({ "UserPoolClient": describe(&client) }))
}

/// DeleteUserPoolClient.
pub(crate) fn delete(server: &Server, _: &Caller, input: Named) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let client = client(&store, &pool, &input.client_id)?;
    store.remove::<Client>(&pool.id, "", &client.id)?;
    Ok(json!({}))
}

/// ListUserPoolClients.
pub(crate) fn list(server: &Server, _: &Caller, input: List) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let limit = paging::limit(input.max_results, 60);
    let token = input.next_token.as_deref();
    let clients = store.all::<Client>(&pool.id)?;
    let (clients, token) = paging::page(clients, |client| client.id.clone(), token, limit)?;
    let brief = |client: &Client| json!({ "ClientId": client.id, "UserPoolId": client.pool_id, "ClientName": client.name });
    Ok(paging::reply("UserPoolClients", clients.iter().map(brief).collect(), "NextToken", token))
}

/// The client of an id, if it is this pool's.
fn client(store: &Store, pool: &Pool, id: &str) -> Result<Client, Refusal> {
    let found: Option<Client> = store.find(&pool.id, "", id)?;
    found.ok_or_else(|| Refusal::not_found(format!("User pool client {id} does not exist.")))
}

fn check(pool: &Pool, client: &ClientPolicy) -> Result<(), Refusal> {
    for address in client.callback_urls.iter().chain(&client.logout_urls) {
        check_address(address)?;
    }
    let policy = pool.policy();
    for (names, what) in [(&client.read_attributes, "read"), (&client.write_attributes, "write")] {
        for name in names {
            if !STANDARD.contains(&name.as_str()) && schema_of(&policy, name).is_none() {
                return Err(Refusal::invalid_parameter(format!(
                    "Invalid {what} attributes specified while creating a client"
                )));
            }
        }
    }
    let flows = &client.explicit_auth_flows;
    if flows.iter().any(|flow| flow.starts_with("ALLOW_"))
        && flows.iter().any(|flow| !flow.starts_with("ALLOW_"))
    {
        return Err(Refusal::invalid_parameter(
            "Auth flows with and without the prefix ALLOW_ cannot be mixed.",
        ));
    }
    let is_rotating = client
        .refresh_token_rotation
        .as_ref()
        .is_some_and(|rotation| rotation.feature == "ENABLED");
    if is_rotating && flows.iter().any(|flow| flow == "ALLOW_REFRESH_TOKEN_AUTH") {
        return Err(Refusal::invalid_parameter(
            "Refresh token rotation cannot be enabled with ALLOW_REFRESH_TOKEN_AUTH.",
        ));
    }
    Ok(())
}

/// Absolute, without a fragment, and https unless it leads to this machine or to an app.
fn check_address(address: &str) -> Result<(), Refusal> {
    let refused = |told: &str| Err(Refusal::invalid_parameter(told.to_owned()));
    let Ok(url) = Url::parse(address) else {
        return refused("A callback or logout URL is not absolute.");
    };
    if url.fragment().is_some() {
        return refused("A callback or logout URL has a fragment.");
    }
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if url.scheme() == "http" && !is_local {
        return refused("A callback or logout URL must be https, or http on localhost.");
    }
    Ok(())
}

/// The shape `UserPoolClientType`.
fn describe(client: &Client) -> Value {
    let mut shown = Map::from_iter([("UserPoolId".to_owned(), json!(client.pool_id))]);
    shown.insert("ClientName".to_owned(), json!(client.name));
    shown.insert("ClientId".to_owned(), json!(client.id));
    if let Some(secret) = &client.secret {
        shown.insert("ClientSecret".to_owned(), json!(secret));
    }
    for (name, default) in [
        ("RefreshTokenValidity", json!(30)),
        ("EnableTokenRevocation", json!(true)),
        ("EnablePropagateAdditionalUserContextData", json!(false)),
        ("AllowedOAuthFlowsUserPoolClient", json!(false)),
        ("AuthSessionValidity", json!(3)),
        ("PreventUserExistenceErrors", json!("LEGACY")),
        (
            "ExplicitAuthFlows",
            json!(["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]),
        ),
    ] {
        shown.insert(name.to_owned(), default);
    }
    shown.extend(client.settings.clone());
    shown.insert("CreationDate".to_owned(), seconds(client.created).into());
    shown.insert("LastModifiedDate".to_owned(), seconds(client.modified).into());
    Value::Object(shown)
}
