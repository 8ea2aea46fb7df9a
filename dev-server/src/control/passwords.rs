//! AdminSetUserPassword and AdminResetUserPassword.

use super::named::pool_and_user;
use super::users::NO_CLIENT;
use crate::caller::Caller;
use crate::input::filled;
use crate::messages::Message;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Lockout, UserStatus};
use crate::{codes, passwords};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The input of AdminSetUserPassword.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Set {
    user_pool_id: String,
    username: String,
    password: String,
    #[serde(default)]
    permanent: bool,
}

/// The input of AdminResetUserPassword.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Reset {
    user_pool_id: String,
    username: String,
    #[serde(default)]
    client_metadata: Map<String, Value>,
}

/// AdminSetUserPassword: permanent, or to be changed at the next sign-in.
pub(crate) async fn set(server: &Server, _: &Caller, input: Set) -> Answer {
    let (pool, user) = pool_and_user(&server.store(), &input.user_pool_id, &input.username)?;
    let password = filled(&input.password, "Password")?;
    let verifier = passwords::make(&pool, &user, password).await?;
    let store = server.store();
    let (pool, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    passwords::put(&mut user, &pool, verifier, server.clock.now_ms());
    user.status =
        if input.permanent { UserStatus::Confirmed } else { UserStatus::ForceChangePassword };
    user.lockout = Lockout::default();
    store.put_user(&user)?;
    Ok(json!({}))
}

/// AdminResetUserPassword: the password works no more, and a code to set a new one is sent.
pub(crate) async fn reset(server: &Server, _: &Caller, input: Reset) -> Answer {
    let (pool, user) = pool_and_user(&server.store(), &input.user_pool_id, &input.username)?;
    if matches!(user.status, UserStatus::ForceChangePassword | UserStatus::ExternalProvider) {
        return Err(Refusal::not_authorized("User password cannot be reset in the current state."));
    }
    let Some((attribute, to)) = codes::channel(&pool.policy(), &user) else {
        return Err(Refusal::invalid_parameter(
            "Cannot reset password for the user as there is no registered/verified email or phone_number",
        ));
    };
    let message = Message {
        pool: &pool,
        client_id: NO_CLIENT,
        user: &user,
        attribute,
        to,
        purpose: "ForgotPassword",
        metadata: &input.client_metadata,
    };
    codes::send(server, &message, "forgot_password", codes::HOUR_MS).await?;
    let store = server.store();
    let (_, mut user) = pool_and_user(&store, &input.user_pool_id, &input.username)?;
    user.status = UserStatus::ResetRequired;
    user.modified = server.clock.now_ms();
    store.put_user(&user)?;
    Ok(json!({}))
}
