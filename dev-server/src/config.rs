//! The TOML file that names pools, clients and people. Settings are spelled as CreateUserPool and
//! CreateUserPoolClient spell them, so that one vocabulary serves file and operations.

use crate::identity_pool::IdentityPool;
use crate::sigv4::{AccessKey, Role};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// The whole file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    #[serde(default, rename = "pool")]
    pub(crate) pools: Vec<PoolConfig>,
    #[serde(default, rename = "identity_pool")]
    pub(crate) identity_pools: Vec<IdentityPool>,
    /// What credentials of identity pools may do.
    #[serde(default, rename = "role")]
    pub(crate) roles: Vec<Role>,
    /// Keys of administrators' scripts; `test` with the secret `test` when none is named.
    #[serde(default = "customary_key", rename = "access_key")]
    pub(crate) access_keys: Vec<AccessKey>,
    #[serde(default)]
    pub(crate) sample: SampleConfig,
    /// What pools with a risk configuration take for known to others.
    #[serde(default)]
    pub(crate) compromised_passwords: Vec<String>,
}

/// The sample API that wants an access token.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SampleConfig {
    /// Scopes of which a token must have one, by the beginning of the path.
    #[serde(default)]
    pub(crate) scopes: BTreeMap<String, Vec<String>>,
}

/// One pool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PoolConfig {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    /// `"cognito"` for the service's own form of `iss`; else an address of this server.
    pub(crate) issuer: Option<String>,
    /// Whether authorization responses name the issuer (RFC 9207); the service's do not.
    #[serde(default)]
    pub(crate) authorization_response_iss: bool,
    /// Members of CreateUserPool.
    #[serde(default)]
    pub(crate) settings: Map<String, Value>,
    /// Members of SetUserPoolMfaConfig.
    #[serde(default)]
    pub(crate) mfa: Map<String, Value>,
    /// Members of SetRiskConfiguration.
    #[serde(default)]
    pub(crate) risk: Map<String, Value>,
    #[serde(default, rename = "client")]
    pub(crate) clients: Vec<ClientConfig>,
    #[serde(default, rename = "group")]
    pub(crate) groups: Vec<NamedConfig>,
    #[serde(default, rename = "user")]
    pub(crate) users: Vec<UserConfig>,
    #[serde(default, rename = "identity_provider")]
    pub(crate) identity_providers: Vec<NamedConfig>,
    #[serde(default, rename = "resource_server")]
    pub(crate) resource_servers: Vec<NamedConfig>,
    /// Domain prefix or name.
    pub(crate) domain: Option<String>,
}

/// One app client.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientConfig {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) secret: Option<String>,
    /// Members of CreateUserPoolClient.
    #[serde(default)]
    pub(crate) settings: Map<String, Value>,
}

/// Something with a name and the members of the operation that creates it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedConfig {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) settings: Map<String, Value>,
}

/// One person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserConfig {
    pub(crate) username: String,
    pub(crate) password: Option<String>,
    /// `CONFIRMED` when absent.
    pub(crate) status: Option<crate::store::UserStatus>,
    #[serde(default)]
    pub(crate) disabled: bool,
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) groups: Vec<String>,
    /// A base32 secret that counts as verified.
    pub(crate) totp_secret: Option<String>,
    /// Second factors turned on: `SMS_MFA`, `SOFTWARE_TOKEN_MFA`, `EMAIL_OTP`.
    #[serde(default)]
    pub(crate) mfa: Vec<String>,
    /// One of `mfa`.
    pub(crate) preferred_mfa: Option<String>,
    /// Who the person is at identity providers.
    #[serde(default)]
    pub(crate) linked: Vec<LinkedConfig>,
}

/// An identity at a provider that is a person of the pool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkedConfig {
    pub(crate) provider: String,
    /// The provider's own id of the person.
    pub(crate) subject: String,
}

impl Config {
    /// Reads a file, or the default that is built in.
    #[cfg(test)]
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, String> {
        Self::load_with(file, "http://localhost:9340")
    }

    /// The same with an address that is known only at start in the place of `{identity-provider}`.
    pub(crate) fn load_with(file: Option<&Path>, identity_provider: &str) -> Result<Self, String> {
        let filled = |text: &str| text.replace("{identity-provider}", identity_provider);
        let Some(path) = file else { return Self::parse(&filled(DEFAULT)) };
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        Self::parse(&filled(&text)).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        for pool in &config.identity_pools {
            pool.check()?;
        }
        Ok(config)
    }
}

/// What other local servers take, too.
fn customary_key() -> Vec<AccessKey> {
    vec![AccessKey { id: "test".to_owned(), secret: "test".to_owned() }]
}

const DEFAULT: &str = include_str!("../default.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_names_the_demo_pool_and_its_people() {
        let config = Config::parse(DEFAULT).unwrap();

        assert_eq!(config.pools[0].id, "eu-west-1_LifeGuard");
        assert_eq!(config.pools[0].clients[0].id, "lifeguarddemoclient0000001");
        let names: Vec<_> = config.pools[0].users.iter().map(|u| u.username.as_str()).collect();
        assert_eq!(names, ["alice", "nora", "bob", "carol", "dave", "ada"]);
    }

    #[test]
    fn identity_pool_of_another_form_is_named() {
        for (id, seconds) in [("lifeguard", 60), ("eu-west-1:X", 60), ("eu-west-1:0-0", 0)] {
            let text = format!("[[identity_pool]]\nid = '{id}'\ncredential_seconds = {seconds}\n");

            let error = Config::parse(&text).unwrap_err();

            assert!(error.contains(id), "{error}");
        }
    }

    #[test]
    fn a_misspelled_member_is_named() {
        let error = Config::parse("[[pool]]\nid = 'eu-west-1_A'\nclints = []\n").unwrap_err();

        assert!(error.contains("clints"), "{error}");
    }
}
