//! What comes after a right answer: another question, or tokens.

use super::mfa::{self, Due};
use super::{Context, custom, device, new_password};
use crate::messages::event_attributes;
use crate::refusal::{Answer, Refusal};
use crate::risk;
use crate::server::Server;
use crate::store::{Flow, User, UserStatus};
use crate::tokens::{self, ADMIN_SCOPE, Grant};
use crate::trigger::{Nothing, Occasion, Trigger};
use serde_json::json;

/// Goes on after a right password: the person's state may stand in the way.
pub(super) async fn after_password(
    server: &Server,
    context: &Context,
    user: User,
    flow: Flow,
) -> Answer {
    check_state(&user)?;
    if user.status == UserStatus::ForceChangePassword {
        let days = context.policy.policies.password_policy.temporary_password_validity_days;
        if user.password_set + days * 86_400_000 <= server.clock.now_ms() {
            return Err(Refusal::not_authorized(
                "Temporary password has expired and must be reset by an administrator.",
            ));
        }
        return new_password::ask(server, context, &user, flow);
    }
    if flow.auth_flow == "CUSTOM_AUTH" {
        return custom::after_password(server, context, user, flow).await;
    }
    after_first_factor(server, context, user, flow).await
}

/// Refuses people whose state lets them in by no factor at all.
pub(super) fn check_state(user: &User) -> Result<(), Refusal> {
    if !user.enabled {
        return Err(Refusal::not_authorized("User is disabled."));
    }
    match user.status {
        UserStatus::Unconfirmed => {
            Err(Refusal::new("UserNotConfirmedException", "User is not confirmed."))
        }
        UserStatus::ResetRequired => Err(Refusal::new(
            "PasswordResetRequiredException",
            "Password reset required for the user",
        )),
        UserStatus::ExternalProvider => Err(Refusal::wrong_password()),
        UserStatus::Confirmed | UserStatus::ForceChangePassword => Ok(()),
    }
}

/// Goes on when it is known who somebody is: the second factor, a remembered device in its place or
/// after it, then tokens.
pub(super) async fn after_first_factor(
    server: &Server,
    context: &Context,
    user: User,
    flow: Flow,
) -> Answer {
    if !flow.second_factor_done {
        risk::check_sign_in(&context.pool, &user, context.risk)?;
    }
    let device = device::remembered(server, context, &user, &flow)?;
    let device = device.filter(|_| !flow.device_done);
    let due = if flow.second_factor_done { Due::Nothing } else { mfa::due(context, &user) };
    let replaces_factor = context
        .policy
        .device_configuration
        .as_ref()
        .is_some_and(|devices| devices.challenge_required_on_new_device);
    match (due, device) {
        (Due::Nothing, Some(device)) => device::ask(server, context, &user, flow, &device),
        (_, Some(device)) if replaces_factor => device::ask(server, context, &user, flow, &device),
        (Due::Nothing, None) => finish(server, context, user, flow).await,
        (due, _) => mfa::ask(server, context, &user, flow, due).await,
    }
}

/// The sign-in is complete.
pub(super) async fn finish(server: &Server, context: &Context, user: User, flow: Flow) -> Answer {
    let (device_key, new_device) =
        if flow.hosted { (None, None) } else { device::track(server, context, &user, &flow)? };
    let occasion = Occasion {
        pool: &context.pool,
        client_id: &context.client.id,
        username: &user.username,
        source: "PostAuthentication_Authentication",
        request: json!({
            "userAttributes": event_attributes(&user),
            "newDeviceUsed": new_device.is_some(),
            "clientMetadata": context.metadata,
        }),
    };
    let _: Option<Nothing> = Trigger::PostAuthentication.ask(occasion).await?;
    if flow.hosted {
        return Ok(json!({ "HostedUser": user.username }));
    }
    let grant = Grant {
        pool: &context.pool,
        client: &context.client,
        user: &user,
        scope: ADMIN_SCOPE.to_owned(),
        device_key,
        nonce: None,
        auth_time: None,
        source: if flow.new_password {
            "NewPasswordChallenge"
        } else if flow.device_done {
            "AuthenticateDevice"
        } else {
            "Authentication"
        },
        metadata: context.metadata.clone(),
        renewed: None,
    };
    let mut result = tokens::issue(server, grant).await?;
    if let (Some(new_device), Some(result)) = (new_device, result.as_object_mut()) {
        result.insert("NewDeviceMetadata".to_owned(), new_device);
    }
    Ok(json!({ "ChallengeParameters": {}, "AuthenticationResult": result }))
}
