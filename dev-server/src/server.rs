//! What every handler is given: the server's state, and who calls.

use crate::clock::Clock;
use crate::config::Config;
use crate::faults::Faults;
use crate::keys::{Key, Keys, TokenUse};
use crate::refusal::Refusal;
use crate::seed;
use crate::store::Store;
use crate::work::compute;
use parking_lot::{ReentrantMutex, ReentrantMutexGuard};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use tokio::sync::watch;

/// The server's state. One connection to the database, used by one handler at a time.
#[derive(Debug)]
pub(crate) struct Server {
    store: ReentrantMutex<Store>,
    /// The only clock.
    pub(crate) clock: Arc<Clock>,
    /// Trouble that a test asked for.
    pub(crate) faults: Faults,
    /// Private keys already read from the store.
    pub(crate) keys: Arc<Keys>,
    /// Without a slash at the end: what issuers and page addresses begin with.
    pub(crate) public_url: String,
    /// Addresses that every client with the redirect flow may return to, beside its own.
    app_urls: Mutex<Vec<String>>,
    /// Under which names it may be reached.
    pub(crate) reach: Reach,
    /// Refuses what the service takes though it is unsafe.
    pub(crate) is_strict: bool,
    /// Changes with every letter.
    pub(crate) letters: watch::Sender<()>,
    /// True from when the server was told to stop.
    pub(crate) stopping: watch::Sender<bool>,
    /// As it was read at start.
    pub(crate) config: Config,
}

/// The names that a request may find this server by, beside those of loopback and of the public URL.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    pub(crate) hosts: Vec<url::Host>,
    /// Other machines may come, by whatever address this one has.
    pub(crate) by_any_address: bool,
}

/// What tells a refusal from a failure of this server.
pub(crate) trait Failure {
    /// Whether the work broke off in the middle.
    fn is_internal(&self) -> bool;
}

impl Failure for Refusal {
    fn is_internal(&self) -> bool {
        self.status.is_server_error()
    }
}

/// Makes the server read its keys again unless the transaction was kept: a key that was rolled back is in no file.
struct UntilKept<'a> {
    keys: &'a Keys,
    is_kept: bool,
}

impl Drop for UntilKept<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            self.keys.forget_all();
        }
    }
}

impl Server {
    /// A server over a store that already has what the configuration names.
    pub(crate) fn new(store: Store, config: Config, public_url: String) -> Result<Self, Refusal> {
        let clock = store.clock().clone();
        seed::plant(&store, &config, clock.now_ms())?;
        Ok(Self {
            store: ReentrantMutex::new(store),
            clock,
            faults: Faults::default(),
            keys: Arc::default(),
            public_url,
            app_urls: Mutex::default(),
            reach: Reach::default(),
            is_strict: false,
            letters: watch::Sender::new(()),
            stopping: watch::Sender::new(false),
            config,
        })
    }

    /// The store; never held across an await.
    pub(crate) fn store(&self) -> ReentrantMutexGuard<'_, Store> {
        self.store.lock()
    }

    /// Carries work out in a transaction: nobody else reads or writes while it runs, and what it wrote is kept when it
    /// succeeds and when it refuses, for a wrong try counts, but not when this server failed or panicked.
    ///
    /// Work that waits, for a trigger or for arithmetic, has one transaction for each stretch between two waits: what it
    /// knew before is to be looked at again after.
    pub(crate) async fn transact<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E>
    where
        E: From<Refusal> + Failure,
    {
        let mut work = pin!(work);
        poll_fn(|context| {
            let store = self.store();
            let transaction = match store.begin() {
                Ok(transaction) => transaction,
                Err(refusal) => return Poll::Ready(Err(refusal.into())),
            };
            let mut keys = UntilKept { keys: &self.keys, is_kept: false };
            let polled = work.as_mut().poll(context);
            if let Poll::Ready(Err(error)) = &polled
                && error.is_internal()
            {
                return polled;
            }
            match transaction.commit() {
                Ok(()) => {
                    keys.is_kept = true;
                    polled
                }
                Err(refusal) => Poll::Ready(Err(refusal.into())),
            }
        })
        .await
    }

    /// The pool's key for a kind of token, if it has one yet.
    pub(crate) fn key_at_hand(
        &self,
        pool_id: &str,
        token_use: TokenUse,
    ) -> Result<Option<Arc<Key>>, Refusal> {
        self.keys.find(&self.store(), pool_id, token_use)
    }

    /// The pool's key for a kind of token; made on first use, while nobody waits for the store.
    pub(crate) async fn key(
        &self,
        pool_id: &str,
        token_use: TokenUse,
    ) -> Result<Arc<Key>, Refusal> {
        if let Some(key) = self.key_at_hand(pool_id, token_use)? {
            return Ok(key);
        }
        let key = match self.keys.take() {
            Some(key) => key,
            None => compute(Key::make).await?,
        };
        self.prepare_keys();
        self.keys.adopt(&self.store(), pool_id, token_use, key)
    }

    /// Makes keys ahead, beside whatever else is done.
    pub(crate) fn prepare_keys(&self) {
        let (keys, stopping) = (self.keys.clone(), self.stopping.subscribe());
        tokio::task::spawn_blocking(move || {
            while !*stopping.borrow() && matches!(keys.prepare(), Ok(false)) {}
        });
    }

    /// Deletes what ended before a moment, a little at a time, and what the file has too much by it.
    pub(crate) fn forget(&self, before_ms: i64) -> Result<(), Refusal> {
        while !self.is_stopping() && self.store().forget(before_ms)? {}
        while !self.is_stopping() && self.store().shrink()? {}
        Ok(())
    }

    /// Says to all that wait that they wait no longer.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether it was said.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Replaces [`Server::app_urls`]; a reset keeps them, for they say where the app is, not what it did.
    ///
    /// # Errors
    /// A sentence that names the first one that is no whole address: no redirect could ever lead there.
    pub(crate) fn allow_app_urls(&self, urls: Vec<String>) -> Result<(), String> {
        if let Some(text) = urls.iter().find(|text| url::Url::parse(text).is_err()) {
            return Err(format!("{text} is no whole URL; an app's is like http://localhost:5173/"));
        }
        *self.app_urls.lock().unwrap_or_else(PoisonError::into_inner) = urls;
        Ok(())
    }

    /// Addresses of apps, beside those that clients have.
    pub(crate) fn app_urls(&self) -> Vec<String> {
        self.app_urls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether an app is at this very address.
    pub(crate) fn is_app_url(&self, url: &str) -> bool {
        self.app_urls().iter().any(|known| known == url)
    }

    /// Where SAML providers post their responses to.
    pub(crate) fn saml_consumer(&self) -> String {
        format!("{}/saml2/idpresponse", self.public_url)
    }

    /// Back to what the configuration names. Signing keys stay: they are nobody's state.
    pub(crate) fn reset(&self) -> Result<(), Refusal> {
        self.clock.set_offset(0);
        self.faults.clear();
        let store = self.store();
        let transaction = store.begin()?;
        store.clear()?;
        seed::plant(&store, &self.config, self.clock.now_ms())?;
        transaction.commit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SigningKey;

    /// A key takes longer than all else at the start, and nobody has asked for one yet.
    #[tokio::test]
    async fn no_key_is_made_before_the_server_answers() {
        let store = Store::open(None).unwrap();
        let config = Config::load(None).unwrap();
        let pools = config.pools.len();

        let server = Server::new(store, config, "http://localhost:9320".to_owned()).unwrap();

        assert_eq!(server.keys.count(), 0);
        assert!(server.store().everything::<SigningKey>().unwrap().is_empty());
        assert!(pools > 3);

        // Those made ahead are made beside the work: this returns before the first one is.
        server.prepare_keys();
        let first = server.key("p", TokenUse::Access).await.unwrap();
        assert_eq!(server.key("p", TokenUse::Access).await.unwrap().kid, first.kid);
        assert_eq!(server.store().everything::<SigningKey>().unwrap().len(), 1);
    }
}
