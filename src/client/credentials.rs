//! AWS credentials of an identity pool: kept until they end, fetched once a browser.
//!
//! Where they are: a person's lie in the store that holds their session, under its epoch, so that they
//! are found by the same tabs, live no longer, and are void with the next sign-in or sign-out, whoever
//! writes late. A guest's lie in the lasting store: the same guest is met again tomorrow.

use super::call::repeated;
use super::error::Error;
use super::keeper::{self, Held, Right, Wanted};
use super::{Client, person};
use crate::platform::{Platform, Store};
use crate::protocol::error::{Misuse, Violation};
use crate::protocol::identity::{self, Credentials, IdentityPool};
use crate::protocol::json::Value;
use crate::protocol::record;
use crate::protocol::refusal::Kind;

/// Whom credentials are for.
struct Holder {
    held: Option<Held>,
    logins: Option<Value>,
}

/// Credentials of whoever is signed in, else of a guest where the application allows guests.
/// `forced`: others than there are now.
///
/// # Errors
/// `SignedOut` when nobody is signed in and guests are not allowed, `Misuse` when no identity pool is
/// configured or the sign-in brought no ID token; else see [`Error`].
pub async fn credentials(
    client: &Client,
    platform: &impl Platform,
    forced: bool,
) -> Result<Credentials, Error> {
    match attempt(client, platform, forced).await {
        Err(Error::Refused(refusal)) if refusal.text.contains(LOGIN_EXPIRED) => {
            // This device's clock stood still: the tokens are older than it knows.
            let newer = Wanted { forced: true, ..Wanted::default() };
            keeper::session_as(client, platform, &newer).await?;
            attempt(client, platform, forced).await
        }
        result => result,
    }
}

async fn attempt(
    client: &Client,
    platform: &impl Platform,
    forced: bool,
) -> Result<Credentials, Error> {
    let pool = client.identity.as_ref().ok_or(NO_POOL)?;
    let holder = Holder::now(client, platform, pool).await?;
    let before = holder.find(client, platform, pool).await;
    if let Some(found) = &before
        && found.is_fresh(platform.now())
        && !forced
    {
        return Ok(found.clone());
    }
    let guard = keeper::enter(client, platform, Right::Credentials).await;
    if guard.is_shared() {
        // As with tokens: what another tab has just stored may be seen a moment later.
        let _ = platform.sleep(keeper::SETTLE_MS).await;
    }
    let now_there = holder.find(client, platform, pool).await;
    let is_news = |found: &Credentials| {
        let known = before.as_ref().map(|before| &before.key.access_key_id);
        known != Some(&found.key.access_key_id)
    };
    let result = match now_there {
        Some(found) if found.is_fresh(platform.now()) && (!forced || is_news(&found)) => Ok(found),
        found => holder.fetch(client, platform, pool, found).await,
    };
    guard.leave(client, platform).await;
    match (result, before) {
        // Those that still work are worth more than the reason why there are no newer ones.
        (Err(error), Some(before)) if may_go_on(&error) && !forced => {
            let is_live = before.is_live(platform.now());
            if is_live { Ok(before) } else { Err(error) }
        }
        (result, _) => result,
    }
}

impl Holder {
    async fn now(
        client: &Client,
        platform: &impl Platform,
        pool: &IdentityPool,
    ) -> Result<Self, Error> {
        let Some(held) = person::held(client, platform).await? else {
            client.credentials.replace(None);
            return match pool.guests {
                true => Ok(Self { held: None, logins: None }),
                false => Err(Error::SignedOut),
            };
        };
        let token = held.record.session.id.as_ref().ok_or(NO_ID_TOKEN)?;
        let logins = Some(identity::logins(&client.pool, token));
        Ok(Self { held: Some(held), logins })
    }

    fn store(&self) -> Store {
        self.held.as_ref().map_or(Store::Lasting, |held| held.store)
    }

    fn name(&self) -> &str {
        self.held.as_ref().map_or("", |held| &held.record.epoch)
    }

    fn key(&self, client: &Client) -> String {
        match self.held {
            Some(_) => record::credentials_key(&client.pool),
            None => ["lifeguard.", client.pool.client_id(), ".guest"].concat(),
        }
    }

    /// What is stored, else what this page has: a store may fail or be wiped.
    async fn find(
        &self,
        client: &Client,
        platform: &impl Platform,
        pool: &IdentityPool,
    ) -> Option<Credentials> {
        let read = |text: &str| Credentials::read_stored(text, pool, self.name());
        let stored = platform.load(self.store(), &self.key(client)).await.ok().flatten();
        stored.as_deref().and_then(read).or_else(|| {
            let copy = client.credentials.borrow();
            copy.as_ref().and_then(|text| read(text.expose("read back")))
        })
    }

    async fn fetch(
        &self,
        client: &Client,
        platform: &impl Platform,
        pool: &IdentityPool,
        before: Option<Credentials>,
    ) -> Result<Credentials, Error> {
        let known = before.map(|before| before.identity_id);
        let found = match known {
            Some(identity) => match self.exchange(client, platform, pool, &identity).await {
                // Somebody deleted it.
                Err(Error::Refused(refusal)) if refusal.kind == Kind::NotFound => None,
                result => Some(result?),
            },
            None => None,
        };
        let found = match found {
            Some(found) => found,
            None => {
                let request = pool.identify(self.logins.clone(), client.timeout_ms);
                let reply = repeated(platform, "GetId", &request).await?;
                let identity = identity::read_identity(&reply.body)?;
                self.exchange(client, platform, pool, &identity).await?
            }
        };
        self.keep(client, platform, pool, &found).await?;
        Ok(found)
    }

    async fn exchange(
        &self,
        client: &Client,
        platform: &impl Platform,
        pool: &IdentityPool,
        identity: &str,
    ) -> Result<Credentials, Error> {
        let request = pool.exchange(identity, self.logins.clone(), client.timeout_ms);
        let reply = repeated(platform, "GetCredentialsForIdentity", &request).await?;
        let found = Credentials::read(&reply.body, platform.now(), reply.date)?;
        match found.is_live(platform.now()) {
            true => Ok(found),
            false => Err(Violation::CredentialTimes.into()),
        }
    }

    /// Stores them; a store that refuses costs the next page a call.
    async fn keep(
        &self,
        client: &Client,
        platform: &impl Platform,
        pool: &IdentityPool,
        found: &Credentials,
    ) -> Result<(), Error> {
        let (store, key) = (self.store(), self.key(client));
        let text = found.write(pool, self.name());
        let _ = platform.save(store, &key, &text).await;
        client.credentials.replace(Some(crate::protocol::secret::Secret::new(text)));
        // SECURITY: whoever signed out or in meanwhile must not find these afterwards.
        if let Some(held) = &self.held
            && !keeper::is_current(client, platform, held).await
        {
            client.credentials.replace(None);
            let _ = platform.remove(store, &key).await;
            return Err(Error::SignedOut);
        }
        Ok(())
    }
}

/// Whether a failure leaves what there was as good as before.
fn may_go_on(error: &Error) -> bool {
    match error {
        Error::Send(_) => true,
        Error::Refused(refusal) => matches!(refusal.kind, Kind::Throttled | Kind::Unavailable),
        _ => false,
    }
}

const NO_POOL: Misuse =
    Misuse("credentials need an identity pool: createAuth({ identityPool: { id } })");
/// "Invalid login token. Token expired: 1700003600 >= 1700000000": the name says less.
const LOGIN_EXPIRED: &str = "Token expired";
const NO_ID_TOKEN: Misuse =
    Misuse("credentials need an ID token: ask for the scope openid when signing in");
