//! What an identity provider's settings say, with what is known of the usual ones.

use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::IdentityProvider;
use serde_json::Value;
use std::collections::BTreeMap;

/// A provider that can be gone to.
#[derive(Debug, Clone)]
pub(in crate::hosted) struct Provider {
    pub(super) name: String,
    /// `Google`, `Facebook`, `LoginWithAmazon`, `SignInWithApple`, `SAML` or `OIDC`.
    pub(super) kind: String,
    details: BTreeMap<String, String>,
    /// From attributes here to claims there.
    pub(super) mapping: BTreeMap<String, String>,
}

impl Provider {
    fn read(stored: IdentityProvider) -> Self {
        let texts = |name: &str| -> BTreeMap<String, String> {
            let members = stored.settings.get(name).and_then(Value::as_object);
            let pairs = members.into_iter().flatten();
            pairs
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect()
        };
        let kind = stored.settings.get("ProviderType").and_then(Value::as_str).unwrap_or("OIDC");
        Self {
            kind: kind.to_owned(),
            details: texts("ProviderDetails"),
            mapping: texts("AttributeMapping"),
            name: stored.name,
        }
    }

    /// A detail as it was configured, else what is known of providers of this kind.
    pub(super) fn detail(&self, name: &str) -> Option<&str> {
        let configured =
            self.details.get(name).map(String::as_str).filter(|value| !value.is_empty());
        configured.or_else(|| usual(&self.kind, name))
    }

    /// A detail without which the provider cannot be used.
    pub(super) fn required(&self, name: &str) -> Result<&str, super::Failure> {
        self.detail(name).ok_or_else(|| {
            super::Failure::invalid(format!("The identity provider {} has no {name}", self.name))
        })
    }

    /// Whether it gives ID tokens; else it is asked for the person's attributes.
    pub(super) fn is_openid(&self) -> bool {
        self.detail("oidc_issuer").is_some()
    }

    /// The claim that says who somebody is there.
    pub(super) fn subject_claim(&self) -> &str {
        match self.kind.as_str() {
            "Facebook" => "id",
            "LoginWithAmazon" => "user_id",
            SAML => NAME_ID,
            _ => "sub",
        }
    }
}

/// The provider of that name that a pool has.
pub(in crate::hosted) fn named(
    server: &Server,
    pool_id: &str,
    name: &str,
) -> Result<Option<Provider>, Refusal> {
    let stored: Option<IdentityProvider> = server.store().find(pool_id, "", name)?;
    Ok(stored.map(Provider::read))
}

/// The name of the provider that a pool knows by an identifier.
pub(in crate::hosted) fn by_identifier(
    server: &Server,
    pool_id: &str,
    identifier: &str,
) -> Result<Option<String>, Refusal> {
    let all: Vec<IdentityProvider> = server.store().all(pool_id)?;
    let has = |provider: &&IdentityProvider| {
        let identifiers = provider.settings.get("IdpIdentifiers").and_then(Value::as_array);
        identifiers.is_some_and(|known| known.iter().any(|known| known == identifier))
    };
    Ok(all.iter().find(has).map(|provider| provider.name.clone()))
}

/// Endpoints and issuers of the providers that everybody knows, as the service fills them in.
fn usual(kind: &str, detail: &str) -> Option<&'static str> {
    Some(match (kind, detail) {
        ("Google", "oidc_issuer") => "https://accounts.google.com",
        ("Google", "authorize_scopes") => "openid email profile",
        ("SignInWithApple", "oidc_issuer") => "https://appleid.apple.com",
        ("SignInWithApple", "authorize_scopes") => "email name",
        ("Facebook", "authorize_url") => "https://www.facebook.com/v17.0/dialog/oauth",
        ("Facebook", "token_url") => "https://graph.facebook.com/v17.0/oauth/access_token",
        ("Facebook", "attributes_url") => "https://graph.facebook.com/v17.0/me",
        ("Facebook", "authorize_scopes") => "public_profile email",
        ("LoginWithAmazon", "authorize_url") => "https://www.amazon.com/ap/oa",
        ("LoginWithAmazon", "token_url") => "https://api.amazon.com/auth/o2/token",
        ("LoginWithAmazon", "attributes_url") => "https://api.amazon.com/user/profile",
        ("LoginWithAmazon", "authorize_scopes") => "profile",
        ("OIDC", "authorize_scopes") => "openid",
        _ => return None,
    })
}

/// Where providers send people back to.
pub(super) fn redirect_uri(server: &Server) -> String {
    format!("{}/oauth2/idpresponse", server.public_url)
}

/// The `ProviderType` of SAML.
pub(super) const SAML: &str = "SAML";

/// The claim that stands for the person's name at the provider.
pub(super) const NAME_ID: &str = "NameID";
