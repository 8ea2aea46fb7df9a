//! Questions that wait for an answer: kept under the fingerprint of a `Session`, answered once.

use super::context::Context;
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Flow, PendingChallenge, Question, Store, User};
use crate::tokens::fingerprint;
use serde_json::{Map, Value, json};

/// Whom a question is put to: an unknown person is asked under the name as typed.
#[derive(Debug, Clone)]
pub(super) struct Asked<'a> {
    pub(super) username: &'a str,
    pub(super) exists: bool,
}

impl<'a> From<&'a User> for Asked<'a> {
    fn from(user: &'a User) -> Self {
        Self { username: &user.username, exists: true }
    }
}

/// Keeps a question and gives the reply that puts it, with a new `Session`.
pub(super) fn ask(
    server: &Server,
    context: &Context,
    asked: Asked<'_>,
    flow: Flow,
    question: Question,
    parameters: Map<String, Value>,
) -> Answer {
    let session = random::base64url::<384>()?;
    let name = question.name().to_owned();
    let available = available_challenges(&question, &flow);
    keep(server, context, asked, flow, question, fingerprint(&session))?;
    let mut reply = json!({
        "ChallengeName": name,
        "Session": session,
        "ChallengeParameters": parameters,
    });
    if let (Some(available), Some(reply)) = (available, reply.as_object_mut()) {
        reply.insert("AvailableChallenges".to_owned(), json!(available));
    }
    Ok(reply)
}

/// Keeps a question under a key of the caller's.
pub(super) fn keep(
    server: &Server,
    context: &Context,
    asked: Asked<'_>,
    flow: Flow,
    question: Question,
    key: String,
) -> Result<(), Refusal> {
    server.store().put(&PendingChallenge {
        key,
        pool_id: context.pool.id.clone(),
        client_id: context.client.id.clone(),
        username: asked.username.to_owned(),
        user_exists: asked.exists,
        question,
        flow,
        expires: server.clock.now_ms() + context.session_ms(),
        wrong_tries: 0,
        spent: false,
    })
}

/// Takes a question whose second use need not be told apart: nothing of it stays.
pub(super) fn consume(
    store: &Store,
    context: &Context,
    key: &str,
    now: i64,
) -> Result<PendingChallenge, Refusal> {
    let pending = take_by_key(store, context, key, now)?;
    store.remove::<PendingChallenge>(&context.pool.id, "", key)?;
    Ok(pending)
}

/// Takes the question that a session stands for and marks it answered.
///
/// # Errors
/// `NotAuthorizedException` in the service's words for a session that is none, is another client's,
/// has expired or was used.
pub(super) fn take(
    store: &Store,
    context: &Context,
    session: &str,
    now: i64,
) -> Result<PendingChallenge, Refusal> {
    take_by_key(store, context, &fingerprint(session), now)
}

/// The same for a key that is no session's.
fn take_by_key(
    store: &Store,
    context: &Context,
    key: &str,
    now: i64,
) -> Result<PendingChallenge, Refusal> {
    let refused =
        |text: &str| Refusal::not_authorized(format!("Invalid session for the user{text}"));
    let mut pending: PendingChallenge =
        store.find(&context.pool.id, "", key)?.ok_or_else(|| refused("."))?;
    if pending.client_id != context.client.id {
        return Err(refused("."));
    }
    if pending.expires <= now {
        return Err(refused(", session is expired."));
    }
    if pending.spent {
        return Err(refused(", session can only be used once."));
    }
    pending.spent = true;
    store.put(&pending)?;
    Ok(pending)
}

/// Puts a question back that was answered wrong; after the fifth time it stays answered.
pub(super) fn put_back(server: &Server, mut pending: PendingChallenge) -> Result<(), Refusal> {
    pending.wrong_tries += 1;
    pending.spent = pending.wrong_tries >= MOST_TRIES;
    server.store().put(&pending)
}

/// Puts a question back whose answer could not be judged at all, as it was.
pub(super) fn restore(server: &Server, mut pending: PendingChallenge) -> Result<(), Refusal> {
    pending.spent = false;
    server.store().put(&pending)
}

/// What goes beside the challenge in choice-based sign-in.
fn available_challenges(question: &Question, flow: &Flow) -> Option<Vec<String>> {
    if let Question::SelectChallenge { choices } = question {
        return Some(choices.clone());
    }
    (!flow.choices.is_empty() && question.is_first_factor()).then(|| flow.choices.clone())
}

impl Question {
    /// As `ChallengeName` spells it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::PasswordVerifier { .. } => "PASSWORD_VERIFIER",
            Self::NewPassword { .. } => "NEW_PASSWORD_REQUIRED",
            Self::Code { challenge, .. } => challenge,
            Self::SoftwareToken => "SOFTWARE_TOKEN_MFA",
            Self::SelectMfa { .. } => "SELECT_MFA_TYPE",
            Self::MfaSetup { .. } => "MFA_SETUP",
            Self::SelectChallenge { .. } => "SELECT_CHALLENGE",
            Self::Password => "PASSWORD",
            Self::PasswordSrp => "PASSWORD_SRP",
            Self::Passkey { .. } => "WEB_AUTHN",
            Self::Custom { .. } => "CUSTOM_CHALLENGE",
            Self::DeviceSrp { .. } => "DEVICE_SRP_AUTH",
            Self::DeviceVerifier { .. } => "DEVICE_PASSWORD_VERIFIER",
            Self::SignedUp { .. } => "",
        }
    }

    /// Whether it asks who somebody is, not for more proof of it.
    pub(super) fn is_first_factor(&self) -> bool {
        match self {
            Self::Code { is_second, .. } => !is_second,
            Self::PasswordVerifier { .. }
            | Self::SelectChallenge { .. }
            | Self::Password
            | Self::PasswordSrp
            | Self::Passkey { .. } => true,
            _ => false,
        }
    }
}

/// Wrong codes that a session survives, the last one not included.
const MOST_TRIES: u32 = 5;
