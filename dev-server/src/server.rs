//! What every handler is given: the server's state, and who calls.

use crate::clock::Clock;
use crate::config::Config;
use crate::dispatch::Service;
use crate::faults::Faults;
use crate::refusal::Refusal;
use crate::store::Store;
use crate::{keys, seed, sigv4};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The server's state. One connection to the database, used by one handler at a time.
#[derive(Debug)]
pub(crate) struct Server {
    store: Mutex<Store>,
    /// The only clock.
    pub(crate) clock: Clock,
    /// Trouble that a test asked for.
    pub(crate) faults: Faults,
    /// Private keys already read from the store.
    pub(crate) keys: keys::Cache,
    /// Without a slash at the end: what issuers and page addresses begin with.
    pub(crate) public_url: String,
    /// Addresses that every client with the redirect flow may return to, beside its own.
    app_urls: Mutex<Vec<String>>,
    /// Under which names it may be reached.
    pub(crate) reach: Reach,
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

/// Who calls, and how.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    /// The operation's name.
    pub(crate) operation: String,
    /// What `x-amzn-requestid` will say.
    pub(crate) request_id: String,
    /// The service that `x-amz-target` names.
    pub(crate) service: Service,
    /// The request as it arrived, for operations that must be signed.
    pub(crate) request: sigv4::Request,
    /// Who signed it, once that was checked.
    pub(crate) signer: Option<sigv4::Signer>,
    /// The `x-amz-user-agent` or `user-agent` header.
    pub(crate) user_agent: String,
    /// The peer's address.
    pub(crate) ip: String,
}

impl Server {
    /// A server over a store that already has what the configuration names.
    pub(crate) fn new(store: Store, config: Config, public_url: String) -> Result<Self, Refusal> {
        let clock = Clock::default();
        seed::plant(&store, &config, clock.now_ms())?;
        Ok(Self {
            store: Mutex::new(store),
            clock,
            faults: Faults::default(),
            keys: keys::Cache::default(),
            public_url,
            app_urls: Mutex::default(),
            reach: Reach::default(),
            config,
        })
    }

    /// The store; never held across an await.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        // A handler that panicked left at worst a rolled-back savepoint behind.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces [`Server::app_urls`]; a reset keeps them, for they say where the app is, not what it did.
    pub(crate) fn allow_app_urls(&self, urls: Vec<String>) {
        *self.app_urls.lock().unwrap_or_else(PoisonError::into_inner) = urls;
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
        store.clear()?;
        seed::plant(&store, &self.config, self.clock.now_ms())
    }
}
