//! `CUSTOM_AUTH`: three triggers decide what is asked, how, and whether an answer is right.

use super::context::Context;
use super::pending::{self, Asked};
use super::verdict::Verdict;
use crate::input::{required, text};
use crate::messages::event_attributes;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Flow, PendingChallenge, Question, User};
use crate::trigger::{CreateChallenge, DefineChallenge, Occasion, Trigger, VerifyChallenge};
use serde_json::{Map, Value, json};

/// Answers InitiateAuth.
pub(super) fn start(
    user: Option<User>,
    typed: &str,
    mut flow: Flow,
    parameters: &Value,
) -> Result<Verdict, Refusal> {
    let a_public = match text(parameters, "CHALLENGE_NAME") {
        Some("SRP_A") => {
            flow.history.push(entry("SRP_A", true, None));
            Some(required(parameters, "SRP_A")?.to_owned())
        }
        _ => {
            flow.second_factor_done = true;
            None
        }
    };
    Ok(Verdict::Custom { user, typed: typed.to_owned(), flow, a_public })
}

/// The password of a custom flow was proved: the triggers hear of it.
pub(super) fn after_password(user: User, mut flow: Flow) -> Verdict {
    flow.history.push(entry("PASSWORD_VERIFIER", true, None));
    let typed = user.username.clone();
    Verdict::Custom { user: Some(user), typed, flow, a_public: None }
}

/// Has an answer judged.
pub(super) async fn answer(
    context: &Context,
    user: Option<User>,
    pending: PendingChallenge,
    responses: &Value,
) -> Result<Verdict, Refusal> {
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
    Ok(Verdict::Custom { user, typed: username, flow, a_public: None })
}

/// What the define trigger wants next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Tokens,
    /// The password, by SRP.
    Password,
    Challenge,
}

/// Asks the define trigger what comes next.
pub(super) async fn define(
    context: &Context,
    user: Option<&User>,
    typed: &str,
    flow: &Flow,
    may_ask_password: bool,
) -> Result<Wish, Refusal> {
    let username = user.map_or(typed, |user| user.username.as_str());
    let defined: Option<DefineChallenge> = Trigger::DefineAuthChallenge
        .ask(Occasion {
            pool: &context.pool,
            client_id: &context.client.id,
            username,
            source: "DefineAuthChallenge_Authentication",
            request: json!({
                "userAttributes": attributes(user),
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
        return Ok(Wish::Tokens);
    }
    match defined.challenge_name.as_deref() {
        Some("PASSWORD_VERIFIER") if may_ask_password => Ok(Wish::Password),
        Some("CUSTOM_CHALLENGE") => Ok(Wish::Challenge),
        _ => Err(Refusal::new("InvalidLambdaResponseException", "Unrecognizable lambda output")),
    }
}

/// Puts the question that the create trigger makes.
pub(super) async fn create(
    server: &Server,
    context: &Context,
    user: Option<&User>,
    typed: &str,
    flow: Flow,
) -> Answer {
    let username = user.map_or(typed, |user| user.username.as_str());
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
