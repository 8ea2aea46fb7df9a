//! Renewing and revoking: refresh tokens, rotation with grace, sign-out.

use super::issue::make_refresh_token;
use super::{Grant, fingerprint, issue};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Client, Pool, RefreshToken, Revocation, Store, TOLD_MS, User};
use serde_json::{Map, Value, json};

#[cfg(test)]
mod tests;

/// A wish for new tokens.
#[derive(Debug)]
pub(crate) struct Renewal<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) client: &'a Client,
    pub(crate) token: &'a str,
    pub(crate) device_key: Option<&'a str>,
    pub(crate) metadata: Map<String, Value>,
}

/// New ID and access token for a refresh token; where the client rotates, a new refresh token too.
pub(crate) async fn renew(server: &Server, wish: Renewal<'_>) -> Answer {
    let (held, user, next) = {
        let store = server.store();
        // The time is read while nobody else has the store. Read before, a caller who waited for it
        // would be earlier than the one who used its token up, and would be let in as well.
        let now = server.clock.now_ms();
        store.exchange(&wish, now)?
    };
    let grant = Grant {
        pool: wish.pool,
        client: wish.client,
        user: &user,
        scope: held.scope.clone(),
        device_key: held.device_key.clone(),
        nonce: None,
        auth_time: None,
        source: "RefreshTokens",
        metadata: wish.metadata,
        renewed: Some(held),
    };
    let mut result = issue(server, grant).await?;
    if let (Some(next), Some(result)) = (next, result.as_object_mut()) {
        result.insert("RefreshToken".to_owned(), json!(next));
    }
    Ok(result)
}

impl Store {
    /// Judges a refresh token and, where the client rotates, replaces it.
    fn exchange(
        &self,
        wish: &Renewal<'_>,
        now: i64,
    ) -> Result<(RefreshToken, User, Option<String>), Refusal> {
        let invalid = || Refusal::not_authorized("Invalid Refresh Token.");
        let held: RefreshToken = self.find_by_key(&fingerprint(wish.token))?.ok_or_else(invalid)?;
        let is_bound_elsewhere = held.client_id != wish.client.id
            || held.device_key.is_some() && held.device_key.as_deref() != wish.device_key;
        if is_bound_elsewhere {
            return Err(invalid());
        }
        if held.revoked {
            return Err(Refusal::not_authorized("Refresh Token has been revoked"));
        }
        if held.expires <= now {
            return Err(Refusal::not_authorized("Refresh Token has expired"));
        }
        if held.replaced_until.is_some_and(|until| until <= now) {
            return Err(Refusal::new(
                "RefreshTokenReuseException",
                "Refresh token has already been used",
            ));
        }
        let user = self.user(&held.pool_id, &held.username)?.ok_or_else(invalid)?;
        if !user.enabled {
            return Err(Refusal::not_authorized("User is disabled."));
        }
        if held.issued <= user.signed_out_at {
            return Err(Refusal::not_authorized("Refresh Token has been revoked"));
        }
        let rotation = wish.client.policy().refresh_token_rotation.unwrap_or_default();
        if rotation.feature != "ENABLED" {
            return Ok((held, user, None));
        }
        let next = make_refresh_token()?;
        self.atomically(|| {
            // The new one keeps the expiry of the first: rotation does not prolong a sign-in.
            self.put(&RefreshToken {
                key: fingerprint(&next),
                issued: user.next_moment(now),
                replaced_until: None,
                ..held.clone()
            })?;
            let until = now + rotation.retry_grace_period_seconds * 1000;
            let replaced_until = Some(held.replaced_until.unwrap_or(until));
            self.put(&RefreshToken { replaced_until, ..held.clone() })
        })?;
        Ok((held, user, Some(next)))
    }
}

/// Revokes all tokens of one sign-in.
pub(crate) fn revoke_family(store: &Store, token: &RefreshToken) -> Result<(), Refusal> {
    let (pool_id, username) = (&token.pool_id, &token.username);
    // No access or ID token lives longer than a day.
    let expires = store.clock().now_ms().saturating_add(TOLD_MS);
    store.atomically(|| {
        for mut other in store.owned::<RefreshToken>(pool_id, username)? {
            if other.origin_jti == token.origin_jti {
                other.revoked = true;
                store.put(&other)?;
            }
        }
        store.put(&Revocation {
            pool_id: pool_id.clone(),
            username: username.clone(),
            origin_jti: token.origin_jti.clone(),
            expires,
        })
    })
}

/// Revokes all tokens of a user, of whatever client and kind: those made up to now are good no more. The user is the
/// caller's to write.
pub(crate) fn sign_out_everywhere(user: &mut User, now_ms: i64) {
    user.signed_out_at = user.signed_out_at.max(now_ms);
}
