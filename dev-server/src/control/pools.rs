//! User pools and their second factors.

use super::named::OnlyPool;
use crate::caller::Caller;
use crate::input::{Kept, filled, text};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Domain, Pool, User};
use crate::timestamp::seconds;
use crate::{attributes, paging, random};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What UpdateUserPool cannot change: it is fixed when the pool is made.
const FIXED: [&str; 4] =
    ["Schema", "AliasAttributes", "UsernameAttributes", "UsernameConfiguration"];

/// What CreateUserPool reads.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Create {
    pool_name: String,
    mfa_configuration: Option<String>,
}

/// What UpdateUserPool reads.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Update {
    user_pool_id: String,
    pool_name: Option<String>,
    mfa_configuration: Option<String>,
}

/// The input of AddCustomAttributes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AddAttributes {
    user_pool_id: String,
    /// As they are kept.
    custom_attributes: Vec<Value>,
}

/// The input of ListUserPools.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct List {
    max_results: Option<u64>,
    next_token: Option<String>,
}

/// CreateUserPool, in the region that the signature names.
pub(crate) fn create(server: &Server, caller: &Caller, input: Kept<Create>) -> Answer {
    let now = server.clock.now_ms();
    let mut pool = Pool {
        id: format!("{}_{}", region(caller), random::alphanumeric(9)?),
        name: filled(&input.named.pool_name, "PoolName")?.to_owned(),
        aws_issuer: false,
        response_issuer: false,
        settings: input.settings,
        mfa: Map::new(),
        risk: Map::new(),
        created: now,
        modified: now,
    };
    check(&pool)?;
    adopt_mfa(&mut pool, input.named.mfa_configuration.as_deref());
    let store = server.store();
    store.put(&pool)?;
    Ok(json!({ "UserPool": describe(&store, &pool)? }))
}

/// DescribeUserPool.
pub(crate) fn show(server: &Server, _: &Caller, input: OnlyPool) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    Ok(json!({ "UserPool": describe(&store, &pool)? }))
}

/// UpdateUserPool: what the request leaves out goes back to its default, as in the service.
pub(crate) fn update(server: &Server, _: &Caller, input: Kept<Update>) -> Answer {
    let store = server.store();
    let Kept { named: input, settings: mut kept } = input;
    let mut pool = store.pool(&input.user_pool_id)?;
    for name in FIXED {
        if let Some(fixed) = pool.settings.remove(name) {
            kept.insert(name.to_owned(), fixed);
        }
    }
    pool.settings = kept;
    if let Some(name) = input.pool_name {
        pool.name = name;
    }
    check(&pool)?;
    adopt_mfa(&mut pool, input.mfa_configuration.as_deref());
    pool.modified = server.clock.now_ms();
    store.put(&pool)?;
    Ok(json!({}))
}

/// DeleteUserPool, with all that is in it.
pub(crate) fn delete(server: &Server, _: &Caller, input: OnlyPool) -> Answer {
    let store = server.store();
    let pool = store.pool(&input.user_pool_id)?;
    if pool.settings.get("DeletionProtection").is_some_and(|on| on == "ACTIVE") {
        return Err(Refusal::invalid_parameter(
            "The user pool cannot be deleted because deletion protection is activated. \
             Deletion protection must be inactivated first.",
        ));
    }
    if !store.all::<Domain>(&pool.id)?.is_empty() {
        return Err(Refusal::invalid_parameter(
            "User pool cannot be deleted. It has a domain configured that should be deleted first.",
        ));
    }
    store.remove_pool(&pool.id)?;
    drop(store);
    server.keys.forget(&pool.id);
    Ok(json!({}))
}

/// ListUserPools.
pub(crate) fn list(server: &Server, _: &Caller, input: List) -> Answer {
    let pools: Vec<Pool> = server.store().everything()?;
    let limit = paging::limit(input.max_results, 60);
    let token = input.next_token.as_deref();
    let (pools, token) = paging::page(pools, |pool| pool.id.clone(), token, limit)?;
    let brief = |pool: &Pool| {
        json!({
            "Id": pool.id,
            "Name": pool.name,
            "LambdaConfig": pool.settings.get("LambdaConfig").cloned().unwrap_or(json!({})),
            "CreationDate": seconds(pool.created),
            "LastModifiedDate": seconds(pool.modified),
        })
    };
    Ok(paging::reply("UserPools", pools.iter().map(brief).collect(), "NextToken", token))
}

/// AddCustomAttributes.
pub(crate) fn add_attributes(server: &Server, _: &Caller, input: AddAttributes) -> Answer {
    let store = server.store();
    let mut pool = store.pool(&input.user_pool_id)?;
    let schema = pool.settings.entry("Schema").or_insert_with(|| json!([]));
    let Some(schema) = schema.as_array_mut() else {
        return Err(Refusal::internal("the schema of a pool is no list"));
    };
    for attribute in input.custom_attributes {
        let name = text(&attribute, "Name").unwrap_or_default();
        if schema.iter().any(|present| text(present, "Name") == Some(name)) {
            let message =
                format!("custom:{name}: Existing attribute already has name custom:{name}.");
            return Err(Refusal::invalid_parameter(message));
        }
        schema.push(attribute);
    }
    pool.modified = server.clock.now_ms();
    store.put(&pool)?;
    Ok(json!({}))
}

/// SetUserPoolMfaConfig: what the request leaves out stays.
pub(crate) fn set_mfa(server: &Server, _: &Caller, input: Kept<OnlyPool>) -> Answer {
    let store = server.store();
    let mut pool = store.pool(&input.named.user_pool_id)?;
    pool.mfa.extend(input.settings);
    let policy = pool.mfa_policy();
    let has_factor = policy.sms_mfa_configuration.is_some()
        || policy.email_mfa_configuration.is_some()
        || policy.software_token_mfa_configuration.enabled;
    if matches!(policy.mfa_configuration.as_str(), "ON" | "OPTIONAL") && !has_factor {
        return Err(Refusal::invalid_parameter(
            "Invalid MFA configuration given, can't turn on MFA without an MFA method.",
        ));
    }
    pool.modified = server.clock.now_ms();
    store.put(&pool)?;
    Ok(mfa(&pool))
}

/// GetUserPoolMfaConfig.
pub(crate) fn show_mfa(server: &Server, _: &Caller, input: OnlyPool) -> Answer {
    Ok(mfa(&server.store().pool(&input.user_pool_id)?))
}

fn mfa(pool: &Pool) -> Value {
    let mut shown = pool.mfa.clone();
    let configuration = mfa_configuration(pool);
    shown.insert("MfaConfiguration".to_owned(), configuration.into());
    Value::Object(shown)
}

fn mfa_configuration(pool: &Pool) -> String {
    let configuration = pool.mfa_policy().mfa_configuration;
    if configuration.is_empty() { "OFF".to_owned() } else { configuration }
}

/// CreateUserPool and UpdateUserPool turn MFA on too; with an SMS configuration that means SMS.
fn adopt_mfa(pool: &mut Pool, configuration: Option<&str>) {
    let Some(configuration) = configuration else { return };
    pool.mfa.insert("MfaConfiguration".to_owned(), configuration.into());
    if let Some(sms) = pool.settings.get("SmsConfiguration").filter(|_| configuration != "OFF") {
        let sms = json!({ "SmsConfiguration": sms });
        pool.mfa.entry("SmsMfaConfiguration").or_insert(sms);
    }
}

fn check(pool: &Pool) -> Result<(), Refusal> {
    let policy = pool.policy();
    if !policy.alias_attributes.is_empty() && !policy.username_attributes.is_empty() {
        return Err(Refusal::invalid_parameter(
            "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.",
        ));
    }
    for attribute in &policy.schema {
        let is_custom = !crate::schema::STANDARD.contains(&attribute.name.as_str());
        if is_custom && attribute.required {
            return Err(Refusal::invalid_parameter(
                "Required custom attributes are not supported currently.",
            ));
        }
    }
    Ok(())
}

/// The shape `UserPoolType`.
fn describe(store: &crate::store::Store, pool: &Pool) -> Result<Value, Refusal> {
    let users: Vec<User> = store.all(&pool.id)?;
    let mut shown = Map::from_iter([("Id".to_owned(), json!(pool.id))]);
    shown.insert("Name".to_owned(), json!(pool.name));
    shown.insert("DeletionProtection".to_owned(), json!("INACTIVE"));
    shown.insert("AdminCreateUserConfig".to_owned(), json!({ "AllowAdminCreateUserOnly": false }));
    shown.insert("LambdaConfig".to_owned(), json!({}));
    shown.insert("UserPoolTier".to_owned(), json!("ESSENTIALS"));
    shown.extend(pool.settings.clone());
    shown.remove("Schema");
    shown.insert("Policies".to_owned(), policies(pool));
    shown.insert("SchemaAttributes".to_owned(), attributes::described(pool).into());
    shown.insert("MfaConfiguration".to_owned(), mfa_configuration(pool).into());
    shown.insert("EstimatedNumberOfUsers".to_owned(), users.len().into());
    shown.insert("CreationDate".to_owned(), seconds(pool.created).into());
    shown.insert("LastModifiedDate".to_owned(), seconds(pool.modified).into());
    let arn = format!("arn:aws:cognito-idp:{}:000000000000:userpool/{}", pool.region(), pool.id);
    shown.insert("Arn".to_owned(), arn.into());
    for domain in store.all::<Domain>(&pool.id)? {
        let member = if domain.name.contains('.') { "CustomDomain" } else { "Domain" };
        shown.insert(member.to_owned(), domain.name.into());
    }
    Ok(Value::Object(shown))
}

/// `Policies` with the defaults filled in.
fn policies(pool: &Pool) -> Value {
    let policy = pool.policy().policies;
    let password = policy.password_policy;
    let mut factors = policy.sign_in_policy.allowed_first_auth_factors;
    if factors.is_empty() {
        factors.push("PASSWORD".to_owned());
    }
    let shown = json!({
        "MinimumLength": password.minimum_length,
        "RequireUppercase": password.require_uppercase,
        "RequireLowercase": password.require_lowercase,
        "RequireNumbers": password.require_numbers,
        "RequireSymbols": password.require_symbols,
        "PasswordHistorySize": password.password_history_size,
        "TemporaryPasswordValidityDays": password.temporary_password_validity_days,
    });
    json!({ "PasswordPolicy": shown, "SignInPolicy": { "AllowedFirstAuthFactors": factors } })
}

/// The region in the signature's credential scope.
fn region(caller: &Caller) -> &str {
    let region = caller.signer.as_ref().map(|signer| signer.region.as_str()).unwrap_or_default();
    let is_plain = region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_plain && (1..=25).contains(&region.len()) { region } else { "us-east-1" }
}
