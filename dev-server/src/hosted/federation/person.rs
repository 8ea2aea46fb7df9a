//! Who somebody at a provider is in this pool: a linked person, one who came before, or a new one.

use super::Failure;
use super::provider::Provider;
use crate::hosted::request::Request;
use crate::linking::{self, Identity, claim_text};
use crate::messages::event_attributes;
use crate::random;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{Group, Pool, User, UserStatus};
use crate::trigger::{Nothing, Occasion, PreSignUp, Trigger};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Finds or makes the person, and brings the mapped attributes up to date.
pub(super) async fn enter(
    server: &Server,
    request: &Request,
    provider: &Provider,
    claims: &Map<String, Value>,
) -> Result<User, Failure> {
    let subject = claims
        .get(provider.mapping.get("username").map_or(provider.subject_claim(), String::as_str))
        .and_then(claim_text)
        .filter(|subject| !subject.is_empty())
        .ok_or_else(|| Failure::invalid("The IdP does not say who the person is"))?;
    let pool = &request.context.pool;
    let attributes = mapped(provider, claims);
    let who = Identity {
        user_id: subject.clone(),
        provider_name: provider.name.clone(),
        provider_type: provider.kind.clone(),
    };
    let linked = linking::linked(&server.store(), pool, &who, claims).map_err(failed)?;
    let username = format!("{}_{subject}", provider.name);
    let known = match linked {
        Some(user) => Some(user),
        None => server.store().user(&pool.id, &username).map_err(failed)?,
    };
    let user = match known {
        Some(user) => update(server, request, user, attributes).await?,
        None => create(server, request, &who, &username, attributes).await?,
    };
    Ok(user)
}

/// The attributes that the provider's claims fill.
fn mapped(provider: &Provider, claims: &Map<String, Value>) -> BTreeMap<String, String> {
    let pairs = provider.mapping.iter().filter(|(attribute, _)| *attribute != "username");
    pairs
        .filter_map(|(attribute, claim)| Some((attribute.clone(), claim_text(claims.get(claim)?)?)))
        .collect()
}

async fn create(
    server: &Server,
    request: &Request,
    who: &Identity,
    username: &str,
    mut attributes: BTreeMap<String, String>,
) -> Result<User, Failure> {
    let pool = &request.context.pool;
    let missing: Vec<&str> = request
        .context
        .policy
        .schema
        .iter()
        .filter(|attribute| attribute.required && attribute.name != "sub")
        .map(|attribute| attribute.name.as_str())
        .filter(|name| !attributes.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        return Err(Failure::invalid(format!("attributes required: [{}]", missing.join(", "))));
    }
    let now = server.clock.now_ms();
    let sub = random::uuid().map_err(failed)?;
    attributes.insert("sub".to_owned(), sub.clone());
    for name in ["email", "phone_number"] {
        if attributes.contains_key(name) {
            attributes.entry(format!("{name}_verified")).or_insert_with(|| "false".to_owned());
        }
    }
    attributes.insert("identities".to_owned(), json!([who.entry(true, now)]).to_string());
    let mut user = User::new(&pool.id, username, &sub, attributes, now);
    user.status = UserStatus::ExternalProvider;
    let wish: PreSignUp = ask(request, &user, Trigger::PreSignUp, "PreSignUp_ExternalProvider")
        .await?
        .unwrap_or_default();
    for (is_verified, name) in
        [(wish.auto_verify_email, "email"), (wish.auto_verify_phone, "phone_number")]
    {
        if is_verified && user.attributes.contains_key(name) {
            user.attributes.insert(format!("{name}_verified"), "true".to_owned());
        }
    }
    // The same person may have come in another window while the trigger was asked.
    if let Some(known) = server.store().user(&pool.id, username).map_err(failed)? {
        return Ok(known);
    }
    user.groups.push(group_of_provider(server, pool, &who.provider_name).map_err(failed)?);
    server.store().put_user(&user).map_err(failed)?;
    let _: Option<Nothing> =
        ask(request, &user, Trigger::PostConfirmation, "PostConfirmation_ConfirmSignUp").await?;
    Ok(user)
}

async fn update(
    server: &Server,
    request: &Request,
    mut user: User,
    attributes: BTreeMap<String, String>,
) -> Result<User, Failure> {
    if !user.enabled {
        return Err(Failure { error: "access_denied", text: "User is disabled.".to_owned() });
    }
    for (name, value) in attributes {
        let schema = crate::schema::schema_of(&request.context.policy, &name);
        let is_fixed = schema.is_some_and(|schema| schema.mutable == Some(false));
        let held = user.attribute(&name);
        if is_fixed && held.is_some_and(|held| held != value) {
            return Err(Failure::invalid(format!("user.{name}: Attribute cannot be updated.")));
        }
        user.attributes.insert(name, value);
    }
    user.modified = server.clock.now_ms();
    server.store().put_user(&user).map_err(failed)?;
    let _: Option<Nothing> =
        ask(request, &user, Trigger::PostAuthentication, "PostAuthentication_Authentication")
            .await?;
    Ok(user)
}

/// Each provider's people are in a group of their own, which the service makes by itself.
fn group_of_provider(server: &Server, pool: &Pool, provider: &str) -> Result<String, Refusal> {
    let name = format!("{}_{provider}", pool.id);
    let store = server.store();
    if store.find::<Group>(&pool.id, "", &name)?.is_none() {
        let description = format!("Autogenerated group for users who sign in using {provider}");
        store.put(&Group {
            pool_id: pool.id.clone(),
            name: name.clone(),
            settings: Map::from_iter([("Description".to_owned(), json!(description))]),
            created: server.clock.now_ms(),
        })?;
    }
    Ok(name)
}

async fn ask<T: serde::de::DeserializeOwned + Default>(
    request: &Request,
    user: &User,
    trigger: Trigger,
    source: &str,
) -> Result<Option<T>, Failure> {
    let occasion = Occasion {
        pool: &request.context.pool,
        client_id: &request.context.client.id,
        username: &user.username,
        source,
        request: json!({
            "userAttributes": event_attributes(user),
            "validationData": {},
            "clientMetadata": {},
            "newDeviceUsed": false,
        }),
    };
    trigger.ask(occasion).await.map_err(failed)
}

fn failed(refusal: Refusal) -> Failure {
    if refusal.status.is_server_error() {
        return Failure { error: "server_error", text: "Something went wrong".to_owned() };
    }
    Failure::invalid(refusal.message)
}

#[cfg(test)]
mod tests {
    use super::super::provider;
    use super::*;
    use crate::hosted::form::Parameters;
    use crate::testing::{POOL, World};
    use axum::Router;
    use axum::routing::post;
    use std::time::Duration;

    /// A pool with Google, whose triggers think for a while.
    async fn world() -> World {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let app = Router::new().route(
            "/",
            post(async || {
                tokio::time::sleep(Duration::from_millis(300)).await;
                r#"{"response": {}}"#
            }),
        );
        tokio::spawn(async move { axum::serve(listener, app).await });
        let text = World::text(
            &format!(
                "LambdaConfig = {{ PreSignUp = '{address}', PostAuthentication = '{address}' }}"
            ),
            "",
            "AllowedOAuthFlowsUserPoolClient = true, AllowedOAuthFlows = ['code'], \
             AllowedOAuthScopes = ['openid'], CallbackURLs = ['http://localhost:5173/'], \
             SupportedIdentityProviders = ['Google']",
            "[[pool.identity_provider]]\nname = 'Google'\nsettings = { ProviderType = 'Google', \
             ProviderDetails = {}, AttributeMapping = { name = 'name' } }",
        );
        World::of(toml::from_str(&text).unwrap())
    }

    /// Somebody whom Google calls this comes back.
    async fn arrives(world: &World, name: &str) -> User {
        let asked = b"client_id=testclient&response_type=code&scope=openid\
                      &redirect_uri=http%3A%2F%2Flocalhost%3A5173%2F";
        let request = Request::check(&world.server, Parameters::read(asked)).unwrap();
        let provider = provider::named(&world.server, POOL, "Google").unwrap().unwrap();
        let claims = json!({ "sub": "1", "name": name });
        enter(&world.server, &request, &provider, claims.as_object().unwrap()).await.unwrap()
    }

    fn stored(world: &World) -> Vec<User> {
        let mut users: Vec<User> = world.server.store().all(POOL).unwrap();
        users.retain(|user| user.username == "Google_1");
        users
    }

    #[tokio::test]
    async fn who_arrives_for_the_first_time_in_two_windows_is_one_person() {
        let world = world().await;

        let (one, other) = tokio::join!(arrives(&world, "A"), arrives(&world, "A"));

        assert_eq!(one.attribute("sub"), other.attribute("sub"));
        let users = stored(&world);
        assert_eq!(users.len(), 1);
        assert_eq!(users[0].attribute("sub"), one.attribute("sub"));
        assert_eq!(users[0].groups, ["eu-west-1_Test_Google"]);
    }

    #[tokio::test]
    async fn what_is_written_while_somebody_arrives_is_kept() {
        let world = world().await;
        arrives(&world, "A").await;
        let write = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let input = json!({ "UserPoolId": POOL, "Username": "Google_1",
                "UserAttributes": [{ "Name": "nickname", "Value": "gina" }] });
            world.call("AdminUpdateUserAttributes", input).await.unwrap();
        };

        let (_, ()) = tokio::join!(arrives(&world, "B"), write);

        let user = &stored(&world)[0];
        assert_eq!((user.attribute("name"), user.attribute("nickname")), (Some("B"), Some("gina")));
    }
}
