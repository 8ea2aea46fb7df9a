//! The page as the account module reaches it: by web APIs, one adapter a file.

use web_sys::AbortSignal;

use super::host::Host;
use super::{channel, clock, credentials, fetch, locks, random, signature, storage};
use crate::platform::{Locked, PasskeyError, Platform, SendError, Store, StoreError};
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;

/// The page as one call sees it.
pub struct Page<'a> {
    host: &'a Host,
    signal: Option<AbortSignal>,
    timeout_ms: Option<u32>,
}

impl<'a> Page<'a> {
    /// The page for a call that `signal` can end.
    pub fn new(host: &'a Host, signal: Option<AbortSignal>) -> Self {
        Self { host, signal, timeout_ms: None }
    }

    /// The page with another time limit for each attempt of this call's requests.
    #[must_use]
    pub fn with_timeout(mut self, timeout_ms: Option<u32>) -> Self {
        self.timeout_ms = timeout_ms;
        self
    }
}

impl Platform for Page<'_> {
    type Lock = locks::Held;

    async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, SendError> {
        let timeout_ms = self.timeout_ms.unwrap_or(request.timeout_ms);
        fetch::send(request, timeout_ms, self.signal.as_ref()).await
    }

    fn now(&self) -> u64 {
        clock::now()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        random::fill(bytes);
    }

    async fn sleep(&self, ms: u32) -> Result<(), SendError> {
        clock::sleep(ms, self.signal.as_ref()).await
    }

    async fn load(&self, store: Store, key: &str) -> Result<Option<String>, StoreError> {
        storage::load(self.host, store, key).await
    }

    async fn save(&self, store: Store, key: &str, value: &str) -> Result<(), StoreError> {
        storage::save(self.host, store, key, value).await
    }

    async fn remove(&self, store: Store, key: &str) -> Result<(), StoreError> {
        storage::remove(self.host, store, key).await
    }

    async fn lock(&self, name: &str, wait_ms: u32) -> Locked<locks::Held> {
        locks::acquire(name, wait_ms).await
    }

    fn detached(&self) -> Self {
        Self { host: self.host, signal: None, timeout_ms: self.timeout_ms }
    }

    fn notify(&self, event: Value) {
        channel::notify(self.host, &event);
    }

    fn broadcast(&self, message: &str) {
        channel::broadcast(self.host, message);
    }

    async fn passkey_get(&self, options: &Value) -> Result<String, PasskeyError> {
        credentials::get(options, self.signal.as_ref()).await
    }

    async fn passkey_create(&self, options: &Value) -> Result<String, PasskeyError> {
        credentials::create(options, self.signal.as_ref()).await
    }

    async fn verify_signature(&self, token: &str, keys: &str) -> Result<bool, SendError> {
        signature::verify(self.host, token, keys).await
    }

    fn context_data(&self, username: &str, pool_id: &str, client_id: &str) -> Option<String> {
        self.host.context_data(username, pool_id, client_id)
    }

    fn device_name(&self) -> String {
        self.host.device_name()
    }
}
