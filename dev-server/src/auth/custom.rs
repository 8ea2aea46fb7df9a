//! `CUSTOM_AUTH`: three triggers decide what is asked, how, and whether an answer is right.

use super::pending::{self, Asked};
use super::{Context, password, step};
use crate::input::{required, text};
use crate::messages::event_attributes;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Flow, PendingChallenge, Question, User};
use crate::trigger::{CreateChallenge, DefineChallenge, Occasion, Trigger, VerifyChallenge};
use serde_json::{Map, Value, json};

/// Answers InitiateAuth.
pub(super) async fn start(
    server: &Server,
    context: &Context,
    user: Option<User>,
    typed: &str,
    mut flow: Flow,
    parameters: &Value,
) -> Answer {
    let a_public = match text(parameters, "CHALLENGE_NAME") {
        Some("SRP_A") => {
            flow.history.push(entry("SRP_A", true, None));
            Some(required(parameters, "SRP_A")?)
        }
        _ => {
            flow.second_factor_done = true;
            None
        }
    };
    go_on(server, context, user, typed, flow, a_public).await
}

/// Goes on after the password of a custom flow was proved.
pub(super) async fn after_password(
    server: &Server,
    context: &Context,
    user: User,
    mut flow: Flow,
) -> Answer {
    flow.history.push(entry("PASSWORD_VERIFIER", true, None));
    let typed = user.username.clone();
    go_on(server, context, Some(user), &typed, flow, None).await
}

/// Has an answer judged, and asks what is next.
pub(super) async fn answer(
    server: &Server,
    context: &Context,
    user: Option<User>,
    pending: PendingChallenge,
    responses: &Value,
) -> Answer {
    let PendingChallenge { question, mut flow, username, .. } = pending;
    let Question::Custom { private, metadata } = question else {
        return Err(Refusal::not_authorized("Invalid session for the user."));
    };
    let answer = required(responses, "ANSWER")?;
    let verified: Option<VerifyChallenge> = Trigger::VerifyAuthChallengeResponse
        .ask(Occasion {
            pool: &context.pool,
            client_id: &context.client.id,
            username: &username,
            source: "VerifyAuthChallengeResponse_Authentication",
            request: json!({
                "userAttributes": attributes(user.as_ref()),
                "privateChallengeParameters": private,
                "challengeAnswer": answer,
                "clientMetadata": context.metadata,
                "userNotFound": user.is_none(),
            }),
        })
        .await?;
    let is_right = verified.ok_or_else(not_configured)?.answer_correct;
    flow.history.push(entry("CUSTOM_CHALLENGE", is_right, metadata));
    go_on(server, context, user, &username, flow, None).await
}

/// Asks the define trigger what comes next, and does it.
async fn go_on(
    server: &Server,
    context: &Context,
    user: Option<User>,
    typed: &str,
    flow: Flow,
    a_public: Option<&str>,
) -> Answer {
    let username = user.as_ref().map_or(typed, |user| user.username.as_str()).to_owned();
    let defined: Option<DefineChallenge> = Trigger::DefineAuthChallenge
        .ask(Occasion {
            pool: &context.pool,
            client_id: &context.client.id,
            username: &username,
            source: "DefineAuthChallenge_Authentication",
            request: json!({
                "userAttributes": attributes(user.as_ref()),
                "session": flow.history,
                "clientMetadata": context.metadata,
                "userNotFound": user.is_none(),
            }),
        })
        .await?;
    let defined = defined.ok_or_else(not_configured)?;
    if defined.fail_authentication {
        return Err(Refusal::wrong_password());
    }
    if defined.issue_tokens {
        let user = user.ok_or_else(Refusal::wrong_password)?;
        step::check_state(&user)?;
        return step::after_first_factor(server, context, user, flow).await;
    }
    match (defined.challenge_name.as_deref(), a_public) {
        (Some("PASSWORD_VERIFIER"), Some(a_public)) => {
            password::start_srp(server, context, user.as_ref(), typed, flow, a_public, true)
        }
        (Some("CUSTOM_CHALLENGE"), _) => {
            create(server, context, user.as_ref(), &username, flow).await
        }
        _ => Err(Refusal::new("InvalidLambdaResponseException", "Unrecognizable lambda output")),
    }
}

async fn create(
    server: &Server,
    context: &Context,
    user: Option<&User>,
    username: &str,
    flow: Flow,
) -> Answer {
    let created: Option<CreateChallenge> = Trigger::CreateAuthChallenge
        .ask(Occasion {
            pool: &context.pool,
            client_id: &context.client.id,
            username,
            source: "CreateAuthChallenge_Authentication",
            request: json!({
                "userAttributes": attributes(user),
                "challengeName": "CUSTOM_CHALLENGE",
                "session": flow.history,
                "clientMetadata": context.metadata,
                "userNotFound": user.is_none(),
            }),
        })
        .await?;
    let created = created.ok_or_else(not_configured)?;
    let values = |map: std::collections::BTreeMap<String, String>| -> Map<String, Value> {
        map.into_iter().map(|(name, value)| (name, Value::from(value))).collect()
    };
    let mut parameters = values(created.public_challenge_parameters);
    parameters.insert("USERNAME".to_owned(), json!(username));
    let question = Question::Custom {
        private: values(created.private_challenge_parameters),
        metadata: created.challenge_metadata,
    };
    let asked = Asked { username, exists: user.is_some() };
    pending::ask(server, context, asked, flow, question, parameters)
}

fn entry(name: &str, result: bool, metadata: Option<String>) -> Value {
    json!({ "challengeName": name, "challengeResult": result, "challengeMetadata": metadata })
}

fn attributes(user: Option<&User>) -> Value {
    user.map_or_else(|| json!({}), event_attributes)
}

fn not_configured() -> Refusal {
    Refusal::invalid_parameter("Custom auth lambda trigger is not configured for the user pool.")
}
