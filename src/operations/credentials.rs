//! AWS credentials of an identity pool: kept until they end, fetched once a browser.
//!
//! Where they are: a person's lie in the store that holds their session, under its epoch, so that they
//! are found by the same tabs, live no longer, and are void with the next sign-in or sign-out, whoever
//! writes late. A guest's lie in the lasting store: the same guest is met again tomorrow.

use super::call::repeated;
use super::error::{Attempt, Error, settle};
use super::session::{self, Right, Stored, Wanted};
use super::{Client, user};
use crate::host::{Host, Run, Slot, Store};
use crate::protocol::error::{Misuse, Violation};
use crate::protocol::identity::{self, Credentials, IdentityPool};
use crate::protocol::json::Value;
use crate::protocol::record;
use crate::protocol::refusal::Kind;
use crate::protocol::text;

/// Whom credentials are for.
struct Holder {
    stored: Option<Stored>,
    logins: Option<Value>,
}

/// Credentials of whoever is signed in, else of a guest where the application allows guests.
/// `forced`: others than there are now.
///
/// # Errors
/// `SignedOut` when nobody is signed in and guests are not allowed, `Misuse` when no identity pool is
/// configured or the sign-in brought no ID token; else see [`Error`].
pub fn credentials(client: &Client, host: &impl Host, forced: bool) -> Attempt<Credentials> {
    match settle(attempt(client, host, forced))? {
        Err(Error::Refused(refusal)) if text::has(&refusal.text, LOGIN_EXPIRED) => {
            // This device's clock stood still: the tokens are older than it knows.
            let newer = Wanted { forced: true, ..Wanted::default() };
            session::find(client, host, &newer)?;
            attempt(client, host, forced)
        }
        result => Ok(result?),
    }
}

fn attempt(client: &Client, host: &impl Host, forced: bool) -> Attempt<Credentials> {
    let pool = client.identity.as_ref().ok_or(NO_POOL)?;
    let holder = Holder::now(client, host, pool)?;
    let before = holder.find(client, host, pool)?;
    if let Some(found) = &before
        && found.is_fresh(host.now())
        && !forced
    {
        return Ok(found.clone());
    }
    let guard = session::enter(client, host, Right::Credentials)?;
    if guard.is_shared() {
        // As with tokens: what another tab has just stored may be seen a moment later.
        let _ = host.sleep(session::SETTLE_MS)?;
    }
    let now_there = holder.find(client, host, pool)?;
    let is_news = |found: &Credentials| {
        let known = before.as_ref().map(|before| &before.key.access_key_id);
        known != Some(&found.key.access_key_id)
    };
    let result = match now_there {
        Some(found) if found.is_fresh(host.now()) && (!forced || is_news(&found)) => Ok(found),
        found => settle(holder.fetch(client, host, pool, found))?,
    };
    guard.leave(client, host)?;
    match (result, before) {
        // Those that still work are worth more than the reason why there are no newer ones.
        (Err(error), Some(before)) if may_go_on(&error) && !forced => {
            let is_live = before.is_live(host.now());
            if is_live { Ok(before) } else { Err(error.into()) }
        }
        (result, _) => Ok(result?),
    }
}

impl Holder {
    fn now(client: &Client, host: &impl Host, pool: &IdentityPool) -> Attempt<Self> {
        let Some(stored) = user::stored(client, host)? else {
            host.remember(Slot::Credentials, Value::Null);
            return match pool.guests {
                true => Ok(Self { stored: None, logins: None }),
                false => Err(Error::SignedOut.into()),
            };
        };
        let token = stored.record.session.id.as_ref().ok_or(NO_ID_TOKEN)?;
        let logins = Some(identity::logins(&client.pool, token));
        Ok(Self { stored: Some(stored), logins })
    }

    fn store(&self) -> Store {
        self.stored.as_ref().map_or(Store::Lasting, |stored| stored.store)
    }

    fn name(&self) -> &str {
        self.stored.as_ref().map_or("", |stored| &stored.record.epoch)
    }

    fn key(&self, client: &Client) -> String {
        match self.stored {
            Some(_) => record::credentials_key(&client.pool),
            None => ["lifeguard.", client.pool.client_id(), ".guest"].concat(),
        }
    }

    /// What is stored, else what this page has: a store may fail or be wiped.
    fn find(
        &self,
        client: &Client,
        host: &impl Host,
        pool: &IdentityPool,
    ) -> Run<Option<Credentials>> {
        let read = |text: &str| Credentials::read_stored(text, pool, self.name());
        let stored = host.load(self.store(), &self.key(client))?.ok().flatten();
        let found = stored.as_deref().and_then(read);
        Ok(found.or_else(|| host.recall(Slot::Credentials).as_str().and_then(read)))
    }

    fn fetch(
        &self,
        client: &Client,
        host: &impl Host,
        pool: &IdentityPool,
        before: Option<Credentials>,
    ) -> Attempt<Credentials> {
        let known = before.map(|before| before.identity_id);
        let found = match known {
            Some(identity) => match settle(self.exchange(client, host, pool, &identity))? {
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
                let reply = repeated(host, "GetId", &request)?;
                let identity = identity::read_identity(&reply.body)?;
                self.exchange(client, host, pool, &identity)?
            }
        };
        self.keep(client, host, pool, &found)?;
        Ok(found)
    }

    fn exchange(
        &self,
        client: &Client,
        host: &impl Host,
        pool: &IdentityPool,
        identity: &str,
    ) -> Attempt<Credentials> {
        let request = pool.exchange(identity, self.logins.clone(), client.timeout_ms);
        let reply = repeated(host, "GetCredentialsForIdentity", &request)?;
        let found = Credentials::read(&reply.body, host.now(), reply.date)?;
        match found.is_live(host.now()) {
            true => Ok(found),
            false => Err(Violation::CredentialTimes.into()),
        }
    }

    /// Stores them; a store that refuses costs the next page a call.
    fn keep(
        &self,
        client: &Client,
        host: &impl Host,
        pool: &IdentityPool,
        found: &Credentials,
    ) -> Attempt<()> {
        let (store, key) = (self.store(), self.key(client));
        let text = found.write(pool, self.name());
        let _ = host.save(store, &key, &text)?;
        host.remember(Slot::Credentials, text.into());
        // SECURITY: whoever signed out or in meanwhile must not find these afterwards.
        if let Some(stored) = &self.stored
            && !session::is_current(client, host, stored)?
        {
            host.remember(Slot::Credentials, Value::Null);
            let _ = host.remove(store, &key)?;
            return Err(Error::SignedOut.into());
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
