//! ForgotPassword and ConfirmForgotPassword.

use super::context::Context;
use super::told::ask_post_confirmation;
use super::{migrate, unknown};
use crate::caller::Caller;
use crate::codes::{self, HOUR_MS};
use crate::messages::Message;
use crate::passwords;
use crate::refusal::{Answer, Refusal};
use crate::risk::{self, ContextData};
use crate::server::Server;
use crate::store::Event;
use crate::store::{Lockout, Policy, User, UserStatus};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The input of ForgotPassword.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Forgot {
    client_id: String,
    username: String,
    secret_hash: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    user_context_data: Option<ContextData>,
}

/// The input of ConfirmForgotPassword.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Confirm {
    client_id: String,
    username: String,
    confirmation_code: String,
    password: String,
    secret_hash: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    user_context_data: Option<ContextData>,
}

/// ForgotPassword.
pub(crate) async fn forgot_password(server: &Server, _: &Caller, input: Forgot) -> Answer {
    let context = Context::open(server, &input.client_id)?
        .with(input.client_metadata, input.user_context_data.as_ref());
    let typed = input.username.as_str();
    context.check_secret_hash(typed, input.secret_hash.as_deref())?;
    let user = match context.resolve(server, typed)? {
        Some(user) => Some(user),
        None => migrate::migrate(server, &context, typed, None, context.metadata.clone()).await?,
    };
    let Some(user) = user.filter(|user| user.enabled || !context.hides_users()) else {
        if context.hides_users() {
            return unknown::pretend(server, &context, typed, "ForgotPassword", MOST_PER_HOUR);
        }
        return Err(Refusal::new(
            "UserNotFoundException",
            "Username/client id combination not found.",
        ));
    };
    spend(server, &context, &user)?;
    match user.status {
        UserStatus::ForceChangePassword | UserStatus::ExternalProvider => {
            return Err(Refusal::not_authorized(
                "User password cannot be reset in the current state.",
            ));
        }
        _ if !user.enabled => return Err(Refusal::not_authorized("User is disabled.")),
        _ => {}
    }
    if is_administrators_only(&context.policy) {
        return Err(Refusal::not_authorized("Contact administrator to reset password."));
    }
    let Some((attribute, to)) = codes::channel(&context.policy, &user) else {
        return Err(Refusal::invalid_parameter(
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        ));
    };
    let message = Message {
        pool: &context.pool,
        client_id: &context.client.id,
        user: &user,
        attribute,
        to,
        purpose: "ForgotPassword",
        metadata: &context.metadata,
    };
    let details = codes::send(server, &message, PURPOSE, HOUR_MS).await?;
    Ok(json!({ "CodeDeliveryDetails": details }))
}

/// ConfirmForgotPassword.
pub(crate) async fn confirm(server: &Server, _: &Caller, input: Confirm) -> Answer {
    let context = Context::open(server, &input.client_id)?
        .with(input.client_metadata, input.user_context_data.as_ref());
    let typed = input.username.as_str();
    context.check_secret_hash(typed, input.secret_hash.as_deref())?;
    let user = context.resolve(server, typed)?;
    let Some(user) = user.filter(|user| user.enabled || !context.hides_users()) else {
        let code = &input.confirmation_code;
        return Err(unknown::judge(server, &context, typed, "ForgotPassword", MOST_PER_HOUR, code));
    };
    spend(server, &context, &user)?;
    let (code, password) = (&input.confirmation_code, &input.password);
    let user = accept(server, &context, user, code, password).await?;
    ask_post_confirmation(&context, &user, "PostConfirmation_ConfirmForgotPassword").await?;
    Ok(json!({}))
}

async fn accept(
    server: &Server,
    context: &Context,
    user: User,
    code: &str,
    password: &str,
) -> Result<User, Refusal> {
    let now = server.clock.now_ms();
    let policy = context.policy.policies.password_policy.clone();
    // A password that the policy refuses must not cost the code.
    passwords::check_policy(&policy, password)?;
    risk::check_new_password(server, &context.pool, Event::PasswordChange, password)?;
    let name = &user.username;
    let kept = codes::spend(&server.store(), &context.pool.id, name, PURPOSE, code, now)?;
    let made = passwords::make(&context.pool, &user, password).await;
    let store = server.store();
    let verifier = match made {
        Ok(verifier) => verifier,
        Err(refusal) => {
            store.put(&kept)?;
            return Err(refusal);
        }
    };
    // Whatever else was written meanwhile stays.
    let present = store.user(&user.pool_id, name)?;
    let mut user = present.ok_or_else(Refusal::user_not_found)?;
    passwords::put(&mut user, &context.pool, verifier, now);
    user.status = UserStatus::Confirmed;
    if user.attribute(&kept.attribute) == Some(kept.destination.as_str()) {
        user.attributes.insert(format!("{}_verified", kept.attribute), "true".to_owned());
    }
    user.lockout = Lockout::default();
    store.put_user(&user)?;
    Ok(user)
}

/// Whether nobody can help themselves.
fn is_administrators_only(policy: &Policy) -> bool {
    let mechanisms = &policy.account_recovery_setting.recovery_mechanisms;
    !mechanisms.is_empty() && mechanisms.iter().all(|mechanism| mechanism.name == "admin_only")
}

fn spend(server: &Server, context: &Context, user: &User) -> Result<(), Refusal> {
    let now = server.clock.now_ms();
    server.store().spend(&context.pool.id, &user.username, "ForgotPassword", MOST_PER_HOUR, now)
}

const PURPOSE: &str = "forgot_password";
/// Both operations together.
const MOST_PER_HOUR: u32 = 20;
