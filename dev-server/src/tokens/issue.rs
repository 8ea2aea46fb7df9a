//! Making the tokens of a session.

use super::fingerprint;
use crate::keys::TokenUse;
use crate::messages::event_attributes;
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Client, ClientPolicy, Group, Pool, RefreshToken, User};
use crate::trigger::{ClaimsOverride, Occasion, TokenGeneration, TokenOverride, Trigger};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// On whose behalf and for what tokens are made.
#[derive(Debug, Clone)]
pub(crate) struct Grant<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) client: &'a Client,
    pub(crate) user: &'a User,
    /// Space separated.
    pub(crate) scope: String,
    pub(crate) device_key: Option<String>,
    /// Of the `authorize` request.
    pub(crate) nonce: Option<String>,
    /// When the person signed in, in seconds, where that was before now.
    pub(crate) auth_time: Option<i64>,
    /// The trigger source without `TokenGeneration_`.
    pub(crate) source: &'a str,
    pub(crate) metadata: Map<String, Value>,
    /// What a renewal keeps of the sign-in; nothing for a new sign-in.
    pub(crate) renewed: Option<RefreshToken>,
}

impl Grant<'_> {
    /// Whether the tokens come, or once came, from a redirect.
    fn is_hosted(&self) -> bool {
        self.source == "HostedAuth" || self.renewed.as_ref().is_some_and(|token| token.hosted)
    }
}

/// Makes ID and access token and, for a new sign-in, a refresh token: an `AuthenticationResult`.
pub(crate) async fn issue(server: &Server, grant: Grant<'_>) -> Answer {
    let policy = grant.client.policy();
    let now = server.clock.now();
    let (origin_jti, event_id, auth_time) = match &grant.renewed {
        Some(token) => (token.origin_jti.clone(), token.event_id.clone(), token.auth_time),
        None => (random::uuid()?, random::uuid()?, grant.auth_time.unwrap_or(now)),
    };
    let mut shared = Map::new();
    let mut claim = |name: &str, value: Value| shared.insert(name.to_owned(), value);
    claim("sub", json!(grant.user.sub));
    claim("iss", json!(server.issuer(grant.pool)));
    if policy.enable_token_revocation != Some(false) {
        claim("origin_jti", json!(origin_jti));
    }
    claim("event_id", json!(event_id));
    claim("auth_time", json!(auth_time));
    claim("iat", json!(now));
    let mut access = access_claims(&grant, &policy, shared.clone(), now)?;
    let mut id = id_claims(&grant, &policy, shared, now)?;
    add_groups(server, &grant, &mut id, &mut access)?;
    let changes = ask_trigger(&grant, &id, &access).await?;
    change(&mut id, &mut access, changes);
    let access = sign(server, grant.pool, TokenUse::Access, &access)?;
    if grant.is_hosted() {
        id.insert("at_hash".to_owned(), json!(half_hash(&access)));
    }
    let mut result = json!({
        "AccessToken": access,
        "ExpiresIn": access_seconds(&policy),
        "TokenType": "Bearer",
        "IdToken": sign(server, grant.pool, TokenUse::Id, &id)?,
    });
    if grant.renewed.is_none() {
        let lifetime = lifetime(
            policy.refresh_token_validity,
            policy.token_validity_units.refresh_token.as_deref().unwrap_or("days"),
            30 * 86_400,
        );
        let now_ms = server.clock.now_ms();
        let refresh = make_refresh_token()?;
        server.store().put(&RefreshToken {
            key: fingerprint(&refresh),
            pool_id: grant.pool.id.clone(),
            client_id: grant.client.id.clone(),
            username: grant.user.username.clone(),
            origin_jti,
            event_id,
            scope: grant.scope.clone(),
            device_key: grant.device_key.clone(),
            auth_time,
            issued: now_ms,
            expires: now_ms + lifetime * 1000,
            replaced_until: None,
            hosted: grant.is_hosted(),
            revoked: false,
        })?;
        if let Some(result) = result.as_object_mut() {
            result.insert("RefreshToken".to_owned(), json!(refresh));
        }
    }
    Ok(result)
}

/// An access token that speaks for a client itself.
pub(crate) fn issue_to_client(
    server: &Server,
    pool: &Pool,
    client: &Client,
    scope: &str,
) -> Answer {
    let policy = client.policy();
    let now = server.clock.now();
    let claims = json!({
        "sub": client.id,
        "token_use": "access",
        "scope": scope,
        "auth_time": now,
        "iss": server.issuer(pool),
        "exp": now + access_seconds(&policy),
        "iat": now,
        "version": 2,
        "jti": random::uuid()?,
        "client_id": client.id,
    });
    let Value::Object(claims) = claims else {
        return Err(Refusal::internal("claims are no object"));
    };
    Ok(json!({
        "AccessToken": sign(server, pool, TokenUse::Access, &claims)?,
        "ExpiresIn": access_seconds(&policy),
        "TokenType": "Bearer",
    }))
}

/// OpenID Connect Core, section 3.1.3.6: the left half of the token's hash.
fn half_hash(token: &str) -> String {
    let hash = Sha256::digest(token);
    URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default())
}

/// An opaque text of the service's form: five parts, like the encrypted token it stands for.
pub(super) fn make_refresh_token() -> Result<String, Refusal> {
    let header = URL_SAFE_NO_PAD.encode(r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#);
    Ok([
        header,
        random::base64url::<256>()?,
        random::base64url::<12>()?,
        random::base64url::<720>()?,
        random::base64url::<16>()?,
    ]
    .join("."))
}

fn access_claims(
    grant: &Grant<'_>,
    policy: &ClientPolicy,
    shared: Map<String, Value>,
    now: i64,
) -> Result<Map<String, Value>, Refusal> {
    let mut claims = shared;
    let mut claim = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    claim("client_id", json!(grant.client.id));
    claim("token_use", json!("access"));
    claim("scope", json!(grant.scope));
    claim("exp", json!(now + access_seconds(policy)));
    claim("jti", json!(random::uuid()?));
    claim("username", json!(grant.user.username));
    if grant.is_hosted() {
        claim("version", json!(2));
    }
    if let Some(device_key) = &grant.device_key {
        claim("device_key", json!(device_key));
    }
    Ok(claims)
}

fn id_claims(
    grant: &Grant<'_>,
    policy: &ClientPolicy,
    shared: Map<String, Value>,
    now: i64,
) -> Result<Map<String, Value>, Refusal> {
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
    claim("jti", json!(random::uuid()?));
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

fn add_groups(
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
    if let Some((_, preferred)) = roles.first() {
        id.insert("cognito:preferred_role".to_owned(), json!(preferred));
        let all: Vec<_> = roles.iter().map(|(_, role)| role).collect();
        id.insert("cognito:roles".to_owned(), json!(all));
    }
    Ok(())
}

async fn ask_trigger(
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
fn change(id: &mut Map<String, Value>, access: &mut Map<String, Value>, changes: TokenOverride) {
    let TokenOverride { claims_override_details, claims_and_scope_override_details } = changes;
    if let Some(ClaimsOverride {
        claims_to_add_or_override,
        claims_to_suppress,
        group_override_details,
    }) = claims_override_details
    {
        change_claims(id, claims_to_add_or_override, claims_to_suppress);
        if let Some(groups) = group_override_details.and_then(|groups| groups.groups_to_override) {
            for claims in [&mut *id, &mut *access] {
                claims.insert("cognito:groups".to_owned(), json!(groups));
            }
        }
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
    if let Some(groups) = scoped.group_override_details.and_then(|g| g.groups_to_override) {
        for claims in [id, access] {
            claims.insert("cognito:groups".to_owned(), json!(groups));
        }
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

fn sign(
    server: &Server,
    pool: &Pool,
    token_use: TokenUse,
    claims: &Map<String, Value>,
) -> Result<String, Refusal> {
    let key = server.key(&pool.id, token_use)?;
    let header = json!({ "kid": key.kid, "alg": "RS256" });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&header), part(&Value::Object(claims.clone())));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes())?);
    Ok(format!("{message}.{signature}"))
}

fn access_seconds(policy: &ClientPolicy) -> i64 {
    let units = policy.token_validity_units.access_token.as_deref().unwrap_or("hours");
    lifetime(policy.access_token_validity, units, 3600)
}

/// A number in a unit as seconds; 0 and absence mean the default.
fn lifetime(number: Option<i64>, unit: &str, default: i64) -> i64 {
    let Some(number) = number.filter(|number| *number > 0) else { return default };
    number.saturating_mul(match unit {
        "seconds" => 1,
        "minutes" => 60,
        "hours" => 3600,
        _ => 86_400,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

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
