//! Passwords at sign-in: by SRP, or plain over TLS; neither is ever stored.

use super::context::Context;
use super::pending::{self, Asked};
use super::verdict::Verdict;
use super::{claim, device, lockout};
use crate::input::{required, text};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Flow, PendingChallenge, Question, User, Verifier};
use crate::tokens::fingerprint;
use crate::work::compute;
use crate::{random, risk, srp};
use serde_json::{Value, json};

/// Answers `SRP_A` with `PASSWORD_VERIFIER`; for an unknown person with a likeness of it.
pub(super) async fn start_srp(
    server: &Server,
    context: &Context,
    user: Option<&User>,
    typed: &str,
    flow: Flow,
    a_public: &str,
    with_session: bool,
) -> Answer {
    let stored = user.and_then(|user| user.password.clone());
    let (identity, verifier) = match (user, stored) {
        (Some(user), Some(verifier)) => (user.username.clone(), verifier),
        // A person without a password fails as an unknown one does.
        _ => pretended(server, context, typed)?,
    };
    let exchange = claim::make_exchange(verifier, a_public).await?;
    let mut reply = json!({
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeParameters": {
            "SALT": exchange.verifier.salt,
            "SECRET_BLOCK": exchange.secret_block,
            "SRP_B": exchange.b_public,
            "USERNAME": identity,
            "USER_ID_FOR_SRP": identity,
        },
    });
    let session = if with_session { Some(random::base64url::<384>()?) } else { None };
    if let (Some(session), Some(reply)) = (&session, reply.as_object_mut()) {
        reply.insert("Session".to_owned(), json!(session));
        if !flow.choices.is_empty() {
            reply.insert("AvailableChallenges".to_owned(), json!(flow.choices));
        }
    }
    let asked = Asked { username: &identity, exists: user.is_some() };
    let key = fingerprint(&exchange.secret_block);
    let session = session.as_deref().map(fingerprint);
    let question = Question::PasswordVerifier { exchange, session };
    pending::keep(server, context, asked, flow, question, key)?;
    Ok(reply)
}

/// Judges an answer to `PASSWORD_VERIFIER`.
pub(super) async fn answer_srp(
    server: &Server,
    context: &Context,
    session: Option<&str>,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    let typed = required(responses, "USERNAME")?;
    let block = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")?;
    required(responses, "PASSWORD_CLAIM_SIGNATURE")?;
    let stated = claim::stated_time(responses)?;
    let now = server.clock.now_ms();
    let taken = pending::consume(&server.store(), context, &fingerprint(block), now);
    // Whatever is wrong with a block, unlike with a session, looks like a wrong password.
    let pending = taken.map_err(|_| Refusal::wrong_password())?;
    let spent = pending.clone();
    let PendingChallenge { question, mut flow, username, user_exists, .. } = pending;
    let Question::PasswordVerifier { exchange, session: expected } = question else {
        return Err(Refusal::wrong_password());
    };
    let is_same_session = session.map(fingerprint) == expected || expected.is_none();
    if !is_same_session {
        return Err(Refusal::not_authorized("Invalid session for the user."));
    }
    if typed != username {
        let resolved = context.resolve(server, typed)?;
        if resolved.is_none_or(|user| user.username != username) {
            return Err(Refusal::wrong_password());
        }
    }
    let name = context.pool.srp_name();
    let is_signed = claim::is_signed(&exchange, name, &username, responses).await?;
    let user = if user_exists { server.store().user(&context.pool.id, &username)? } else { None };
    let Some(user) = user else { return Err(Refusal::wrong_password()) };
    user.lockout.check(now)?;
    // A password changed since the exchange began is not the one that was proved.
    if !is_signed || user.password.as_ref() != Some(&exchange.verifier) {
        lockout::fail(&server.store(), &user, now)?;
        return Err(Refusal::wrong_password());
    }
    // A right proof with a wrong clock is refused, but is nobody's guess.
    if !claim::is_fresh(stated, server.clock.now()) {
        return Err(Refusal::wrong_password());
    }
    lockout::succeed(&server.store(), &user)?;
    // The device that counts is the one named here: a client whose device was forgotten repeats the
    // very answer without naming it.
    flow.device_key = text(responses, "DEVICE_KEY").map(str::to_owned);
    if let Err(refusal) = device::remembered(server, context, &user, &flow) {
        pending::restore(server, spent)?;
        return Err(refusal);
    }
    Ok(Verdict::Password(user, flow))
}

/// Judges a password that came as it is. An unknown person costs the same time.
pub(super) async fn check(
    server: &Server,
    context: &Context,
    user: Option<User>,
    given: &str,
) -> Result<User, Refusal> {
    let Some(user) = user else {
        let (identity, verifier) = pretended(server, context, "")?;
        is_password(context, verifier, &identity, given).await?;
        return Err(if context.hides_users() {
            Refusal::wrong_password()
        } else {
            Refusal::user_not_found()
        });
    };
    let now = server.clock.now_ms();
    user.lockout.check(now)?;
    let is_right = match user.password.clone() {
        Some(verifier) => is_password(context, verifier, &user.username, given).await?,
        None => false,
    };
    let store = server.store();
    let present = store.user(&user.pool_id, &user.username)?.ok_or_else(Refusal::wrong_password)?;
    // Guesses that came at the same time count, too.
    present.lockout.check(now)?;
    if !is_right {
        lockout::fail(&store, &present, now)?;
        return Err(Refusal::wrong_password());
    }
    // What was right a moment ago is not what the password is now.
    if present.password != user.password {
        return Err(Refusal::wrong_password());
    }
    lockout::succeed(&store, &present)?;
    risk::check_password(server, &context.pool, &present, given)?;
    Ok(present)
}

async fn is_password(
    context: &Context,
    verifier: Verifier,
    identity: &str,
    given: &str,
) -> Result<bool, Refusal> {
    let (group, identity, given) =
        (context.pool.srp_name().to_owned(), identity.to_owned(), given.to_owned());
    compute(move || Ok(srp::is_password(&verifier, &group, &identity, &given))).await
}

/// What an unknown person is asked with: the same for the same name each time.
fn pretended(
    server: &Server,
    context: &Context,
    typed: &str,
) -> Result<(String, Verifier), Refusal> {
    let id = context.pretend(server, "id", typed)?;
    let salt = context.pretend(server, "salt", typed)?;
    let verifier = context.pretend(server, "verifier", typed)?;
    let id = random::uuid_from(id.first_chunk().copied().unwrap_or_default());
    let salt = salt.get(..16).unwrap_or_default();
    let verifier = Verifier { salt: hex::encode(salt), verifier: hex::encode(verifier) };
    Ok((id, verifier))
}
