//! RespondToAuthChallenge: finds what was asked, and who judges the answer.

use super::context::Context;
use super::verdict::Verdict;
use super::{
    app_code, choice, custom, device, mfa, mfa_setup, new_password, one_time, passkeys, password,
    pending, step,
};
use crate::caller::Caller;
use crate::input::{required, text};
use crate::refusal::{Answer, Refusal};
use crate::risk::ContextData;
use crate::server::Server;
use crate::store::{PendingChallenge, Question};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The input of RespondToAuthChallenge.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Respond {
    client_id: String,
    challenge_name: String,
    #[serde(default)]
    challenge_responses: Map<String, Value>,
    session: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    user_context_data: Option<ContextData>,
}

/// The input of AdminRespondToAuthChallenge.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AdminRespond {
    user_pool_id: String,
    client_id: String,
    challenge_name: String,
    #[serde(default)]
    challenge_responses: Map<String, Value>,
    session: Option<String>,
    #[serde(default)]
    client_metadata: Map<String, Value>,
    context_data: Option<ContextData>,
}

/// RespondToAuthChallenge.
pub(crate) async fn respond(server: &Server, _: &Caller, input: Respond) -> Answer {
    let context = Context::open(server, &input.client_id)?
        .with(input.client_metadata, input.user_context_data.as_ref());
    let responses = input.challenge_responses.into();
    answer(server, &context, &input.challenge_name, responses, input.session.as_deref()).await
}

/// AdminRespondToAuthChallenge.
pub(crate) async fn admin_respond(server: &Server, _: &Caller, input: AdminRespond) -> Answer {
    let context = Context::open_in_pool(server, &input.user_pool_id, &input.client_id)?
        .with(input.client_metadata, input.context_data.as_ref());
    let responses = input.challenge_responses.into();
    answer(server, &context, &input.challenge_name, responses, input.session.as_deref()).await
}

async fn answer(
    server: &Server,
    context: &Context,
    name: &str,
    responses: Value,
    session: Option<&str>,
) -> Answer {
    let typed = required(&responses, "USERNAME")?;
    context.check_secret_hash(typed, text(&responses, "SECRET_HASH"))?;
    let verdict = if name == "PASSWORD_VERIFIER" {
        password::answer_srp(server, context, session, &responses).await?
    } else {
        let session = session
            .ok_or_else(|| Refusal::invalid_parameter("Missing required parameter Session"))?;
        let now = server.clock.now_ms();
        let pending = pending::take(&server.store(), context, session, now)?;
        match judge(server, context, pending.clone(), name, typed, &responses).await {
            // An answer that cannot be judged at all is no try: the session stays as it was.
            Err(refusal) if refusal.name == "InvalidParameterException" => {
                pending::restore(server, pending)?;
                return Err(refusal);
            }
            verdict => verdict?,
        }
    };
    step::next(server, context, verdict).await
}

async fn judge(
    server: &Server,
    context: &Context,
    mut pending: PendingChallenge,
    name: &str,
    typed: &str,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    if let Err(refusal) = check_person(server, context, &pending, typed) {
        pending::restore(server, pending)?;
        return Err(refusal);
    }
    if let Some(device_key) = text(responses, "DEVICE_KEY") {
        pending.flow.device_key = Some(device_key.to_owned());
    }
    let user = if pending.user_exists {
        server.store().user(&context.pool.id, &pending.username)?
    } else {
        None
    };
    if pending.flow.auth_flow == "USER_AUTH"
        && pending.question.is_first_factor()
        && let Some(choice) = chosen(name, &pending, responses)
    {
        if !choice::is_available(&pending.flow, choice) {
            return Err(Refusal::invalid_parameter("Selected challenge is not available"));
        }
        let PendingChallenge { flow, username: typed, .. } = pending;
        let (choice, parameters) = (choice.to_owned(), responses.clone());
        return Ok(Verdict::Chosen { user, typed, flow, choice, parameters });
    }
    if pending.question.name() != name {
        pending::restore(server, pending)?;
        return Err(Refusal::not_authorized("Invalid session for the user."));
    }
    if matches!(pending.question, Question::Custom { .. }) {
        return custom::answer(context, user, pending, responses).await;
    }
    let Some(user) = user else {
        return Err(match pending.question {
            Question::Code { .. } => one_time::answer_unknown(server, pending),
            _ => Refusal::wrong_password(),
        });
    };
    if !user.enabled {
        return Err(Refusal::not_authorized("User is disabled."));
    }
    match pending.question.clone() {
        Question::NewPassword { .. } => {
            new_password::answer(server, context, user, pending, responses).await
        }
        Question::DeviceSrp { device_key } => {
            device::answer_srp(server, context, user, pending, &device_key, responses).await
        }
        Question::DeviceVerifier { .. } => {
            device::answer_verifier(server, context, user, pending, responses).await
        }
        Question::Code { .. } => one_time::answer(server, context, &user, pending, responses),
        Question::SoftwareToken => app_code::answer(server, user, pending, responses),
        Question::SelectMfa { .. } => mfa::answer_select(user, pending, responses),
        Question::MfaSetup { .. } => mfa_setup::answer(server, context, user, pending, responses),
        Question::Passkey { .. } => passkeys::answer(server, context, user, pending, responses),
        // The rest is answered by another name or before this.
        _ => Err(Refusal::not_authorized("Invalid session for the user.")),
    }
}

/// The first factor that an answer asks for, when it is no answer to the factor already asked: people
/// change their mind.
fn chosen<'a>(name: &'a str, pending: &PendingChallenge, responses: &'a Value) -> Option<&'a str> {
    match name {
        "SELECT_CHALLENGE" => text(responses, "ANSWER"),
        "PASSWORD" | "PASSWORD_SRP" => Some(name),
        "WEB_AUTHN" | "EMAIL_OTP" | "SMS_OTP" => {
            // Without a proof it is a choice, and so it is while something else is asked.
            (pending.question.name() != name).then_some(name)
        }
        _ => None,
    }
}

/// A session belongs to one person, by whatever name they are called.
fn check_person(
    server: &Server,
    context: &Context,
    pending: &PendingChallenge,
    typed: &str,
) -> Result<(), Refusal> {
    if typed == pending.username {
        return Ok(());
    }
    match context.resolve(server, typed)? {
        Some(user) if user.username == pending.username => Ok(()),
        _ => Err(Refusal::not_authorized("Invalid session for the user.")),
    }
}
