//! With a provider's code to the claims about a person.

use super::provider::Provider;
use super::provider::redirect_uri;
use super::{Departure, Failure, apple, id_token, web};
use crate::server::Server;
use serde_json::{Map, Value};

/// Where a provider is asked what.
#[derive(Debug)]
pub(super) struct Endpoints {
    pub(super) authorize: String,
    token: String,
    attributes: Option<String>,
    keys: Option<String>,
    /// The issuer as the provider itself spells it.
    pub(super) issuer: Option<String>,
}

impl Endpoints {
    /// Takes configured addresses, and asks the issuer for the rest.
    pub(super) async fn find(provider: &Provider) -> Result<Self, Failure> {
        let configured = |name: &str| provider.detail(name).map(str::to_owned);
        let Some(issuer) = provider.detail("oidc_issuer") else {
            return Ok(Self {
                authorize: provider.required("authorize_url")?.to_owned(),
                token: provider.required("token_url")?.to_owned(),
                attributes: configured("attributes_url"),
                keys: None,
                issuer: None,
            });
        };
        let all = ["authorize_url", "token_url", "jwks_uri"].map(configured);
        if let [Some(authorize), Some(token), keys @ Some(_)] = all {
            let (attributes, issuer) = (configured("attributes_url"), Some(issuer.to_owned()));
            return Ok(Self { authorize, token, attributes, keys, issuer });
        }
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = web::get(&address, None, "configuration endpoint").await?;
        let told = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        // SECURITY: OpenID Connect Discovery, section 4.3: a document must speak for the issuer that was asked.
        if told("issuer").as_deref() != Some(issuer) {
            return Err(Failure::invalid("The IdP's configuration names another issuer"));
        }
        let needed = |name: &str, member: &str| {
            let found = configured(name).or_else(|| told(member));
            found
                .ok_or_else(|| Failure::invalid(format!("The IdP's configuration has no {member}")))
        };
        Ok(Self {
            authorize: needed("authorize_url", "authorization_endpoint")?,
            token: needed("token_url", "token_endpoint")?,
            attributes: configured("attributes_url").or_else(|| told("userinfo_endpoint")),
            keys: Some(needed("jwks_uri", "jwks_uri")?),
            issuer: Some(issuer.to_owned()),
        })
    }
}

/// Exchanges a code and gathers the claims, of the ID token first.
pub(super) async fn claims(
    server: &Server,
    provider: &Provider,
    endpoints: &Endpoints,
    departure: &Departure,
    code: &str,
) -> Result<Map<String, Value>, Failure> {
    let client_id = provider.required("client_id")?;
    let secret = match provider.detail("private_key") {
        Some(key) => apple::client_secret(provider, key)?,
        None => provider.required("client_secret")?.to_owned(),
    };
    let redirect_uri = redirect_uri(server);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri.as_str()),
        ("client_id", client_id),
        ("client_secret", secret.as_str()),
        ("code_verifier", departure.code_verifier.as_str()),
    ];
    let tokens = web::post(&endpoints.token, &fields, "token endpoint").await?;
    let text = |name: &str| tokens.get(name).and_then(Value::as_str);
    let access = text("access_token");
    let mut claims = Map::new();
    if let (Some(keys), Some(issuer)) = (&endpoints.keys, &endpoints.issuer) {
        let token = text("id_token").ok_or_else(|| {
            Failure::invalid("The IdP gave no ID token: is openid among the scopes?")
        })?;
        let keys = web::get(keys, None, "jwks_uri").await?;
        let expected = id_token::Expected { issuer, client_id, nonce: &departure.nonce, access };
        claims = id_token::verify(token, keys, &expected)?;
    }
    if let (Some(address), Some(access)) = (&endpoints.attributes, access) {
        let told =
            web::get(&attributes_url(provider, address), Some(access), "userInfo endpoint").await?;
        let told = told.as_object().cloned().unwrap_or_default();
        let subject = |claims: &Map<String, Value>| claims.get(provider.subject_claim()).cloned();
        // SECURITY: OpenID Connect Core, section 5.3.2: the answer must be about the same person.
        if provider.is_openid() && subject(&told) != subject(&claims) {
            return Err(Failure::invalid("The IdP's userInfo endpoint speaks of another person"));
        }
        claims.extend(told);
    }
    Ok(claims)
}

/// Facebook says only what it is asked for.
fn attributes_url(provider: &Provider, address: &str) -> String {
    if provider.kind != "Facebook" {
        return address.to_owned();
    }
    let mut fields: Vec<&str> = provider.mapping.values().map(String::as_str).collect();
    fields.push(provider.subject_claim());
    fields.sort_unstable();
    fields.dedup();
    let fields = fields.join(",");
    if let Some(base) = address.strip_suffix("fields=") {
        return format!("{base}fields={fields}");
    }
    let joint = if address.contains('?') { '&' } else { '?' };
    format!("{address}{joint}fields={fields}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::IdentityProvider;
    use crate::testing::{POOL, World};
    use serde_json::json;

    fn provider(kind: &str) -> Provider {
        let world = World::new("", "");
        let settings = json!({
            "ProviderType": kind,
            "AttributeMapping": { "username": "id", "email": "email", "name": "name" },
        });
        let stored = IdentityProvider {
            pool_id: POOL.to_owned(),
            name: kind.to_owned(),
            settings: settings.as_object().unwrap().clone(),
            created: 0,
        };
        world.server.store().put(&stored).unwrap();
        super::super::named(&world.server, POOL, kind).unwrap().unwrap()
    }

    #[test]
    fn facebook_is_asked_for_what_the_mapping_needs() {
        let facebook = provider("Facebook");
        let asked = |address| attributes_url(&facebook, address);

        assert_eq!(asked("https://f.example/me"), "https://f.example/me?fields=email,id,name");
        assert_eq!(
            asked("https://f.example/me?fields="),
            "https://f.example/me?fields=email,id,name"
        );
        assert_eq!(
            attributes_url(&provider("OIDC"), "https://o.example/me"),
            "https://o.example/me"
        );
    }

    #[tokio::test]
    async fn providers_that_everybody_knows_need_no_addresses() {
        for (kind, authorize) in [
            ("Facebook", "https://www.facebook.com/v17.0/dialog/oauth"),
            ("LoginWithAmazon", "https://www.amazon.com/ap/oa"),
        ] {
            let endpoints = Endpoints::find(&provider(kind)).await.unwrap();

            assert_eq!(endpoints.authorize, authorize);
            assert!(endpoints.issuer.is_none() && endpoints.keys.is_none());
        }
        assert_eq!(provider("Google").detail("oidc_issuer"), Some("https://accounts.google.com"));
        assert_eq!(provider("SignInWithApple").subject_claim(), "sub");
        assert!(Endpoints::find(&provider("OIDC")).await.is_err());
    }
}
