//! Identity pools as the configuration names them, in the words of CreateIdentityPool and SetIdentityPoolRoles.

use serde::Deserialize;
use std::collections::BTreeMap;

/// One identity pool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdentityPool {
    pub(crate) id: String,
    /// Members of CreateIdentityPool.
    #[serde(default)]
    pub(crate) settings: Settings,
    /// Members of SetIdentityPoolRoles.
    #[serde(default)]
    pub(crate) roles: Roles,
    /// How long credentials last.
    #[serde(default = "one_hour")]
    pub(crate) credential_seconds: i64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(crate) struct Settings {
    pub(crate) identity_pool_name: String,
    pub(crate) allow_unauthenticated_identities: bool,
    pub(crate) allow_classic_flow: bool,
    pub(crate) cognito_identity_providers: Vec<Provider>,
}

/// A client of a user pool whose ID tokens count.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Provider {
    /// `cognito-idp.{region}.amazonaws.com/{poolId}`.
    pub(crate) provider_name: String,
    pub(crate) client_id: String,
    /// Refuses tokens of people who were signed out everywhere, disabled or deleted.
    #[serde(default)]
    pub(crate) server_side_token_check: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub(crate) struct Roles {
    pub(crate) roles: DefaultRoles,
    /// By `{ProviderName}:{ClientId}`.
    pub(crate) role_mappings: BTreeMap<String, RoleMapping>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct DefaultRoles {
    pub(crate) authenticated: Option<String>,
    pub(crate) unauthenticated: Option<String>,
}

/// How a role is chosen for a token.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct RoleMapping {
    #[serde(rename = "Type")]
    pub(crate) kind: MappingKind,
    #[serde(default)]
    pub(crate) ambiguous_role_resolution: Ambiguity,
    #[serde(default)]
    pub(crate) rules_configuration: Rules,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum MappingKind {
    /// By the claims `cognito:preferred_role` and `cognito:roles`.
    Token,
    /// By the first rule that fits.
    Rules,
}

/// What happens when no role is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(crate) enum Ambiguity {
    #[default]
    Deny,
    AuthenticatedRole,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Rules {
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Rule {
    pub(crate) claim: String,
    pub(crate) match_type: MatchType,
    pub(crate) value: String,
    #[serde(rename = "RoleARN")]
    pub(crate) role_arn: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum MatchType {
    Equals,
    Contains,
    StartsWith,
    NotEqual,
}

fn one_hour() -> i64 {
    3600
}

impl IdentityPool {
    /// Refuses what no call could name and credentials that never work.
    pub(crate) fn check(&self) -> Result<(), String> {
        let id = &self.id;
        let is_hex =
            |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
        let (region, rest) = id.split_once(':').unwrap_or_default();
        if region.is_empty() || rest.is_empty() || !is_hex(rest) {
            return Err(format!(
                "identity_pool '{id}': an id is a region, a colon and a UUID, \
                 eu-west-1:11111111-2222-4333-8444-555555555555 for instance"
            ));
        }
        if self.credential_seconds < 1 {
            return Err(format!("identity_pool '{id}': credential_seconds must be at least 1"));
        }
        Ok(())
    }

    /// What identity ids begin with.
    pub(crate) fn region(&self) -> &str {
        self.id.split(':').next().unwrap_or_default()
    }
}
