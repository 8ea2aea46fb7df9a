//! Believing an access token.

use crate::keys::TokenUse;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{Client, Pool, Revocation, User, UserStatus};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// The scope that lets an access token call operations.
pub(crate) const ADMIN_SCOPE: &str = "aws.cognito.signin.user.admin";

/// Who an access token speaks for.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    pub(crate) pool: Pool,
    pub(crate) client: Client,
    pub(crate) user: User,
    pub(crate) claims: Map<String, Value>,
}

impl Bearer {
    /// A claim that is text.
    pub(crate) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// Whether the token has a scope.
    pub(crate) fn has_scope(&self, scope: &str) -> bool {
        self.claim("scope").is_some_and(|scopes| scopes.split(' ').any(|held| held == scope))
    }
}

/// Who an access token speaks for: its signature, times, revocation and scope are checked, and that the person need not
/// see to the account first.
pub(crate) fn authorize(server: &Server, token: &str) -> Result<Bearer, Refusal> {
    let bearer = believe(server, token)?;
    if !bearer.has_scope(ADMIN_SCOPE) {
        return Err(Refusal::not_authorized("Access Token does not have required scopes"));
    }
    match bearer.user.status {
        UserStatus::ResetRequired => Err(Refusal::new(
            "PasswordResetRequiredException",
            "Password reset required for the user",
        )),
        UserStatus::Unconfirmed => {
            Err(Refusal::new("UserNotConfirmedException", "User is not confirmed."))
        }
        _ => Ok(bearer),
    }
}

/// The same of a bare token, whatever its scopes.
pub(crate) fn believe(server: &Server, token: &str) -> Result<Bearer, Refusal> {
    let invalid = || Refusal::not_authorized("Invalid Access Token");
    let claims = read(token).ok_or_else(invalid)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let issuer = text("iss").ok_or_else(invalid)?;
    let pool_id = issuer.rsplit('/').next().unwrap_or_default();
    let pool: Pool = server.store().find(pool_id, "", pool_id)?.ok_or_else(invalid)?;
    let (message, signature) = token.rsplit_once('.').ok_or_else(invalid)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| invalid())?;
    // The access key alone is tried: a token signed as an ID token is none of ours here.
    let key = server.key_at_hand(&pool.id, TokenUse::Access)?.ok_or_else(invalid)?;
    let is_ours = key.is_signed(message.as_bytes(), &signature)
        && issuer == server.issuer(&pool)
        && text("token_use") == Some("access");
    if !is_ours {
        return Err(invalid());
    }
    let expires = claims.get("exp").and_then(Value::as_i64).unwrap_or(0);
    if expires <= server.clock.now() {
        return Err(Refusal::not_authorized("Access Token has expired"));
    }
    let store = server.store();
    let username = text("username").ok_or_else(invalid)?;
    let user = store.user(&pool.id, username)?.ok_or_else(Refusal::user_not_found)?;
    // Somebody else may have the name by now.
    if text("sub") != Some(&user.sub) {
        return Err(Refusal::user_not_found());
    }
    if super::made_at(&claims) <= user.signed_out_at {
        return Err(Refusal::not_authorized("Access Token has been revoked"));
    }
    if let Some(origin_jti) = text("origin_jti")
        && store.find::<Revocation>(&pool.id, username, origin_jti)?.is_some()
    {
        return Err(Refusal::not_authorized("Access Token has been revoked"));
    }
    if !user.enabled {
        return Err(Refusal::not_authorized("User is disabled."));
    }
    let client = store.client(text("client_id").unwrap_or_default())?;
    drop(store);
    tracing::Span::current().record("client", client.id.as_str());
    Ok(Bearer { pool, client, user, claims })
}

fn read(token: &str) -> Option<Map<String, Value>> {
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
