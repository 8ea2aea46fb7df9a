//! What a host hands over, read into the core's own types.

use crate::host::Store;
use crate::operations::Client;
use crate::protocol::error::Misuse;
use crate::protocol::identity::IdentityPool;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::srp::Ephemeral;
use crate::protocol::text;
use crate::protocol::wire::Extras;
use crate::protocol::wire::auth::Pairs;

/// A value that the host handed over.
pub(super) struct Input<'a>(pub(super) &'a Value);

impl<'a> Input<'a> {
    pub(super) fn new(value: &'a Value) -> Self {
        Self(value)
    }

    /// All of it, for a task of the table.
    pub(super) fn value(&self) -> Value {
        self.0.clone()
    }

    /// A text that must be there.
    pub(super) fn text(&self, name: &'static str) -> Result<String, Misuse> {
        self.optional(name).ok_or(Misuse(name))
    }

    /// A text that may be there.
    pub(super) fn optional(&self, name: &str) -> Option<String> {
        self.0.string(name)
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.0.number(name)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.0.is_true(name)
    }

    pub(super) fn pairs(&self, name: &str) -> Pairs {
        self.0.get(name).map(Value::string_pairs).unwrap_or_default()
    }

    /// What every call may carry.
    pub(super) fn extras(&self) -> Extras {
        Extras { metadata: self.pairs("clientMetadata"), context: self.optional("userContextData") }
    }

    /// The store that a member names: where a session goes, or is.
    pub(super) fn store(&self, name: &str) -> Store {
        match self.0.str(name) {
            Some("session") => Store::Tab,
            Some("memory") => Store::Memory,
            _ => Store::Lasting,
        }
    }

    /// The client of a configuration: `{ userPoolId, clientId, endpoint?, timeoutMs?, identityPool?,
    /// keepsLegacy?, deviceName? }`. `input` is of the call, which may bring an ephemeral.
    pub(super) fn client(&self, input: &Input) -> Result<Client, Misuse> {
        if self.is_true("clientSecret") {
            return Err(Misuse(
                "a browser cannot keep a client secret: use an app client that has none",
            ));
        }
        let (id, client_id) = (self.text("userPoolId")?, self.text("clientId")?);
        let pool = Pool::parse(&id, &client_id, self.optional("endpoint").as_deref())?;
        let timeout_ms = self.number("timeoutMs").map_or(DEFAULT_TIMEOUT_MS, |ms| ms as u32);
        let mut client = Client::new(pool, timeout_ms);
        client.identity = self.identity_pool()?;
        client.keeps_legacy = self.is_true("keepsLegacy");
        if let Some(name) = self.optional("deviceName") {
            client.device_name = name;
        }
        client.spare = input.spare();
        Ok(client)
    }

    fn identity_pool(&self) -> Result<Option<IdentityPool>, Misuse> {
        let Some(given) = self.0.get("identityPool") else { return Ok(None) };
        let id = given.str("id").ok_or(Misuse("identityPool.id"))?;
        IdentityPool::parse(id, given.str("endpoint"), given.is_true("guests")).map(Some)
    }

    /// What `prepare` computed ahead of time: `spare: { a, public }`.
    fn spare(&self) -> Option<Ephemeral> {
        let spare = self.0.get("spare")?;
        let a = text::base64_decode(spare.str("a")?)?;
        let public = text::base64_decode(spare.str("public")?)?;
        Some(Ephemeral::prepared(Secret::new(a), public))
    }
}

const DEFAULT_TIMEOUT_MS: u32 = 15_000;
