//! Which role an identity gets.

use super::login::Login;
use crate::identity_pool::{Ambiguity, IdentityPool, MappingKind, MatchType, RoleMapping};
use crate::refusal::Refusal;
use serde_json::Value;

/// The role for a guest or for somebody with logins, who may wish for one of the token's roles.
///
/// # Errors
/// `InvalidIdentityPoolConfigurationException` where the pool names no role, `NotAuthorizedException` for a role that
/// is not the caller's, `InvalidParameterException` for a guest with a wish.
pub(super) fn choose(
    pool: &IdentityPool,
    logins: &[Login<'_>],
    wish: Option<&str>,
) -> Result<String, Refusal> {
    let Some(login) = logins.first() else {
        if wish.is_some() {
            return Err(Refusal::invalid_parameter(
                "CustomRoleArn is not supported for unauthenticated identities.",
            ));
        }
        return pool.roles.roles.unauthenticated.clone().ok_or_else(misconfigured);
    };
    let authenticated = || pool.roles.roles.authenticated.clone().ok_or_else(misconfigured);
    let name = format!("{}:{}", login.provider.provider_name, login.provider.client_id);
    let Some(mapping) = pool.roles.role_mappings.get(&name) else {
        return if wish.is_some() { Err(not_theirs()) } else { authenticated() };
    };
    let chosen = match (mapping.kind, wish) {
        (MappingKind::Token, Some(wish)) => {
            if !roles(login).contains(&wish) {
                return Err(not_theirs());
            }
            Some(wish.to_owned())
        }
        (MappingKind::Token, None) => preferred(login),
        (MappingKind::Rules, Some(_)) => return Err(not_theirs()),
        (MappingKind::Rules, None) => by_rules(mapping, login),
    };
    match (chosen, mapping.ambiguous_role_resolution) {
        (Some(role), _) => Ok(role),
        (None, Ambiguity::AuthenticatedRole) => authenticated(),
        (None, Ambiguity::Deny) => {
            Err(Refusal::not_authorized("No role could be resolved for this identity."))
        }
    }
}

fn roles<'a>(login: &'a Login<'_>) -> Vec<&'a str> {
    let roles = login.claims.get("cognito:roles").and_then(Value::as_array);
    roles.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The preferred role, or the only one.
fn preferred(login: &Login<'_>) -> Option<String> {
    let preferred = login.claim("cognito:preferred_role");
    preferred.map(str::to_owned).or_else(|| match roles(login).as_slice() {
        [only] => Some((*only).to_owned()),
        _ => None,
    })
}

fn by_rules(mapping: &RoleMapping, login: &Login<'_>) -> Option<String> {
    let values = |name: &str| match login.claims.get(name) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => {
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        Some(other) => vec![other.to_string()],
        None => Vec::new(),
    };
    let rules = &mapping.rules_configuration.rules;
    let rule = rules.iter().find(|rule| {
        let values = values(&rule.claim);
        let any = |is: fn(&str, &str) -> bool| values.iter().any(|value| is(value, &rule.value));
        match rule.match_type {
            MatchType::Equals => any(|value, wanted| value == wanted),
            MatchType::Contains => any(|value, wanted| value.contains(wanted)),
            MatchType::StartsWith => any(|value, wanted| value.starts_with(wanted)),
            MatchType::NotEqual => !values.is_empty() && !any(|value, wanted| value == wanted),
        }
    });
    rule.map(|rule| rule.role_arn.clone())
}

fn misconfigured() -> Refusal {
    Refusal::new(
        "InvalidIdentityPoolConfigurationException",
        "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
    )
}

fn not_theirs() -> Refusal {
    Refusal::not_authorized("You are not authorized to assume the role in CustomRoleArn.")
}
