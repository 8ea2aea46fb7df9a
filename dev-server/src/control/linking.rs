//! AdminLinkProviderForUser and AdminDisableProviderForUser.

use crate::caller::Caller;
use crate::input::filled;
use crate::linking::{self, Identity, SUBJECT};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{IdentityProvider, Pool, Store, User};
use crate::tokens;
use serde::Deserialize;
use serde_json::{Value, json};

/// The pool's own people, among the providers.
const LOCAL: &str = "Cognito";

/// The input of AdminLinkProviderForUser.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Link {
    user_pool_id: String,
    source_user: Identifier,
    destination_user: Identifier,
}

/// The input of AdminDisableProviderForUser.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Disable {
    user_pool_id: String,
    user: Identifier,
}

/// The shape `ProviderUserIdentifierType`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Identifier {
    #[serde(default)]
    provider_name: String,
    provider_attribute_name: Option<String>,
    #[serde(default)]
    provider_attribute_value: String,
}

/// AdminLinkProviderForUser: whoever comes from the source from now on is the destination.
pub(crate) fn link(server: &Server, _: &Caller, input: Link) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let source = Named::read(&input.source_user)?;
    let destination = Named::read(&input.destination_user)?;
    let mut user = destination.find(&store, &pool)?.ok_or_else(Refusal::user_not_found)?;
    let provider: Option<IdentityProvider> = store.find(&pool.id, "", source.provider)?;
    let provider = provider.ok_or_else(|| {
        Refusal::invalid_parameter(format!("Identity provider {} does not exist.", source.provider))
    })?;
    if source.find(&store, &pool)?.is_some() {
        return Err(Refusal::invalid_parameter(
            "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link",
        ));
    }
    let kind = provider.settings.get("ProviderType").and_then(Value::as_str).unwrap_or("OIDC");
    let who = Identity {
        user_id: source.value.to_owned(),
        provider_name: provider.name.clone(),
        provider_type: kind.to_owned(),
    };
    linking::link(&store, &mut user, &who, source.attribute, server.clock.now_ms())?;
    Ok(json!({}))
}

/// AdminDisableProviderForUser: ends a link; who was never linked is shut out.
pub(crate) fn disable(server: &Server, _: &Caller, input: Disable) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    let named = Named::read(&input.user)?;
    if linking::unlink(&store, &pool, named.provider, named.attribute, named.value)? {
        return Ok(json!({}));
    }
    let mut user = named.find(&store, &pool)?.ok_or_else(Refusal::user_not_found)?;
    if named.provider == LOCAL {
        user.password = None;
    } else {
        user.enabled = false;
        tokens::sign_out_everywhere(&mut user, server.clock.now_ms());
    }
    user.modified = server.clock.now_ms();
    store.put_user(&user)?;
    Ok(json!({}))
}

/// An identity that is named in full.
struct Named<'a> {
    provider: &'a str,
    attribute: &'a str,
    value: &'a str,
}

impl<'a> Named<'a> {
    fn read(named: &'a Identifier) -> Result<Self, Refusal> {
        Ok(Self {
            provider: filled(&named.provider_name, "ProviderName")?,
            attribute: named.provider_attribute_name.as_deref().unwrap_or(SUBJECT),
            value: filled(&named.provider_attribute_value, "ProviderAttributeValue")?,
        })
    }

    /// The user that this identity has here, if any.
    fn find(&self, store: &Store, pool: &Pool) -> Result<Option<User>, Refusal> {
        if self.provider == LOCAL {
            return store.resolve_user(pool, self.value);
        }
        store.user(&pool.id, &format!("{}_{}", self.provider, self.value))
    }
}
