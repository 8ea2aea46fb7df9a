//! SignUp, ConfirmSignUp, ResendConfirmationCode.

use super::context::Context;
use super::pending::{self, Asked};
use super::told::ask_post_confirmation;
use super::unknown;
use crate::caller::Caller;
use crate::codes::{self, DAY_MS};
use crate::input::{Attribute, by_name};
use crate::messages::{Message, event_attributes};
use crate::refusal::{Answer, Refusal};
use crate::risk::{self, ContextData};
use crate::server::Server;
use crate::store::Event;
use crate::store::{Code, Flow, Question, User, UserStatus};
use crate::tokens::fingerprint;
use crate::trigger::{Occasion, PreSignUp, Trigger};
use crate::{passwords, random, schema};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The input of SignUp.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SignUp {
    client_id: String,
    username: String,
    password: Option<String>,
    #[serde(default)]
    user_attributes: Vec<Attribute>,
    #[serde(default)]
    validation_data: Vec<Attribute>,
    secret_hash: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    user_context_data: Option<ContextData>,
}

/// The input of ConfirmSignUp.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Confirm {
    client_id: String,
    username: String,
    confirmation_code: String,
    #[serde(default)]
    force_alias_creation: bool,
    session: Option<String>,
    secret_hash: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    user_context_data: Option<ContextData>,
}

/// The input of ResendConfirmationCode.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Resend {
    client_id: String,
    username: String,
    secret_hash: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    user_context_data: Option<ContextData>,
}

/// SignUp.
pub(crate) async fn sign_up(server: &Server, _: &Caller, input: SignUp) -> Answer {
    let context = Context::open(server, &input.client_id)?
        .with(input.client_metadata, input.user_context_data.as_ref());
    let typed = input.username.as_str();
    context.check_secret_hash(typed, input.secret_hash.as_deref())?;
    if context.policy.admin_create_user_config.allow_admin_create_user_only {
        return Err(Refusal::not_authorized("SignUp is not permitted for this user pool"));
    }
    let attributes = by_name(input.user_attributes);
    let mut user = new_user(server, &context, typed, attributes)?;
    let password = input.password.as_deref().filter(|password| !password.is_empty());
    match password {
        Some(password) => {
            risk::check_new_password(server, &context.pool, Event::SignUp, password)?;
            let verifier = passwords::make(&context.pool, &user, password).await?;
            passwords::put(&mut user, &context.pool, verifier, server.clock.now_ms());
        }
        None if has_passwordless_factor(&context) => {}
        None => return Err(Refusal::invalid_parameter("Missing required parameter PASSWORD")),
    }
    refuse_taken(server, &context, &user, typed)?;
    let wish = ask_pre_sign_up(&context, &user, by_name(input.validation_data)).await?;
    for (is_verified, name) in
        [(wish.auto_verify_email, "email"), (wish.auto_verify_phone, "phone_number")]
    {
        if is_verified && user.attributes.contains_key(name) {
            user.attributes.insert(format!("{name}_verified"), "true".to_owned());
        }
    }
    if wish.auto_confirm_user {
        user.status = UserStatus::Confirmed;
    }
    // While the trigger was asked, somebody else may have taken the name or the address.
    refuse_taken(server, &context, &user, typed)?;
    server.store().put_user(&user)?;
    let mut reply = json!({ "UserConfirmed": wish.auto_confirm_user, "UserSub": user.sub });
    if wish.auto_confirm_user {
        ask_post_confirmation(&context, &user, "PostConfirmation_ConfirmSignUp").await?;
        return Ok(reply);
    }
    let sent = send_code(server, &context, &user, "SignUp").await?;
    if let Some((attribute, details)) = sent {
        let members = reply.as_object_mut();
        if let Some(members) = members {
            members.insert("CodeDeliveryDetails".to_owned(), details);
            let session = random::base64url::<384>()?;
            remember_session(server, &context, &user, &attribute, &session, false)?;
            members.insert("Session".to_owned(), json!(session));
        }
    }
    Ok(reply)
}

/// ConfirmSignUp.
pub(crate) async fn confirm(server: &Server, _: &Caller, input: Confirm) -> Answer {
    let context = Context::open(server, &input.client_id)?
        .with(input.client_metadata, input.user_context_data.as_ref());
    let typed = input.username.as_str();
    context.check_secret_hash(typed, input.secret_hash.as_deref())?;
    let code = input.confirmation_code.as_str();
    let Some(user) = context.resolve(server, typed)? else {
        return Err(unknown::judge(server, &context, typed, "ConfirmSignUp", 15, code));
    };
    let forced = input.force_alias_creation;
    let (user, kept) = accept(server, &context, user, code, forced)?;
    ask_post_confirmation(&context, &user, "PostConfirmation_ConfirmSignUp").await?;
    let mut reply = json!({});
    if let Some(session) = input.session.as_deref()
        && came_from_sign_up(server, &context, &user, session)?
    {
        let session = random::base64url::<384>()?;
        remember_session(server, &context, &user, &kept.attribute, &session, true)?;
        if let Some(reply) = reply.as_object_mut() {
            reply.insert("Session".to_owned(), json!(session));
        }
    }
    Ok(reply)
}

/// ResendConfirmationCode.
pub(crate) async fn resend(server: &Server, _: &Caller, input: Resend) -> Answer {
    let context = Context::open(server, &input.client_id)?
        .with(input.client_metadata, input.user_context_data.as_ref());
    let typed = input.username.as_str();
    context.check_secret_hash(typed, input.secret_hash.as_deref())?;
    let user = context.resolve(server, typed)?;
    let Some(user) = user.filter(|user| user.enabled || !context.hides_users()) else {
        if context.hides_users() {
            return unknown::pretend(server, &context, typed, "ResendConfirmationCode", 5);
        }
        return Err(Refusal::user_not_found());
    };
    if user.status != UserStatus::Unconfirmed {
        return Err(Refusal::invalid_parameter("User is already confirmed."));
    }
    server.store().spend(
        &context.pool.id,
        &user.username,
        "ResendConfirmationCode",
        5,
        server.clock.now_ms(),
    )?;
    match send_code(server, &context, &user, "ResendCode").await? {
        Some((_, details)) => Ok(json!({ "CodeDeliveryDetails": details })),
        None => {
            Err(Refusal::invalid_parameter("Cannot resend codes. Auto verification not turned on."))
        }
    }
}

fn new_user(
    server: &Server,
    context: &Context,
    typed: &str,
    mut attributes: BTreeMap<String, String>,
) -> Result<User, Refusal> {
    let sub = random::uuid()?;
    let is_email = typed.contains('@');
    let username = if context.policy.username_attributes.is_empty() {
        let looks_like = |alias: &str, is: bool| {
            is && context.policy.alias_attributes.iter().any(|name| name == alias)
        };
        if looks_like("email", is_email) {
            return Err(Refusal::invalid_parameter(
                "Username cannot be of email format, since user pool is configured for email alias.",
            ));
        }
        if looks_like("phone_number", schema::is_phone_number(typed)) {
            return Err(Refusal::invalid_parameter(
                "Username cannot be of phone number format, since user pool is configured for phone number alias.",
            ));
        }
        // Such a name is one person's; it can be taken only by somebody who is confirmed.
        if looks_like("preferred_username", attributes.contains_key("preferred_username")) {
            return Err(Refusal::invalid_parameter(
                "Attribute preferred_username cannot be set at sign-up, since user pool is configured for \
                 preferred username alias.",
            ));
        }
        typed.to_owned()
    } else {
        let attribute = if is_email { "email" } else { "phone_number" };
        if !context.policy.username_attributes.iter().any(|name| name == attribute) {
            return Err(Refusal::invalid_parameter("Username should be an email."));
        }
        attributes.insert(attribute.to_owned(), typed.to_owned());
        sub.clone()
    };
    schema::check_writable(&context.policy, &context.client_policy, &attributes)?;
    schema::check_values(&context.policy, &attributes)?;
    schema::check_required(&context.policy, &attributes)?;
    attributes.insert("sub".to_owned(), sub.clone());
    for name in ["email", "phone_number"] {
        if attributes.contains_key(name) {
            attributes.insert(format!("{name}_verified"), "false".to_owned());
        }
    }
    Ok(User::new(&context.pool.id, &username, &sub, attributes, server.clock.now_ms()))
}

fn refuse_taken(
    server: &Server,
    context: &Context,
    user: &User,
    typed: &str,
) -> Result<(), Refusal> {
    let store = server.store();
    let holder = if context.policy.username_attributes.is_empty() {
        let fold = !context.policy.username_configuration.case_sensitive;
        let same = |name: &str| {
            if fold { name.to_lowercase() == typed.to_lowercase() } else { name == typed }
        };
        store.resolve_user(&context.pool, typed)?.filter(|holder| same(&holder.username))
    } else {
        store.resolve_user(&context.pool, typed)?
    };
    match holder {
        Some(_) if context.policy.username_attributes.is_empty() => Err(user_exists()),
        Some(_) => {
            let what = if user.attributes.get("email").is_some_and(|email| email == typed) {
                "An account with the given email already exists."
            } else {
                "An account with the given phone_number already exists."
            };
            Err(Refusal::new("UsernameExistsException", what))
        }
        None => Ok(()),
    }
}

fn user_exists() -> Refusal {
    Refusal::new("UsernameExistsException", "User already exists")
}

fn has_passwordless_factor(context: &Context) -> bool {
    let allowed = &context.policy.policies.sign_in_policy.allowed_first_auth_factors;
    allowed.iter().any(|factor| factor != "PASSWORD")
}

/// Sends the sign-up code to the first address that the pool verifies; phone numbers come first.
async fn send_code(
    server: &Server,
    context: &Context,
    user: &User,
    purpose: &str,
) -> Result<Option<(String, Value)>, Refusal> {
    let verified = &context.policy.auto_verified_attributes;
    let chosen = ["phone_number", "email"].into_iter().find_map(|name| {
        let is_wanted = verified.iter().any(|wanted| wanted == name);
        user.attribute(name).filter(|to| is_wanted && !to.is_empty()).map(|to| (name, to))
    });
    let Some((attribute, to)) = chosen else { return Ok(None) };
    let message = Message {
        pool: &context.pool,
        client_id: &context.client.id,
        user,
        attribute,
        to,
        purpose,
        metadata: &context.metadata,
    };
    let details = codes::send(server, &message, PURPOSE, DAY_MS).await?;
    Ok(Some((attribute.to_owned(), details)))
}

fn accept(
    server: &Server,
    context: &Context,
    mut user: User,
    code: &str,
    forced: bool,
) -> Result<(User, Code), Refusal> {
    let now = server.clock.now_ms();
    let store = server.store();
    store.spend(&context.pool.id, &user.username, "ConfirmSignUp", 15, now)?;
    if user.status != UserStatus::Unconfirmed {
        return Err(Refusal::not_authorized(format!(
            "User cannot be confirmed. Current status is {}",
            user.status.name()
        )));
    }
    let kept = codes::spend(&store, &context.pool.id, &user.username, PURPOSE, code, now)?;
    if let Err(refusal) = schema::claim_alias(
        &store,
        &context.pool,
        &user.username,
        &kept.attribute,
        &kept.destination,
        forced,
    ) {
        // The code stays good: the same call with ForceAliasCreation may follow.
        store.put(&kept)?;
        return Err(refusal);
    }
    user.status = UserStatus::Confirmed;
    user.modified = now;
    if user.attribute(&kept.attribute) == Some(kept.destination.as_str()) {
        user.attributes.insert(format!("{}_verified", kept.attribute), "true".to_owned());
    }
    store.put_user(&user)?;
    Ok((user, kept))
}

async fn ask_pre_sign_up(
    context: &Context,
    user: &User,
    validation_data: BTreeMap<String, String>,
) -> Result<PreSignUp, Refusal> {
    let occasion = Occasion {
        pool: &context.pool,
        client_id: &context.client.id,
        username: &user.username,
        source: "PreSignUp_SignUp",
        request: json!({
            "userAttributes": event_attributes(user),
            "validationData": validation_data,
            "clientMetadata": context.metadata,
        }),
    };
    Ok(Trigger::PreSignUp.ask(occasion).await?.unwrap_or_default())
}

/// A session from sign-up leads to ConfirmSignUp, one from there to tokens.
fn remember_session(
    server: &Server,
    context: &Context,
    user: &User,
    attribute: &str,
    session: &str,
    confirmed: bool,
) -> Result<(), Refusal> {
    let attribute = attribute.to_owned();
    let question = Question::SignedUp { attribute, confirmed };
    let key = fingerprint(session);
    pending::keep(server, context, Asked::from(user), Flow::default(), question, key)
}

fn came_from_sign_up(
    server: &Server,
    context: &Context,
    user: &User,
    session: &str,
) -> Result<bool, Refusal> {
    let now = server.clock.now_ms();
    let Ok(pending) = pending::take(&server.store(), context, session, now) else {
        return Ok(false);
    };
    let is_unconfirmed = matches!(pending.question, Question::SignedUp { confirmed: false, .. });
    Ok(is_unconfirmed && pending.username == user.username)
}

const PURPOSE: &str = "sign_up";
