//! Believing the `Logins` of a request: who a user pool says somebody is.

use crate::identity_pool::{IdentityPool, Provider};
use crate::keys::TokenUse;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{Pool, Revocation, User};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Tokens by the names of who gave them.
pub(super) type Logins = BTreeMap<String, String>;

/// One believed entry of `Logins`.
#[derive(Debug, Clone)]
pub(super) struct Login<'a> {
    pub(super) provider: &'a Provider,
    pub(super) subject: String,
    pub(super) claims: Map<String, Value>,
}

impl Login<'_> {
    /// What an identity is linked to: one person of one provider.
    pub(super) fn link(&self) -> String {
        format!("{}:{}", self.provider.provider_name, self.subject)
    }

    /// A claim that is text.
    pub(super) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }
}

/// Believes every login of a request.
///
/// # Errors
/// `NotAuthorizedException` with the service's text for each way a token can be wrong.
pub(super) fn believe<'a>(
    server: &Server,
    pool: &'a IdentityPool,
    logins: &Logins,
) -> Result<Vec<Login<'a>>, Refusal> {
    logins.iter().map(|(name, token)| believe_one(server, pool, name, token)).collect()
}

fn believe_one<'a>(
    server: &Server,
    pool: &'a IdentityPool,
    name: &str,
    token: &str,
) -> Result<Login<'a>, Refusal> {
    let user_pool = name.rsplit_once('/').map(|(_, id)| id).unwrap_or_default();
    let is_of_pool =
        |provider: &&Provider| provider.provider_name.ends_with(&format!("/{user_pool}"));
    if user_pool.is_empty()
        || !pool.settings.cognito_identity_providers.iter().any(|p| is_of_pool(&p))
    {
        return Err(unsupported());
    }
    let found: Option<Pool> = server.store().find(user_pool, "", user_pool)?;
    let user_pool = found.ok_or_else(unsupported)?;
    let issuer = server.issuer(&user_pool);
    if !is_name_of(name, &user_pool, &issuer) {
        return Err(unsupported());
    }
    let claims = read(server, &user_pool, token)?;
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str);
    if text("iss") != Some(&issuer) {
        return Err(invalid("Issuer doesn't match providerName"));
    }
    let audience = text("aud").ok_or_else(|| invalid("Missing a required claim: aud"))?;
    let expires = claims.get("exp").and_then(Value::as_i64).unwrap_or(0);
    let now = server.clock.now();
    if expires <= now {
        return Err(invalid(&format!("Token expired: {now} >= {expires}")));
    }
    let provider = pool
        .settings
        .cognito_identity_providers
        .iter()
        .filter(is_of_pool)
        .find(|provider| provider.client_id == audience)
        .ok_or_else(|| invalid("Incorrect token audience."))?;
    let subject = text("sub").ok_or_else(|| invalid("Missing a required claim: sub"))?.to_owned();
    if provider.server_side_token_check {
        check_person(server, &user_pool, &claims)?;
    }
    Ok(Login { provider, subject, claims })
}

/// The issuer without its scheme, in the service's form or in this server's.
fn is_name_of(name: &str, pool: &Pool, issuer: &str) -> bool {
    let service = format!("cognito-idp.{}.amazonaws.com/{}", pool.region(), pool.id);
    name == service || issuer.split_once("://").is_some_and(|(_, bare)| bare == name)
}

fn read(server: &Server, pool: &Pool, token: &str) -> Result<Map<String, Value>, Refusal> {
    let malformed = || invalid("Not a valid OpenId Connect identity token.");
    let (message, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
    let (_, payload) = message.split_once('.').ok_or_else(malformed)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| malformed())?;
    let claims: Map<String, Value> = serde_json::from_slice(&payload).map_err(|_| malformed())?;
    if !claims.contains_key("token_use") {
        return Err(invalid("Not a Cognito token."));
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
    let is_by = |token_use| {
        let key = server.key_at_hand(&pool.id, token_use)?;
        Ok::<_, Refusal>(key.is_some_and(|key| key.is_signed(message.as_bytes(), &signature)))
    };
    // An access token is rightly signed and is refused by what it lacks.
    if !is_by(TokenUse::Id)? && !is_by(TokenUse::Access)? {
        return Err(invalid("Couldn't verify signed token."));
    }
    Ok(claims)
}

/// The server-side token check: the person is still there, enabled, and this sign-in was not revoked.
fn check_person(server: &Server, pool: &Pool, claims: &Map<String, Value>) -> Result<(), Refusal> {
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str).unwrap_or_default();
    let store = server.store();
    let user: Option<User> = store.user(&pool.id, text("cognito:username"))?;
    let Some(user) = user.filter(|user| user.enabled && user.sub == text("sub")) else {
        return Err(invalid("User is disabled or deleted."));
    };
    let origin = text("origin_jti");
    if crate::tokens::made_at(claims) <= user.signed_out_at
        || store.find::<Revocation>(&pool.id, &user.username, origin)?.is_some()
    {
        return Err(invalid("Token has been revoked."));
    }
    Ok(())
}

fn unsupported() -> Refusal {
    Refusal::not_authorized("Token is not from a supported provider of this identity pool.")
}

fn invalid(why: &str) -> Refusal {
    Refusal::not_authorized(format!("Invalid login token. {why}"))
}
