//! What the tokens say: claims of a person, a client and their groups.

use super::Grant;
use crate::random;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{ClientPolicy, Group};
use serde_json::{Map, Value, json};

pub(super) fn access_claims(
    grant: &Grant<'_>,
    policy: &ClientPolicy,
    shared: Map<String, Value>,
    made_ms: i64,
) -> Result<Map<String, Value>, Refusal> {
    let now = shared.get("iat").and_then(Value::as_i64).unwrap_or_default();
    let mut claims = shared;
    let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    claim("client_id", json!(grant.client.id));
    claim("token_use", json!("access"));
    claim("scope", json!(grant.scope));
    claim("exp", json!(now + access_seconds(policy)));
    claim("jti", json!(random::uuid_of(made_ms)?));
    claim("username", json!(grant.user.username));
    if grant.is_hosted() {
        claim("version", json!(2));
    }
    if let Some(device_key) = &grant.device_key {
        claim("device_key", json!(device_key));
    }
    Ok(claims)
}

pub(super) fn id_claims(
    grant: &Grant<'_>,
    policy: &ClientPolicy,
    shared: Map<String, Value>,
    made_ms: i64,
) -> Result<Map<String, Value>, Refusal> {
    let now = shared.get("iat").and_then(Value::as_i64).unwrap_or_default();
    let mut claims = shared;
    let units = policy.token_validity_units.id_token.as_deref().unwrap_or("hours");
    let lifetime = lifetime(policy.id_token_validity, units, 3600);
    for (name, value) in &grant.user.attributes {
        if name == "sub" || !is_readable(policy, name) || !is_in_scope(&grant.scope, name) {
            continue;
        }
        let value = match name.as_str() {
            "email_verified" | "phone_number_verified" => json!(value == "true"),
            "address" => json!({ "formatted": value }),
            "identities" => serde_json::from_str(value).unwrap_or_else(|_| json!(value)),
            _ => json!(value),
        };
        claims.insert(name.clone(), value);
    }
    let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    claim("aud", json!(grant.client.id));
    claim("token_use", json!("id"));
    claim("exp", json!(now + lifetime));
    claim("jti", json!(random::uuid_of(made_ms)?));
    claim("cognito:username", json!(grant.user.username));
    if let Some(nonce) = &grant.nonce {
        claim("nonce", json!(nonce));
    }
    Ok(claims)
}

/// Whether a client may read an attribute; a client that names none may read all.
pub(crate) fn is_readable(policy: &ClientPolicy, attribute: &str) -> bool {
    policy.read_attributes.is_empty()
        || attribute == "sub"
        || attribute == "identities"
        || policy.read_attributes.iter().any(|name| name == attribute)
}

/// Attributes follow the scopes of the redirect flow; a sign-in by API has all of them.
pub(crate) fn is_in_scope(scope: &str, attribute: &str) -> bool {
    let scopes: Vec<&str> = scope.split(' ').collect();
    let has = |name: &str| scopes.contains(&name);
    if !has("openid") || !["email", "phone", "profile"].into_iter().any(has) {
        return true;
    }
    match attribute {
        "email" | "email_verified" => has("email"),
        "phone_number" | "phone_number_verified" => has("phone"),
        "identities" => true,
        _ => has("profile"),
    }
}

pub(super) fn add_groups(
    server: &Server,
    grant: &Grant<'_>,
    id: &mut Map<String, Value>,
    access: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    let groups = &grant.user.groups;
    if groups.is_empty() {
        return Ok(());
    }
    let mut roles: Vec<(i64, String)> = Vec::new();
    for name in groups {
        let group: Option<Group> = server.store().find(&grant.pool.id, "", name)?;
        let Some(group) = group else { continue };
        if let Some(role) = group.settings.get("RoleArn").and_then(Value::as_str) {
            let precedence = group.settings.get("Precedence").and_then(Value::as_i64);
            roles.push((precedence.unwrap_or(i64::MAX), role.to_owned()));
        }
    }
    for claims in [&mut *id, access] {
        claims.insert("cognito:groups".to_owned(), json!(groups));
    }
    roles.sort();
    if let Some(preferred) = preferred_role(&roles) {
        id.insert("cognito:preferred_role".to_owned(), json!(preferred));
    }
    if !roles.is_empty() {
        let all: Vec<_> = roles.iter().map(|(_, role)| role).collect();
        id.insert("cognito:roles".to_owned(), json!(all));
    }
    Ok(())
}

/// The role of the first group; of two groups with one precedence neither comes first, unless both have one role.
fn preferred_role(sorted: &[(i64, String)]) -> Option<&str> {
    let (first, role) = sorted.first()?;
    let is_alone = sorted.iter().all(|(precedence, other)| precedence > first || other == role);
    is_alone.then_some(role)
}

/// Lifetime of a client's access tokens.
pub(super) fn access_seconds(policy: &ClientPolicy) -> i64 {
    let units = policy.token_validity_units.access_token.as_deref().unwrap_or("hours");
    lifetime(policy.access_token_validity, units, 3600)
}

/// A number in a unit as seconds; 0 and absence mean the default.
pub(super) fn lifetime(number: Option<i64>, unit: &str, default: i64) -> i64 {
    let Some(number) = number.filter(|number| *number > 0) else { return default };
    number.saturating_mul(match unit {
        "seconds" => 1,
        "minutes" => 60,
        "hours" => 3600,
        _ => 86_400,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_groups_with_one_precedence_neither_role_is_preferred() {
        let roles = |list: &[(i64, &str)]| -> Option<String> {
            let list: Vec<_> = list.iter().map(|(at, role)| (*at, (*role).to_owned())).collect();
            preferred_role(&list).map(str::to_owned)
        };

        assert_eq!(roles(&[(1, "b"), (2, "a")]).as_deref(), Some("b"));
        assert_eq!(roles(&[(1, "a"), (1, "b")]), None);
        assert_eq!(roles(&[(1, "a"), (1, "a"), (2, "b")]).as_deref(), Some("a"));
        assert_eq!(roles(&[]), None);
    }

    #[test]
    fn lifetimes_are_read_in_every_unit() {
        assert_eq!(lifetime(None, "hours", 3600), 3600);
        assert_eq!(lifetime(Some(0), "days", 7), 7);
        assert_eq!(lifetime(Some(300), "seconds", 0), 300);
        assert_eq!(lifetime(Some(5), "minutes", 0), 300);
        assert_eq!(lifetime(Some(2), "hours", 0), 7200);
        assert_eq!(lifetime(Some(1), "days", 0), 86_400);
    }
}
