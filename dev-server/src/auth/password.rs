//! Passwords at sign-in: by SRP, or plain over TLS; neither is ever stored.

use super::pending::{self, Asked};
use super::{Context, device, lockout, step};
use crate::input::{required, text};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Exchange, Flow, PendingChallenge, Question, User, UserStatus, Verifier};
use crate::tokens::fingerprint;
use crate::trigger::{Migration, Occasion, Trigger};
use crate::{hex, random, risk, srp, timestamp};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;

/// Answers `SRP_A` with `PASSWORD_VERIFIER`; for an unknown person with a likeness of it.
pub(super) fn start_srp(
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
    let exchange = make_exchange(verifier, a_public)?;
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

/// The server's half of an SRP exchange over a verifier.
pub(super) fn make_exchange(verifier: Verifier, a_public: &str) -> Result<Exchange, Refusal> {
    let a_public = srp::read_a_public(a_public)
        .ok_or_else(|| Refusal::invalid_parameter("SRP_A is not a valid public value"))?;
    let b_secret = random::bytes::<32>()?;
    let b_public = srp::b_public(&verifier.verifier, &b_secret)
        .ok_or_else(|| Refusal::internal("a stored verifier is damaged"))?;
    Ok(Exchange {
        verifier,
        a_public,
        b_secret: hex::encode(&b_secret),
        b_public,
        secret_block: STANDARD.encode(random::bytes::<640>()?),
    })
}

/// Judges an answer to `PASSWORD_VERIFIER` and goes on.
pub(super) async fn answer_srp(
    server: &Server,
    context: &Context,
    session: Option<&str>,
    responses: &Value,
) -> Answer {
    let typed = required(responses, "USERNAME")?;
    let block = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")?;
    required(responses, "PASSWORD_CLAIM_SIGNATURE")?;
    let stated = stated_time(responses)?;
    let now = server.clock.now_ms();
    let taken = pending::take_by_key(&server.store(), context, &fingerprint(block), now);
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
    let is_proved =
        is_fresh(stated, server.clock.now()) && is_signed(&exchange, name, &username, responses);
    let user = if user_exists { server.store().user(&context.pool.id, &username)? } else { None };
    let Some(user) = user else { return Err(Refusal::wrong_password()) };
    user.lockout.check(now)?;
    // A password changed since the exchange began is not the one that was proved.
    if !is_proved || user.password.as_ref() != Some(&exchange.verifier) {
        lockout::fail(&server.store(), &user, now)?;
        return Err(Refusal::wrong_password());
    }
    // A right proof with a wrong clock is refused, but is nobody's guess.
    if !is_fresh(stated, server.clock.now()) {
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
    step::after_password(server, context, user, flow).await
}

/// The claim's time; a text of another form is refused before anything is spent.
pub(super) fn stated_time(responses: &Value) -> Result<i64, Refusal> {
    timestamp::parse(required(responses, "TIMESTAMP")?).ok_or_else(|| {
        Refusal::invalid_parameter(
            "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
        )
    })
}

/// Whether the claim was made within five minutes of now.
pub(super) fn is_fresh(stated: i64, now: i64) -> bool {
    (stated - now).abs() <= 300
}

/// Whether the claim's signature is the one the verifier leads to.
pub(super) fn is_signed(
    exchange: &Exchange,
    group_name: &str,
    identity: &str,
    responses: &Value,
) -> bool {
    let expected = || {
        let b_secret = hex::decode(&exchange.b_secret)?;
        let key = srp::derive_key(
            &exchange.verifier.verifier,
            &exchange.a_public,
            &b_secret,
            &exchange.b_public,
        )?;
        let block = STANDARD.decode(&exchange.secret_block).ok()?;
        Some(srp::signature(&key, group_name, identity, &block, text(responses, "TIMESTAMP")?))
    };
    let given = text(responses, "PASSWORD_CLAIM_SIGNATURE").and_then(from_base64);
    match (expected(), given) {
        (Some(expected), Some(given)) => expected.as_slice().ct_eq(&given).into(),
        _ => false,
    }
}

/// Judges a password that came as it is. An unknown person costs the same time.
pub(super) fn check(
    server: &Server,
    context: &Context,
    user: Option<User>,
    given: &str,
) -> Result<User, Refusal> {
    let name = context.pool.srp_name();
    let Some(user) = user else {
        let (identity, verifier) = pretended(server, context, "")?;
        srp::is_password(&verifier, name, &identity, given);
        return Err(if context.hides_users() {
            Refusal::wrong_password()
        } else {
            Refusal::user_not_found()
        });
    };
    let now = server.clock.now_ms();
    user.lockout.check(now)?;
    let is_right = user
        .password
        .as_ref()
        .is_some_and(|verifier| srp::is_password(verifier, name, &user.username, given));
    let store = server.store();
    if !is_right {
        lockout::fail(&store, &user, now)?;
        return Err(Refusal::wrong_password());
    }
    lockout::succeed(&store, &user)?;
    drop(store);
    risk::check_password(server, &context.pool, &user, given)?;
    Ok(user)
}

/// Asks the migration trigger for a person the pool does not know; `given` is the password of a sign-in,
/// nothing when it was forgotten.
pub(super) async fn migrate(
    server: &Server,
    context: &Context,
    typed: &str,
    given: Option<&str>,
    metadata: Map<String, Value>,
) -> Result<Option<User>, Refusal> {
    let occasion = Occasion {
        pool: &context.pool,
        client_id: &context.client.id,
        username: typed,
        source: match given {
            Some(_) => "UserMigration_Authentication",
            None => "UserMigration_ForgotPassword",
        },
        request: json!({
            "password": given,
            "validationData": metadata,
            "clientMetadata": metadata,
        }),
    };
    let migrated: Option<Migration> = match Trigger::UserMigration.ask(occasion).await {
        // A trigger that throws does not know the person either.
        Err(refusal) if refusal.name == "UserLambdaValidationException" => None,
        answered => answered?,
    };
    let Some(Migration { user_attributes: Some(attributes), final_user_status, .. }) = migrated
    else {
        return Ok(None);
    };
    let sub = random::uuid()?;
    let mut attributes: BTreeMap<_, _> = attributes;
    attributes.remove("username");
    attributes.insert("sub".to_owned(), sub.clone());
    let username = if context.policy.username_attributes.is_empty() { typed } else { &sub };
    let now = server.clock.now_ms();
    let mut user = User::new(&context.pool.id, username, &sub, attributes, now);
    user.status = match final_user_status.as_deref() {
        Some("RESET_REQUIRED") => UserStatus::ResetRequired,
        _ => UserStatus::Confirmed,
    };
    if let Some(given) = given {
        user.password = Some(srp::make_verifier(context.pool.srp_name(), username, given)?);
        user.password_set = now;
    }
    server.store().put_user(&user)?;
    Ok(Some(user))
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
    let verifier = Verifier { salt: hex::encode(salt), verifier: hex::encode(&verifier) };
    Ok((id, verifier))
}

/// Either alphabet, padded or not.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    [&STANDARD, &URL_SAFE, &STANDARD_NO_PAD, &URL_SAFE_NO_PAD]
        .into_iter()
        .find_map(|engine| engine.decode(text).ok())
}
