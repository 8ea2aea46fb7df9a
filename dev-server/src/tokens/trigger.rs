//! The trigger that may change tokens before they are signed.

use super::Grant;
use crate::messages::event_attributes;
use crate::refusal::Refusal;
use crate::trigger::{
    ClaimsOverride, GroupOverride, Occasion, TokenGeneration, TokenOverride, Trigger,
};
use serde_json::{Map, Value, json};

/// What the trigger of token generation wants changed.
pub(super) async fn ask_trigger(
    grant: &Grant<'_>,
    id: &Map<String, Value>,
    access: &Map<String, Value>,
) -> Result<TokenOverride, Refusal> {
    let claim = |name: &str| id.get(name).cloned().unwrap_or_else(|| json!([]));
    let scopes: Vec<&str> = grant.scope.split(' ').filter(|scope| !scope.is_empty()).collect();
    let occasion = Occasion {
        pool: grant.pool,
        client_id: &grant.client.id,
        username: &grant.user.username,
        source: &format!("TokenGeneration_{}", grant.source),
        request: json!({
            "userAttributes": event_attributes(grant.user),
            "groupConfiguration": {
                "groupsToOverride": claim("cognito:groups"),
                "iamRolesToOverride": claim("cognito:roles"),
                "preferredRole": id.get("cognito:preferred_role"),
            },
            "scopes": scopes,
            "clientMetadata": grant.metadata,
            "device_key": access.get("device_key"),
        }),
    };
    Ok(Trigger::PreTokenGeneration.ask(occasion).await?.unwrap_or_default())
}

/// Applies what the trigger answered; claims that say whose and from where a token is stay.
pub(super) fn change(
    id: &mut Map<String, Value>,
    access: &mut Map<String, Value>,
    changes: TokenOverride,
) {
    let TokenOverride { claims_override_details, claims_and_scope_override_details } = changes;
    if let Some(ClaimsOverride {
        claims_to_add_or_override,
        claims_to_suppress,
        group_override_details,
    }) = claims_override_details
    {
        change_claims(id, claims_to_add_or_override, claims_to_suppress);
        change_groups(id, access, group_override_details);
    }
    let Some(scoped) = claims_and_scope_override_details else { return };
    if let Some(TokenGeneration { claims_to_add_or_override, claims_to_suppress, .. }) =
        scoped.id_token_generation
    {
        change_claims(id, claims_to_add_or_override, claims_to_suppress);
    }
    if let Some(generation) = scoped.access_token_generation {
        change_claims(access, generation.claims_to_add_or_override, generation.claims_to_suppress);
        let suppressed = generation.scopes_to_suppress.unwrap_or_default();
        let held = access.get("scope").and_then(Value::as_str).unwrap_or_default();
        let mut scopes: Vec<String> = held
            .split(' ')
            .filter(|scope| !scope.is_empty() && !suppressed.iter().any(|s| s == scope))
            .map(str::to_owned)
            .collect();
        scopes.extend(generation.scopes_to_add.unwrap_or_default());
        access.insert("scope".to_owned(), json!(scopes.join(" ")));
    }
    change_groups(id, access, scoped.group_override_details);
}

fn change_groups(
    id: &mut Map<String, Value>,
    access: &mut Map<String, Value>,
    wish: Option<GroupOverride>,
) {
    let GroupOverride { groups_to_override, iam_roles_to_override, preferred_role } =
        wish.unwrap_or_default();
    if let Some(groups) = groups_to_override {
        for claims in [&mut *id, access] {
            claims.insert("cognito:groups".to_owned(), json!(groups));
        }
    }
    if let Some(roles) = iam_roles_to_override {
        id.insert("cognito:roles".to_owned(), json!(roles));
    }
    if let Some(role) = preferred_role {
        id.insert("cognito:preferred_role".to_owned(), json!(role));
    }
}

fn change_claims(
    claims: &mut Map<String, Value>,
    add: Option<Map<String, Value>>,
    suppress: Option<Vec<String>>,
) {
    let is_fixed = |name: &str| FIXED_CLAIMS.contains(&name);
    for (name, value) in add.unwrap_or_default() {
        if !is_fixed(&name) {
            claims.insert(name, value);
        }
    }
    for name in suppress.unwrap_or_default() {
        if !is_fixed(&name) {
            claims.remove(&name);
        }
    }
}

/// Claims that no trigger can touch.
const FIXED_CLAIMS: &[&str] = &[
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "client_id",
    "cognito:username",
    "device_key",
    "event_id",
    "exp",
    "iat",
    "identities",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "sub",
    "token_use",
    "username",
    "version",
];
