//! Pools, clients and what else belongs to a pool. Settings stay the JSON that CreateUserPool and its
//! kin took, so that they can be reported back; what of them decides something is in `policy`.

use super::policy::{ClientPolicy, MfaPolicy, Policy, RiskPolicy, read};
use super::{Document, Store, document};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A user pool.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pool {
    /// `region_name`.
    pub(crate) id: String,
    /// The display name.
    pub(crate) name: String,
    /// `iss` in the form of the service rather than an address of this server.
    pub(crate) aws_issuer: bool,
    /// Authorization responses name the issuer (RFC 9207), which the service does not do.
    #[serde(default)]
    pub(crate) response_issuer: bool,
    /// What CreateUserPool took, with what SetUserPoolMfaConfig added.
    pub(crate) settings: Map<String, Value>,
    /// What SetUserPoolMfaConfig took.
    #[serde(default)]
    pub(crate) mfa: Map<String, Value>,
    /// What SetRiskConfiguration takes.
    #[serde(default)]
    pub(crate) risk: Map<String, Value>,
    /// Milliseconds since the epoch.
    pub(crate) created: i64,
    /// Milliseconds since the epoch.
    pub(crate) modified: i64,
}

impl Document for Pool {
    const KIND: &'static str = "pool";
    fn pool_id(&self) -> &str {
        &self.id
    }
    fn key(&self) -> &str {
        &self.id
    }
}

impl Pool {
    /// The part of the id before the first `_`.
    pub(crate) fn region(&self) -> &str {
        self.id.split_once('_').map_or("", |(region, _)| region)
    }

    /// The part of the id after the first `_`: what SRP hashes.
    pub(crate) fn srp_name(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(_, name)| name)
    }

    /// The settings as types.
    pub(crate) fn policy(&self) -> Policy {
        read(&self.settings)
    }

    /// The risk configuration as types.
    pub(crate) fn risk_policy(&self) -> RiskPolicy {
        read(&self.risk)
    }

    /// The settings of second factors as types.
    pub(crate) fn mfa_policy(&self) -> MfaPolicy {
        let mut merged = self.settings.clone();
        merged.extend(self.mfa.clone());
        read(&merged)
    }
}

/// An app client.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) pool_id: String,
    pub(crate) name: String,
    pub(crate) secret: Option<String>,
    /// What CreateUserPoolClient took.
    pub(crate) settings: Map<String, Value>,
    /// Milliseconds since the epoch.
    pub(crate) created: i64,
    /// Milliseconds since the epoch.
    pub(crate) modified: i64,
}

document!(Client, "client", id);

impl Client {
    /// The settings as types.
    pub(crate) fn policy(&self) -> ClientPolicy {
        read(&self.settings)
    }
}

/// A named thing of a pool whose settings are only kept: the kind says which.
macro_rules! kept {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        pub(crate) struct $name {
            pub(crate) pool_id: String,
            pub(crate) name: String,
            /// What the creating operation took.
            pub(crate) settings: Map<String, Value>,
            /// Milliseconds since the epoch.
            pub(crate) created: i64,
        }
        document!($name, $kind, name);
    };
}

kept!(
    /// A group of users.
    Group,
    "group"
);
kept!(
    /// An identity provider.
    IdentityProvider,
    "identity_provider"
);
kept!(
    /// A domain, by its prefix or whole name.
    Domain,
    "domain"
);
kept!(
    /// A resource server, by its identifier.
    ResourceServer,
    "resource_server"
);

/// An RSA key of a pool.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SigningKey {
    pub(crate) pool_id: String,
    /// `access` or `id`: a pool signs each with its own key.
    pub(crate) token_use: String,
    pub(crate) kid: String,
    /// Base64 of PKCS #8.
    pub(crate) pkcs8: String,
}

document!(SigningKey, "signing_key", token_use);

/// Bytes that nobody else knows: what the likeness of an unknown person is made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PoolSecret {
    pub(crate) pool_id: String,
    /// Hex.
    pub(crate) bytes: String,
}

document!(PoolSecret, "pool_secret", pool_id);

impl Store {
    /// The pool of that id, or the service's refusal.
    pub(crate) fn pool(&self, id: &str) -> Result<Pool, Refusal> {
        self.find(id, "", id)?
            .ok_or_else(|| Refusal::not_found(format!("User pool {id} does not exist.")))
    }

    /// The client of that id, or the service's refusal.
    pub(crate) fn client(&self, id: &str) -> Result<Client, Refusal> {
        self.find_by_key(id)?
            .ok_or_else(|| Refusal::not_found(format!("User pool client {id} does not exist.")))
    }
}
