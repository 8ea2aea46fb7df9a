//! Puts what the configuration names into the store, as far as it is not there yet.

use crate::config::{ClientConfig, Config, LinkedConfig, NamedConfig, PoolConfig, UserConfig};
use crate::linking::{self, Identity, SUBJECT};
use crate::random;
use crate::refusal::Refusal;
use crate::srp;
use crate::store::{
    Client, Domain, Group, IdentityProvider, MfaPreference, Pool, ResourceServer, Store, Totp,
    User, UserStatus,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Plants every pool that the store does not have.
pub(crate) fn plant(store: &Store, config: &Config, now: i64) -> Result<(), Refusal> {
    for pool in &config.pools {
        if store.find::<Pool>(&pool.id, "", &pool.id)?.is_none() {
            store.atomically(|| plant_pool(store, pool, now))?;
        }
    }
    Ok(())
}

fn plant_pool(store: &Store, config: &PoolConfig, now: i64) -> Result<(), Refusal> {
    let pool = Pool {
        id: config.id.clone(),
        name: config.name.clone().unwrap_or_else(|| config.id.clone()),
        aws_issuer: config.issuer.as_deref() == Some("cognito"),
        response_issuer: config.authorization_response_iss,
        settings: config.settings.clone(),
        mfa: config.mfa.clone(),
        risk: config.risk.clone(),
        created: now,
        modified: now,
    };
    store.put(&pool)?;
    for client in &config.clients {
        plant_client(store, &pool, client)?;
    }
    for NamedConfig { name, settings } in config.groups.iter().cloned() {
        store.put(&Group { pool_id: pool.id.clone(), name, settings, created: now })?;
    }
    for NamedConfig { name, settings } in config.identity_providers.iter().cloned() {
        store.put(&IdentityProvider { pool_id: pool.id.clone(), name, settings, created: now })?;
    }
    for NamedConfig { name, settings } in config.resource_servers.iter().cloned() {
        store.put(&ResourceServer { pool_id: pool.id.clone(), name, settings, created: now })?;
    }
    if let Some(name) = config.domain.clone() {
        let settings = [("UserPoolId".to_owned(), Value::from(pool.id.as_str()))];
        store.put(&Domain {
            pool_id: pool.id.clone(),
            name,
            settings: settings.into_iter().collect(),
            created: now,
        })?;
    }
    for user in &config.users {
        plant_user(store, &pool, user)?;
    }
    Ok(())
}

fn plant_client(store: &Store, pool: &Pool, config: &ClientConfig) -> Result<(), Refusal> {
    store.put(&Client {
        id: config.id.clone(),
        pool_id: pool.id.clone(),
        name: config.name.clone().unwrap_or_else(|| config.id.clone()),
        secret: config.secret.clone(),
        settings: config.settings.clone(),
        created: pool.created,
        modified: pool.created,
    })
}

fn plant_user(store: &Store, pool: &Pool, config: &UserConfig) -> Result<(), Refusal> {
    let sub = match config.attributes.get("sub") {
        Some(sub) => sub.clone(),
        // The same after a reset, so that who is signed in then is still the same person.
        None => {
            let digest = Sha256::digest(format!("{}\0{}", pool.id, config.username));
            random::uuid_from(digest.first_chunk().copied().unwrap_or_default())
        }
    };
    let mut attributes = config.attributes.clone();
    attributes.insert("sub".to_owned(), sub.clone());
    let password = config
        .password
        .as_deref()
        .map(|password| srp::make_verifier(pool.srp_name(), &config.username, password))
        .transpose()?;
    let has = |name: &str| config.mfa.iter().any(|factor| factor == name);
    let mut user = User::new(&pool.id, &config.username, &sub, attributes, pool.created);
    user.status = config.status.unwrap_or(UserStatus::Confirmed);
    user.enabled = !config.disabled;
    user.password = password;
    user.password_set = pool.created;
    user.groups = config.groups.clone();
    user.totp = config.totp_secret.clone().map(|secret| Totp {
        secret,
        verified: true,
        friendly_name: String::new(),
        last_step: 0,
    });
    user.mfa = MfaPreference {
        sms: has("SMS_MFA"),
        totp: has("SOFTWARE_TOKEN_MFA"),
        email: has("EMAIL_OTP"),
        passkey: false,
        preferred: config.preferred_mfa.clone(),
    };
    store.put_user(&user)?;
    for LinkedConfig { provider, subject } in &config.linked {
        let known: Option<IdentityProvider> = store.find(&pool.id, "", provider)?;
        let kind = known.as_ref().and_then(|known| known.settings.get("ProviderType"));
        let who = Identity {
            user_id: subject.clone(),
            provider_name: provider.clone(),
            provider_type: kind.and_then(Value::as_str).unwrap_or("OIDC").to_owned(),
        };
        linking::link(store, &mut user, &who, SUBJECT, pool.created)?;
    }
    Ok(())
}
