//! What comes next in a sign-in, whatever judge said the last word: a question, or tokens. Decided here and nowhere else.

use super::context::Context;
use super::custom::{self, Wish};
use super::mfa::{self, Due};
use super::pending::{self, Asked};
use super::verdict::{Asking, Purpose, Verdict};
use super::{choice, device, mfa_setup, new_password, one_time, passkeys, password};
use crate::input::text;
use crate::messages::event_attributes;
use crate::refusal::{Answer, Refusal};
use crate::risk;
use crate::server::Server;
use crate::store::{Flow, Question, User, UserStatus};
use crate::tokens::{self, ADMIN_SCOPE, Grant};
use crate::trigger::{Nothing, Occasion, Trigger};
use serde_json::{Map, Value, json};

/// Goes on from a verdict to the reply.
pub(super) async fn next(server: &Server, context: &Context, verdict: Verdict) -> Answer {
    let mut verdict = verdict;
    loop {
        verdict = match verdict {
            Verdict::Asked(reply) => return Ok(reply),
            Verdict::Password(user, flow) => after_password(server, context, user, flow)?,
            Verdict::Proved(user, flow) => return after_proof(server, context, user, flow).await,
            Verdict::Code { user, flow, code } => {
                return one_time::ask(server, context, &user, flow, code).await;
            }
            Verdict::Second { user, flow, factor } => {
                return ask(server, context, &user, flow, Due::One(factor)).await;
            }
            Verdict::Chosen { user, typed, flow, choice, parameters } => {
                let person = Person { user, typed };
                first_factor(server, context, person, flow, &choice, &parameters).await?
            }
            Verdict::Custom { user, typed, flow, a_public } => {
                let person = Person { user, typed };
                by_triggers(server, context, person, flow, a_public.as_deref()).await?
            }
        };
    }
}

/// Somebody, or nobody who must look like somebody.
struct Person {
    user: Option<User>,
    typed: String,
}

/// The password is right: the person's state may stand in the way.
fn after_password(
    server: &Server,
    context: &Context,
    user: User,
    flow: Flow,
) -> Result<Verdict, Refusal> {
    user.check_state()?;
    if user.status == UserStatus::ForceChangePassword {
        let days = context.policy.policies.password_policy.temporary_password_validity_days;
        let until = user.password_set.saturating_add(days.saturating_mul(86_400_000));
        if until <= server.clock.now_ms() {
            return Err(Refusal::not_authorized(
                "Temporary password has expired and must be reset by an administrator.",
            ));
        }
        return new_password::ask(server, context, &user, flow).map(Verdict::Asked);
    }
    if flow.auth_flow == "CUSTOM_AUTH" {
        return Ok(custom::after_password(user, flow));
    }
    Ok(Verdict::Proved(user, flow))
}

/// It is known who somebody is: the second factor, a remembered device in its place or after it, then tokens.
async fn after_proof(server: &Server, context: &Context, user: User, flow: Flow) -> Answer {
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
        (due, _) => ask(server, context, &user, flow, due).await,
    }
}

/// Puts the question for a second factor.
async fn ask(server: &Server, context: &Context, user: &User, flow: Flow, due: Due) -> Answer {
    match due {
        Due::Nothing => Err(Refusal::internal("no second factor is due")),
        Due::One(mfa::TOTP) => mfa::ask_app(server, context, user, flow),
        Due::One(challenge) => {
            let asking = Asking { challenge, purpose: Purpose::Second, to: None };
            one_time::ask(server, context, user, flow, asking).await
        }
        Due::Choose(choices) => mfa::ask_choice(server, context, user, flow, &choices),
        Due::SetUp(choices) => mfa_setup::ask(server, context, user, flow, &choices),
    }
}

/// Puts the first factor that was chosen, or has it judged where its proof came along.
async fn first_factor(
    server: &Server,
    context: &Context,
    Person { user, typed }: Person,
    flow: Flow,
    choice: &str,
    parameters: &Value,
) -> Result<Verdict, Refusal> {
    let put = |user: &Option<User>, flow: Flow, question: Question| {
        let asked = match user {
            Some(user) => Asked::from(user),
            None => Asked { username: &typed, exists: false },
        };
        pending::ask(server, context, asked, flow, question, Map::new()).map(Verdict::Asked)
    };
    let sent = ["EMAIL_OTP", "SMS_OTP"].into_iter().find(|name| *name == choice);
    match (choice, sent) {
        ("PASSWORD", _) => match text(parameters, "PASSWORD") {
            Some(given) => {
                let user = password::check(server, context, user, given).await?;
                Ok(Verdict::Password(user, flow))
            }
            None => put(&user, flow, Question::Password),
        },
        ("PASSWORD_SRP", _) => match text(parameters, "SRP_A") {
            Some(a_public) => {
                let user = user.as_ref();
                password::start_srp(server, context, user, &typed, flow, a_public, true)
                    .await
                    .map(Verdict::Asked)
            }
            None => put(&user, flow, Question::PasswordSrp),
        },
        (_, Some(challenge)) => match user {
            Some(user) => {
                let code = Asking { challenge, purpose: Purpose::First, to: None };
                Ok(Verdict::Code { user, flow, code })
            }
            None => {
                choice::pretend_code(server, context, &typed, flow, challenge).map(Verdict::Asked)
            }
        },
        ("WEB_AUTHN", _) => match &user {
            Some(user) => passkeys::ask(server, context, user, flow).map(Verdict::Asked),
            None => Err(Refusal::wrong_password()),
        },
        _ => Err(Refusal::invalid_parameter("Unsupported challenge selected")),
    }
}

/// Does what the define trigger of custom authentication wants.
async fn by_triggers(
    server: &Server,
    context: &Context,
    Person { user, typed }: Person,
    flow: Flow,
    a_public: Option<&str>,
) -> Result<Verdict, Refusal> {
    let wish = custom::define(context, user.as_ref(), &typed, &flow, a_public.is_some()).await?;
    match (wish, a_public) {
        (Wish::Tokens, _) => {
            let user = user.ok_or_else(Refusal::wrong_password)?;
            user.check_state()?;
            Ok(Verdict::Proved(user, flow))
        }
        (Wish::Password, Some(a_public)) => {
            password::start_srp(server, context, user.as_ref(), &typed, flow, a_public, true)
                .await
                .map(Verdict::Asked)
        }
        (Wish::Password | Wish::Challenge, _) => {
            custom::create(server, context, user.as_ref(), &typed, flow).await.map(Verdict::Asked)
        }
    }
}

/// The sign-in is complete.
async fn finish(server: &Server, context: &Context, user: User, flow: Flow) -> Answer {
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
