//! People who are the same at several providers: which identity at a provider is which user here.

use crate::refusal::Refusal;
use crate::store::{Pool, Store, User, document};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The name of the attribute that stands for a provider's own id of somebody.
pub(crate) const SUBJECT: &str = "Cognito_Subject";
/// Identities that one user may be linked to.
const MOST_LINKS: usize = 5;

/// Somebody at a provider.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) user_id: String,
    pub(crate) provider_name: String,
    /// `Google`, `OIDC`, …
    pub(crate) provider_type: String,
}

impl Identity {
    /// An entry of the attribute and claim `identities`. `primary` is the identity that made the user.
    pub(crate) fn entry(&self, primary: bool, now_ms: i64) -> Value {
        json!({
            "userId": self.user_id,
            "providerName": self.provider_name,
            "providerType": self.provider_type,
            "issuer": null,
            "primary": primary.to_string(),
            "dateCreated": now_ms.to_string(),
        })
    }
}

/// Whoever has this value of an attribute at a provider is this user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Link {
    pool_id: String,
    username: String,
    provider: String,
    /// [`SUBJECT`], or the name of a claim.
    attribute: String,
    value: String,
    key: String,
}

document!(Link, "link", key, username);

/// Links an identity, named by an attribute and its value, to a user.
pub(crate) fn link(
    store: &Store,
    user: &mut User,
    who: &Identity,
    attribute: &str,
    now_ms: i64,
) -> Result<(), Refusal> {
    let links: Vec<Link> = store.all(&user.pool_id)?;
    let is_linked = links.iter().any(|link| {
        link.provider == who.provider_name
            && link.attribute == attribute
            && link.value == who.user_id
    });
    if is_linked {
        return Err(Refusal::invalid_parameter("SourceUser is already linked to DestinationUser"));
    }
    let mut entries = identities(user);
    if entries.len() >= MOST_LINKS {
        return Err(Refusal::new("LimitExceededException", "Too many linked identities."));
    }
    entries.push(who.entry(false, now_ms));
    user.attributes.insert("identities".to_owned(), json!(entries).to_string());
    store.atomically(|| {
        store.put(&Link {
            pool_id: user.pool_id.clone(),
            username: user.username.clone(),
            provider: who.provider_name.clone(),
            attribute: attribute.to_owned(),
            value: who.user_id.clone(),
            key: format!("{}\n{attribute}\n{}", who.provider_name, who.user_id),
        })?;
        store.put_user(user)
    })
}

/// Ends a link; says whether there was one.
pub(crate) fn unlink(
    store: &Store,
    pool: &Pool,
    provider: &str,
    attribute: &str,
    value: &str,
) -> Result<bool, Refusal> {
    let links: Vec<Link> = store.all(&pool.id)?;
    let is_it = |link: &&Link| {
        link.provider == provider && link.attribute == attribute && link.value == value
    };
    let Some(link) = links.iter().find(is_it) else { return Ok(false) };
    store.remove::<Link>(&pool.id, &link.username, &link.key)?;
    if let Some(mut user) = store.user(&pool.id, &link.username)? {
        let mut entries = identities(&user);
        entries.retain(|entry| {
            entry.get("providerName").and_then(Value::as_str) != Some(provider)
                || entry.get("primary").and_then(Value::as_str) == Some("true")
        });
        if entries.is_empty() {
            user.attributes.remove("identities");
        } else {
            user.attributes.insert("identities".to_owned(), json!(entries).to_string());
        }
        store.put_user(&user)?;
    }
    Ok(true)
}

/// The user that an identity is linked to. A link by another attribute than the id learns the id.
pub(crate) fn linked(
    store: &Store,
    pool: &Pool,
    who: &Identity,
    claims: &Map<String, Value>,
) -> Result<Option<User>, Refusal> {
    let links: Vec<Link> = store.all(&pool.id)?;
    let is_it = |link: &&Link| {
        let held = match link.attribute.as_str() {
            SUBJECT => Some(who.user_id.clone()),
            claim => claims.get(claim).and_then(claim_text),
        };
        link.provider == who.provider_name && held.as_deref() == Some(link.value.as_str())
    };
    let Some(link) = links.iter().find(is_it) else { return Ok(None) };
    let Some(mut user) = store.user(&pool.id, &link.username)? else { return Ok(None) };
    let mut entries = identities(&user);
    for entry in &mut entries {
        if entry.get("userId").and_then(Value::as_str) == Some(link.value.as_str())
            && let Some(entry) = entry.as_object_mut()
        {
            entry.insert("userId".to_owned(), json!(who.user_id));
        }
    }
    user.attributes.insert("identities".to_owned(), json!(entries).to_string());
    store.put_user(&user)?;
    Ok(Some(user))
}

/// A claim as an attribute keeps it: text. Of a list, what the service makes of it.
pub(crate) fn claim_text(claim: &Value) -> Option<String> {
    match claim {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(claim_text).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        other => Some(other.to_string()),
    }
}

fn identities(user: &User) -> Vec<Value> {
    let text = user.attribute("identities").unwrap_or("[]");
    serde_json::from_str(text).unwrap_or_default()
}
