//! Through which client of which pool a call comes, and what that allows.

use crate::refusal::Refusal;
use crate::risk::ContextData;
use crate::server::Server;
use crate::store::{Client, ClientPolicy, Policy, Pool, PoolSecret, User};
use crate::{random, risk, srp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use subtle::ConstantTimeEq;

/// The client and the pool that a call names by `ClientId`.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) pool: Pool,
    pub(crate) policy: Policy,
    pub(crate) client: Client,
    pub(crate) client_policy: ClientPolicy,
    /// The call's `ClientMetadata`.
    pub(crate) metadata: Map<String, Value>,
    /// What the call's `UserContextData` asks to be held for.
    pub(crate) risk: Option<risk::Level>,
}

impl Context {
    /// Looks up the input's `ClientId`.
    pub(crate) fn open(server: &Server, client_id: &str) -> Result<Self, Refusal> {
        let store = server.store();
        let client = store.client(client_id)?;
        let pool = store.pool(&client.pool_id)?;
        drop(store);
        tracing::Span::current().record("client", client.id.as_str());
        Ok(Self {
            policy: pool.policy(),
            client_policy: client.policy(),
            metadata: Map::new(),
            risk: None,
            pool,
            client,
        })
    }

    /// What else a request says: for triggers, and about the machine it comes from.
    pub(crate) fn with(self, metadata: Map<String, Value>, data: Option<&ContextData>) -> Self {
        Self { metadata, risk: risk::level(data), ..self }
    }

    /// The same in a pool that was named, too.
    pub(crate) fn open_in_pool(
        server: &Server,
        pool_id: &str,
        client_id: &str,
    ) -> Result<Self, Refusal> {
        let pool = server.store().pool(pool_id)?;
        let context = Self::open(server, client_id)?;
        if context.pool.id != pool.id {
            let id = &context.client.id;
            return Err(Refusal::not_found(format!("User pool client {id} does not exist.")));
        }
        Ok(context)
    }

    /// Refuses a call whose secret hash is not that of `username` where the client has a secret.
    pub(crate) fn check_secret_hash(
        &self,
        username: &str,
        hash: Option<&str>,
    ) -> Result<(), Refusal> {
        let Some(secret) = &self.client.secret else { return Ok(()) };
        let id = &self.client.id;
        let Some(hash) = hash else {
            return Err(Refusal::not_authorized(format!(
                "Client {id} is configured with secret but SECRET_HASH was not received"
            )));
        };
        let mac = srp::hmac(secret.as_bytes(), &[username.as_bytes(), id.as_bytes()]);
        if bool::from(STANDARD.encode(mac).as_bytes().ct_eq(hash.as_bytes())) {
            return Ok(());
        }
        Err(Refusal::not_authorized(format!("Unable to verify secret hash for client {id}")))
    }

    /// Refuses a call without the client's plain secret where it has one.
    pub(crate) fn check_secret(&self, secret: Option<&str>) -> Result<(), Refusal> {
        let Some(expected) = &self.client.secret else { return Ok(()) };
        let given = secret.unwrap_or_default();
        if bool::from(expected.as_bytes().ct_eq(given.as_bytes())) {
            return Ok(());
        }
        Err(Refusal::not_authorized(format!(
            "Unable to verify secret for client {}",
            self.client.id
        )))
    }

    /// Whether an unknown user must look like a known one.
    pub(crate) fn hides_users(&self) -> bool {
        self.client_policy.prevent_user_existence_errors == "ENABLED"
    }

    /// How long a challenge may wait for its answer, in milliseconds.
    pub(crate) fn session_ms(&self) -> i64 {
        self.client_policy.auth_session_validity.unwrap_or(3) * 60_000
    }

    /// Whether the client may use an authentication flow.
    pub(crate) fn check_flow(&self, flow: &str) -> Result<(), Refusal> {
        let enabled = &self.client_policy.explicit_auth_flows;
        let by_default = ["USER_SRP_AUTH", "CUSTOM_AUTH", "REFRESH_TOKEN_AUTH"];
        let is_allowed = if enabled.is_empty() {
            by_default.contains(&flow)
        } else {
            let legacy = match flow {
                "USER_SRP_AUTH" | "REFRESH_TOKEN_AUTH" => "",
                "CUSTOM_AUTH" => "CUSTOM_AUTH_FLOW_ONLY",
                "ADMIN_USER_PASSWORD_AUTH" => "ADMIN_NO_SRP_AUTH",
                other => other,
            };
            enabled.iter().any(|name| name == &format!("ALLOW_{flow}") || name == legacy)
        };
        if is_allowed {
            return Ok(());
        }
        Err(Refusal::invalid_parameter(format!("{flow} flow not enabled for this client")))
    }

    /// The user a typed name means, if there is one.
    pub(crate) fn resolve(&self, server: &Server, typed: &str) -> Result<Option<User>, Refusal> {
        server.store().resolve_user(&self.pool, typed)
    }

    /// Unguessable bytes that are always the same for one name in this pool: what an unknown
    /// person's salt and id are made of.
    pub(crate) fn pretend(
        &self,
        server: &Server,
        what: &str,
        name: &str,
    ) -> Result<[u8; 32], Refusal> {
        let store = server.store();
        let secret = match store.find::<PoolSecret>(&self.pool.id, "", &self.pool.id)? {
            Some(secret) => secret,
            None => {
                let bytes = hex::encode(random::bytes::<32>()?);
                let secret = PoolSecret { pool_id: self.pool.id.clone(), bytes };
                store.put(&secret)?;
                secret
            }
        };
        Ok(srp::hmac(secret.bytes.as_bytes(), &[what.as_bytes(), b"\0", name.as_bytes()]))
    }
}
