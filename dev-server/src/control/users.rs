//! People, as administrators make, read, change and remove them.

use super::named::{OnlyUser, describe_user, pool_and_user};
use crate::attributes::{self, Writer, apply, check_alias, check_delete, check_write, listed};
use crate::caller::Caller;
use crate::codes::attribute_purpose;
use crate::factors::{PasskeySetting, Setting, Settings, add_mfa, preference};
use crate::input::{Attribute, by_name, filled};
use crate::messages::{self, Message, event_attributes};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Pool, Store, User, UserStatus};
use crate::timestamp::seconds;
use crate::trigger::{Nothing, Occasion, PreSignUp, Trigger};
use crate::{codes, passwords, random, schema, tokens};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What triggers are told in place of a client, as the service does.
pub(super) const NO_CLIENT: &str = "CLIENT_ID_NOT_APPLICABLE";

/// The input of AdminCreateUser.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Create {
    user_pool_id: String,
    username: String,
    message_action: Option<String>,
    temporary_password: Option<String>,
    #[serde(default)]
    user_attributes: Vec<Attribute>,
    #[serde(default)]
    validation_data: Vec<Attribute>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    #[serde(default)]
    force_alias_creation: bool,
    #[serde(default)]
    desired_delivery_mediums: Vec<String>,
}

/// The input of AdminConfirmSignUp.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Confirm {
    user_pool_id: String,
    username: String,
    #[serde(default)]
    client_metadata: Map<String, Value>,
}

/// The input of AdminUpdateUserAttributes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateAttributes {
    user_pool_id: String,
    username: String,
    user_attributes: Vec<Attribute>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
}

/// The input of AdminDeleteUserAttributes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteAttributes {
    user_pool_id: String,
    username: String,
    user_attribute_names: Vec<String>,
}

/// The input of AdminSetUserMFAPreference.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SetMfa {
    user_pool_id: String,
    username: String,
    #[serde(rename = "SMSMfaSettings")]
    sms_mfa_settings: Option<Setting>,
    software_token_mfa_settings: Option<Setting>,
    email_mfa_settings: Option<Setting>,
    web_authn_mfa_settings: Option<PasskeySetting>,
}

/// AdminCreateUser: makes a person, or sends the invitation of one again.
pub(crate) async fn create(server: &Server, _: &Caller, input: Create) -> Answer {
    let pool = server.store().pool(&input.user_pool_id)?;
    let typed = filled(&input.username, "Username")?;
    let found = server.store().resolve_user(&pool, typed)?;
    let mut user = match (found, input.message_action.as_deref()) {
        (Some(user), Some("RESEND")) => invited_again(user)?,
        (None, Some("RESEND")) => return Err(Refusal::user_not_found()),
        (Some(_), _) => return Err(account_exists()),
        (None, _) => new_user(server, &pool, &input).await?,
    };
    let allowed = pool.policy().policies.sign_in_policy.allowed_first_auth_factors;
    let is_passwordless = allowed.iter().any(|factor| factor != "PASSWORD");
    let password = match &input.temporary_password {
        Some(given) => Some(given.clone()),
        None if is_passwordless && user.status != UserStatus::ForceChangePassword => None,
        None => Some(passwords::make_temporary(&pool)?),
    };
    match &password {
        Some(password) => {
            let verifier = passwords::make(&pool, &user, password).await?;
            // Of a person who was there before, whatever was written meanwhile stays.
            if let Some(present) = server.store().user(&pool.id, &user.username)? {
                user = invited_again(present)?;
            }
            passwords::put(&mut user, &pool, verifier, server.clock.now_ms());
            user.status = UserStatus::ForceChangePassword;
        }
        None => user.status = UserStatus::Confirmed,
    }
    keep(&server.store(), &pool, &user, &input)?;
    if let Some(password) = password
        && input.message_action.as_deref() != Some("SUPPRESS")
    {
        invite(server, &pool, &user, &input, &password).await?;
    }
    Ok(json!({ "User": describe_user(&user, None) }))
}

/// AdminGetUser.
pub(crate) fn show(server: &Server, _: &Caller, input: OnlyUser) -> Answer {
    let (_, user) = pool_and_user(&server.store(), &input.user_pool_id, &input.username)?;
    let mut shown = json!({
        "Username": user.username,
        "UserAttributes": listed(&user.attributes),
        "UserCreateDate": seconds(user.created),
        "UserLastModifiedDate": seconds(user.modified),
        "Enabled": user.enabled,
        "UserStatus": user.status.name(),
    });
    add_mfa(&user, &mut shown);
    Ok(shown)
}

/// AdminDeleteUser.
pub(crate) fn delete(server: &Server, _: &Caller, input: OnlyUser) -> Answer {
    let store = server.store();
    let (pool, user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    store.remove_user(&pool.id, &user.username)?;
    Ok(json!({}))
}

/// AdminDisableUser: the person's tokens die too.
pub(crate) fn disable(server: &Server, _: &Caller, input: OnlyUser) -> Answer {
    let store = server.store();
    let (_, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    user.enabled = false;
    user.modified = server.clock.now_ms();
    tokens::sign_out_everywhere(&mut user, server.clock.now_ms());
    store.put_user(&user)?;
    Ok(json!({}))
}

/// AdminEnableUser.
pub(crate) fn enable(server: &Server, _: &Caller, input: OnlyUser) -> Answer {
    let store = server.store();
    let (_, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    user.enabled = true;
    user.modified = server.clock.now_ms();
    store.put_user(&user)?;
    Ok(json!({}))
}

/// AdminConfirmSignUp.
pub(crate) async fn confirm(server: &Server, _: &Caller, input: Confirm) -> Answer {
    let (pool, user) = {
        let store = server.store();
        let (pool, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
        if user.status != UserStatus::Unconfirmed {
            let status = user.status.name();
            let message = format!("User cannot be confirmed. Current status is {status}");
            return Err(Refusal::not_authorized(message));
        }
        user.status = UserStatus::Confirmed;
        user.modified = server.clock.now_ms();
        store.put_user(&user)?;
        (pool, user)
    };
    let occasion = Occasion {
        pool: &pool,
        client_id: NO_CLIENT,
        username: &user.username,
        source: "PostConfirmation_ConfirmSignUp",
        request: json!({
            "userAttributes": event_attributes(&user),
            "clientMetadata": input.client_metadata,
        }),
    };
    let _: Option<Nothing> = Trigger::PostConfirmation.ask(occasion).await?;
    Ok(json!({}))
}

/// AdminUpdateUserAttributes.
pub(crate) async fn update_attributes(
    server: &Server,
    _: &Caller,
    input: UpdateAttributes,
) -> Answer {
    let wanted = by_name(input.user_attributes);
    let (pool, user, changed) = {
        let store = server.store();
        let (pool, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
        check_write(&pool, Writer::Administrator, Some(&user), &wanted)?;
        for (name, value) in &wanted {
            check_alias(&store, &pool, &user.username, name, value)?;
        }
        let changed = apply(&pool, &mut user, &wanted);
        user.modified = server.clock.now_ms();
        store.put_user(&user)?;
        (pool, user, changed)
    };
    for attribute in changed {
        let Some(to) = wanted.get(attribute) else { continue };
        let message = Message {
            pool: &pool,
            client_id: NO_CLIENT,
            user: &user,
            attribute,
            to,
            purpose: "UpdateUserAttribute",
            metadata: &input.client_metadata,
        };
        codes::send(server, &message, &attribute_purpose(attribute), codes::DAY_MS).await?;
    }
    Ok(json!({}))
}

/// AdminDeleteUserAttributes.
pub(crate) fn delete_attributes(server: &Server, _: &Caller, input: DeleteAttributes) -> Answer {
    let names = input.user_attribute_names;
    let store = server.store();
    let (pool, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    check_delete(&pool, Writer::Administrator, &names)?;
    attributes::remove(&mut user, &names);
    user.modified = server.clock.now_ms();
    store.put_user(&user)?;
    Ok(json!({}))
}

/// AdminUserGlobalSignOut.
pub(crate) fn sign_out(server: &Server, _: &Caller, input: OnlyUser) -> Answer {
    let store = server.store();
    let (_, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    tokens::sign_out_everywhere(&mut user, server.clock.now_ms());
    store.put_user(&user)?;
    Ok(json!({}))
}

/// AdminSetUserMFAPreference.
pub(crate) fn set_mfa(server: &Server, _: &Caller, input: SetMfa) -> Answer {
    let store = server.store();
    let (pool, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    let settings = Settings {
        sms: input.sms_mfa_settings,
        totp: input.software_token_mfa_settings,
        email: input.email_mfa_settings,
        passkey: input.web_authn_mfa_settings,
    };
    user.mfa = preference(&pool, &user, settings)?;
    user.modified = server.clock.now_ms();
    store.put_user(&user)?;
    Ok(json!({}))
}

fn account_exists() -> Refusal {
    Refusal::new("UsernameExistsException", "User account already exists")
}

fn invited_again(user: User) -> Result<User, Refusal> {
    if user.status == UserStatus::ForceChangePassword {
        return Ok(user);
    }
    Err(Refusal::new(
        "UnsupportedUserStateException",
        "Resend not possible. User status is not FORCE_CHANGE_PASSWORD",
    ))
}

/// The person to be made, after the pre sign-up trigger had its say.
async fn new_user(server: &Server, pool: &Pool, input: &Create) -> Result<User, Refusal> {
    let policy = pool.policy();
    let typed = input.username.as_str();
    let mut attributes = by_name(input.user_attributes.clone());
    check_write(pool, Writer::Administrator, None, &attributes)?;
    let sub = random::uuid()?;
    let mut username = typed.to_owned();
    if !policy.username_attributes.is_empty() {
        let attribute = if typed.contains('@') { "email" } else { "phone_number" };
        if !policy.username_attributes.iter().any(|name| name == attribute) {
            return Err(Refusal::invalid_parameter("Username should be an email."));
        }
        attributes.insert(attribute.to_owned(), typed.to_owned());
        schema::check_values(&policy, &attributes)?;
        username = sub.clone();
    }
    attributes.insert("sub".to_owned(), sub.clone());
    let mut user = User::new(&pool.id, &username, &sub, attributes, server.clock.now_ms());
    let occasion = Occasion {
        pool,
        client_id: NO_CLIENT,
        username: &user.username,
        source: "PreSignUp_AdminCreateUser",
        request: json!({
            "userAttributes": event_attributes(&user),
            "validationData": by_name(input.validation_data.clone()),
            "clientMetadata": input.client_metadata,
        }),
    };
    let wish: PreSignUp = Trigger::PreSignUp.ask(occasion).await?.unwrap_or_default();
    for (name, is_verified) in
        [("email", wish.auto_verify_email), ("phone_number", wish.auto_verify_phone)]
    {
        if is_verified && user.attributes.contains_key(name) {
            user.attributes.insert(format!("{name}_verified"), "true".to_owned());
        }
    }
    Ok(user)
}

/// Writes the person; a sign-in name that somebody else has is taken over only if the request says so.
fn keep(store: &Store, pool: &Pool, user: &User, input: &Create) -> Result<(), Refusal> {
    store.atomically(|| {
        let is_new = input.message_action.as_deref() != Some("RESEND");
        // While a trigger was asked, somebody else may have taken the name.
        if is_new && store.resolve_user(pool, &input.username)?.is_some() {
            return Err(account_exists());
        }
        for name in attributes::ADDRESSES {
            let is_alias = pool.policy().alias_attributes.iter().any(|alias| alias == name);
            let Some(value) = user.attribute(name) else { continue };
            if is_alias && !user.has_verified(name) {
                continue;
            }
            let is_forced = input.force_alias_creation;
            schema::claim_alias(store, pool, &user.username, name, value, is_forced)
                .map_err(|refusal| Refusal::new("UsernameExistsException", refusal.message))?;
        }
        store.put_user(user)
    })
}

/// Sends the temporary password to the address that the request prefers, else to the one there is.
async fn invite(
    server: &Server,
    pool: &Pool,
    user: &User,
    input: &Create,
    password: &str,
) -> Result<(), Refusal> {
    let wants = |medium: &str| input.desired_delivery_mediums.iter().any(|it| it == medium);
    let order = if wants("EMAIL") { ["email", "phone_number"] } else { ["phone_number", "email"] };
    let to = order.into_iter().find_map(|name| Some((name, user.attribute(name)?)));
    let Some((attribute, to)) = to else { return Ok(()) };
    let message = Message {
        pool,
        client_id: NO_CLIENT,
        user,
        attribute,
        to,
        purpose: "AdminCreateUser",
        metadata: &input.client_metadata,
    };
    messages::send(server, &message, password).await.map(drop)
}
