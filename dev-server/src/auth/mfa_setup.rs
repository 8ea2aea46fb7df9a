//! `MFA_SETUP`, and the two operations that set up an authenticator app in it or when signed in.

use super::context::Context;
use super::mfa;
use super::pending::{self, Asked};
use super::verdict::{Asking, Purpose, Verdict};
use crate::attributes;
use crate::caller::Caller;
use crate::input::text;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Client, Code, Flow, PendingChallenge, Question, Store, Totp, User};
use crate::tokens::{self, fingerprint};
use crate::totp;
use serde::Deserialize;
use serde_json::{Value, json};

/// Puts the question.
pub(super) fn ask(
    server: &Server,
    context: &Context,
    user: &User,
    flow: Flow,
    choices: &[&str],
) -> Answer {
    let mut parameters = mfa::parameters(user);
    if choices.is_empty() {
        return Err(Refusal::new(
            "InvalidUserPoolConfigurationException",
            "MFA is required, but no second factor is enabled for this user pool",
        ));
    }
    parameters.insert("MFAS_CAN_SETUP".to_owned(), json!(json!(choices).to_string()));
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    let question =
        Question::MfaSetup { choices, secret: None, verified: false, name: String::new() };
    pending::ask(server, context, user.into(), flow, question, parameters)
}

/// The app was verified, or a code is to go to the address that shall be the factor.
pub(super) fn answer(
    server: &Server,
    context: &Context,
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    let Question::MfaSetup { choices, verified, .. } = &pending.question else {
        return Err(Refusal::not_authorized("Invalid session for the user."));
    };
    if *verified {
        let flow = Flow { second_factor_done: true, ..pending.flow };
        return Ok(Verdict::Proved(user, flow));
    }
    let address = text(responses, "EMAIL").or_else(|| text(responses, "email"));
    let Some(address) = address else {
        return Err(Refusal::invalid_parameter("User has not verified software token mfa"));
    };
    if !choices.iter().any(|choice| choice == mfa::EMAIL) {
        let text = "E-mail cannot be set up as a second factor in this user pool";
        return Err(Refusal::invalid_parameter(text));
    }
    if !crate::schema::is_email(address) {
        return Err(Refusal::invalid_parameter("Invalid email address format."));
    }
    // Nobody becomes the second person who signs in by an address.
    let store = server.store();
    if let Err(refusal) =
        attributes::check_alias(&store, &context.pool, &user.username, "email", address)
    {
        pending::restore(server, pending)?;
        return Err(refusal);
    }
    let code =
        Asking { challenge: mfa::EMAIL, purpose: Purpose::SetUp, to: Some(address.to_owned()) };
    Ok(Verdict::Code { user, flow: pending.flow, code })
}

/// The input of AssociateSoftwareToken.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Associate {
    access_token: Option<String>,
    session: Option<String>,
}

/// The input of VerifySoftwareToken.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Verify {
    access_token: Option<String>,
    session: Option<String>,
    user_code: String,
    #[serde(default)]
    friendly_device_name: String,
}

/// What says whose authenticator app it is.
enum By<'a> {
    Session(&'a str),
    Token(&'a str),
}

/// AssociateSoftwareToken: makes a secret.
pub(crate) fn associate(server: &Server, _: &Caller, input: Associate) -> Answer {
    let secret = totp::make_secret()?;
    let token = match only_one(input.access_token.as_deref(), input.session.as_deref())? {
        By::Session(session) => return associate_in_session(server, session, secret),
        By::Token(token) => token,
    };
    let bearer = tokens::authorize(server, token)?;
    if !bearer.pool.mfa_policy().software_token_mfa_configuration.enabled {
        return Err(not_enabled());
    }
    // A secret that was verified before stays good until this one is.
    server.store().put(&Code {
        pool_id: bearer.pool.id.clone(),
        username: bearer.user.username.clone(),
        purpose: PURPOSE.to_owned(),
        code: secret.clone(),
        attribute: String::new(),
        destination: String::new(),
        expires: i64::MAX,
        wrong_tries: 0,
    })?;
    Ok(json!({ "SecretCode": secret }))
}

/// VerifySoftwareToken: the app shows the right codes, so the secret is taken.
pub(crate) fn verify(server: &Server, _: &Caller, input: Verify) -> Answer {
    let (typed, name) = (input.user_code.as_str(), input.friendly_device_name.as_str());
    let token = match only_one(input.access_token.as_deref(), input.session.as_deref())? {
        By::Session(session) => return verify_in_session(server, session, typed, name),
        By::Token(token) => token,
    };
    let bearer = tokens::authorize(server, token)?;
    let mut user = bearer.user;
    let store = server.store();
    let waiting: Option<Code> = store.find(&user.pool_id, &user.username, PURPOSE)?;
    let secret = waiting.ok_or_else(not_associated)?.code;
    let step = judge(server, &secret, typed)?;
    take(&mut user, secret, name, step);
    save(&store, &user)?;
    Ok(json!({ "Status": "SUCCESS" }))
}

fn associate_in_session(server: &Server, session: &str, secret: String) -> Answer {
    let (context, mut pending, user) = resume(server, session)?;
    if let Question::MfaSetup { secret: kept, choices, .. } = &mut pending.question {
        if !choices.iter().any(|choice| choice == mfa::TOTP) {
            pending::restore(server, pending)?;
            return Err(not_enabled());
        }
        *kept = Some(secret.clone());
    }
    let session = go_on(server, &context, &user, pending)?;
    Ok(json!({ "SecretCode": secret, "Session": session }))
}

fn verify_in_session(server: &Server, session: &str, typed: &str, name: &str) -> Answer {
    let (context, mut pending, mut user) = resume(server, session)?;
    let Question::MfaSetup { secret: Some(secret), verified, name: kept, .. } =
        &mut pending.question
    else {
        pending::restore(server, pending)?;
        return Err(not_associated());
    };
    let Ok(step) = judge(server, secret, typed) else {
        pending::put_back(server, pending)?;
        return Err(wrong_code());
    };
    *verified = true;
    *kept = name.to_owned();
    take(&mut user, secret.clone(), name, step);
    user.mfa.totp = true;
    server.store().put_user(&user)?;
    let session = go_on(server, &context, &user, pending)?;
    Ok(json!({ "Status": "SUCCESS", "Session": session }))
}

fn save(store: &Store, user: &User) -> Result<(), Refusal> {
    store.put_user(user)?;
    store.remove::<Code>(&user.pool_id, &user.username, PURPOSE)?;
    Ok(())
}

fn take(user: &mut User, secret: String, name: &str, step: i64) {
    user.totp =
        Some(Totp { secret, verified: true, friendly_name: name.to_owned(), last_step: step });
}

fn judge(server: &Server, secret: &str, typed: &str) -> Result<i64, Refusal> {
    match totp::verify(secret, typed, server.clock.now(), 0) {
        totp::Verdict::Accepted { step } => Ok(step),
        totp::Verdict::Reused | totp::Verdict::Wrong => Err(wrong_code()),
    }
}

/// Exactly one of the two must be there.
fn only_one<'a>(token: Option<&'a str>, session: Option<&'a str>) -> Result<By<'a>, Refusal> {
    match (session, token) {
        (Some(session), None) => Ok(By::Session(session)),
        (None, Some(token)) => Ok(By::Token(token)),
        _ => Err(Refusal::invalid_parameter("Send exactly one of AccessToken and Session")),
    }
}

/// The set-up a session stands for. These operations name no client: the session does.
fn resume(server: &Server, session: &str) -> Result<(Context, PendingChallenge, User), Refusal> {
    let invalid = || Refusal::not_authorized("Invalid session for the user.");
    let found: Option<PendingChallenge> = server.store().find_by_key(&fingerprint(session))?;
    let client_id = found.ok_or_else(invalid)?.client_id;
    let client: Client = server.store().client(&client_id)?;
    let context = Context::open(server, &client.id)?;
    let now = server.clock.now_ms();
    let pending = pending::take(&server.store(), &context, session, now)?;
    if !matches!(pending.question, Question::MfaSetup { .. }) {
        pending::restore(server, pending)?;
        return Err(invalid());
    }
    let user = server.store().user(&context.pool.id, &pending.username)?.ok_or_else(invalid)?;
    Ok((context, pending, user))
}

/// Keeps a set-up that got further under a new session.
fn go_on(
    server: &Server,
    context: &Context,
    user: &User,
    pending: PendingChallenge,
) -> Result<String, Refusal> {
    let session = crate::random::base64url::<384>()?;
    let PendingChallenge { question, flow, .. } = pending;
    let key = fingerprint(&session);
    pending::keep(server, context, Asked::from(user), flow, question, key)?;
    Ok(session)
}

fn not_enabled() -> Refusal {
    Refusal::new(
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA has not been enabled by the userPool",
    )
}

fn not_associated() -> Refusal {
    Refusal::new(
        "SoftwareTokenMFANotFoundException",
        "Software Token MFA has not been associated by the user",
    )
}

fn wrong_code() -> Refusal {
    Refusal::new(
        "EnableSoftwareTokenMFAException",
        "Code mismatch and fail enable Software Token MFA",
    )
}

const PURPOSE: &str = "software_token";
