//! Second factors: which one is due, how it is asked for, and whether its answer is right.

use super::pending::{self, Asked};
use super::{Context, lockout, mfa_setup, step};
use crate::input::required;
use crate::messages::{self, Message};
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Flow, MfaPolicy, PendingChallenge, Question, User, UserStatus};
use crate::totp::{self, Verdict};
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;

/// What must happen before tokens are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    One(&'static str),
    Choose(Vec<&'static str>),
    SetUp(Vec<&'static str>),
}

pub(super) const SMS: &str = "SMS_MFA";
pub(super) const TOTP: &str = "SOFTWARE_TOKEN_MFA";
pub(super) const EMAIL: &str = "EMAIL_OTP";

/// Which second factor a person must give.
pub(super) fn due(context: &Context, user: &User) -> Due {
    let policy = context.pool.mfa_policy();
    let is_required = policy.mfa_configuration == "ON";
    if !is_required && policy.mfa_configuration != "OPTIONAL" {
        return Due::Nothing;
    }
    let offered = offered(context, &policy);
    let mut usable: Vec<&str> =
        offered.iter().copied().filter(|factor| is_turned_on(user, factor)).collect();
    if usable.is_empty() && is_required {
        // Who must have a factor and chose none is asked by what is there to ask with.
        usable = offered.iter().copied().filter(|factor| is_at_hand(user, factor)).collect();
    }
    let preferred = user.mfa.preferred.as_deref();
    if let Some(preferred) = usable.iter().find(|factor| Some(**factor) == preferred) {
        return Due::One(preferred);
    }
    match usable.as_slice() {
        [] if is_required => Due::SetUp(offered),
        [] => Due::Nothing,
        [only] => Due::One(only),
        _ => Due::Choose(usable),
    }
}

/// The factors a pool has; never the only channel by which an account is recovered.
fn offered(context: &Context, policy: &MfaPolicy) -> Vec<&'static str> {
    let recovery = &context.policy.account_recovery_setting.recovery_mechanisms;
    let is_only_recovery = |name: &str| matches!(&recovery[..], [only] if only.name == name);
    let mut factors = Vec::new();
    if policy.sms_mfa_configuration.is_some() && !is_only_recovery("verified_phone_number") {
        factors.push(SMS);
    }
    if policy.software_token_mfa_configuration.enabled {
        factors.push(TOTP);
    }
    if policy.email_mfa_configuration.is_some() && !is_only_recovery("verified_email") {
        factors.push(EMAIL);
    }
    factors
}

fn is_turned_on(user: &User, factor: &str) -> bool {
    match factor {
        SMS => user.mfa.sms && user.attribute("phone_number").is_some(),
        TOTP => user.mfa.totp && user.totp.as_ref().is_some_and(|totp| totp.verified),
        _ => user.mfa.email && user.attribute("email").is_some(),
    }
}

fn is_at_hand(user: &User, factor: &str) -> bool {
    match factor {
        SMS => user.has_verified("phone_number"),
        TOTP => user.totp.as_ref().is_some_and(|totp| totp.verified),
        _ => user.has_verified("email"),
    }
}

/// Puts whatever is due.
pub(super) async fn ask(
    server: &Server,
    context: &Context,
    user: &User,
    flow: Flow,
    due: Due,
) -> Answer {
    let mut parameters = Map::new();
    parameters.insert("USER_ID_FOR_SRP".to_owned(), json!(user.username));
    match due {
        Due::Nothing => Err(Refusal::internal("no second factor is due")),
        Due::One(TOTP) => {
            let name = user.totp.as_ref().map_or("", |totp| totp.friendly_name.as_str());
            parameters.insert("FRIENDLY_DEVICE_NAME".to_owned(), json!(name));
            let question = Question::SoftwareToken;
            pending::ask(server, context, user.into(), flow, question, parameters)
        }
        Due::One(factor) => ask_code(server, context, user, flow, factor, true).await,
        Due::Choose(choices) => {
            parameters.insert("MFAS_CAN_CHOOSE".to_owned(), json!(json!(choices).to_string()));
            let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
            let question = Question::SelectMfa { choices };
            pending::ask(server, context, user.into(), flow, question, parameters)
        }
        Due::SetUp(choices) => mfa_setup::ask(server, context, user, flow, &choices, parameters),
    }
}

/// Sends a code and puts `SMS_MFA`, `EMAIL_OTP` or `SMS_OTP`.
pub(super) async fn ask_code(
    server: &Server,
    context: &Context,
    user: &User,
    flow: Flow,
    challenge: &str,
    is_second: bool,
) -> Answer {
    let attribute = attribute_of(challenge);
    let to = user.attribute(attribute).map(str::to_owned);
    let to = to.ok_or_else(|| Refusal::invalid_parameter(format!("User has no {attribute}")))?;
    ask_code_to(server, context, user, flow, challenge, is_second, &to).await
}

/// The same to an address that need not be the person's yet.
pub(super) async fn ask_code_to(
    server: &Server,
    context: &Context,
    user: &User,
    flow: Flow,
    challenge: &str,
    is_second: bool,
    to: &str,
) -> Answer {
    let attribute = attribute_of(challenge);
    let code = random::code(if is_second { 6 } else { 8 })?;
    let message = Message {
        pool: &context.pool,
        client_id: &context.client.id,
        user,
        attribute,
        to,
        purpose: "Authentication",
        metadata: &context.metadata,
    };
    messages::send(server, &message, &code).await?;
    put_code(server, context, user.into(), flow, Sent { challenge, code, to, is_second })
}

/// Puts the question for a code that was, or for an unknown person was not, sent.
pub(super) fn put_code(
    server: &Server,
    context: &Context,
    asked: Asked<'_>,
    flow: Flow,
    sent: Sent<'_>,
) -> Answer {
    let attribute = attribute_of(sent.challenge);
    let mut parameters = Map::new();
    if asked.exists && sent.is_second {
        parameters.insert("USER_ID_FOR_SRP".to_owned(), json!(asked.username));
    }
    let medium = messages::medium(attribute);
    parameters.insert("CODE_DELIVERY_DELIVERY_MEDIUM".to_owned(), json!(medium));
    let masked = messages::mask(attribute, sent.to);
    parameters.insert("CODE_DELIVERY_DESTINATION".to_owned(), json!(masked));
    let question = Question::Code {
        challenge: sent.challenge.to_owned(),
        code: sent.code,
        address: sent.to.to_owned(),
        is_second: sent.is_second,
    };
    pending::ask(server, context, asked, flow, question, parameters)
}

/// A code on its way.
#[derive(Debug)]
pub(super) struct Sent<'a> {
    pub(super) challenge: &'a str,
    pub(super) code: String,
    pub(super) to: &'a str,
    pub(super) is_second: bool,
}

/// Judges a code that was sent; a wrong one leaves the question open.
pub(super) async fn answer_code(
    server: &Server,
    context: &Context,
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Answer {
    let Question::Code { challenge, code, address, is_second } = pending.question.clone() else {
        return Err(Refusal::not_authorized("Invalid session for the user."));
    };
    let typed = match required(responses, &format!("{challenge}_CODE")) {
        Ok(typed) => typed,
        Err(refusal) => {
            pending::restore(server, pending)?;
            return Err(refusal);
        }
    };
    user.mfa_lockout.check(server.clock.now_ms())?;
    if !bool::from(code.as_bytes().ct_eq(typed.as_bytes())) {
        return wrong(server, &user, pending, WRONG_CODE);
    }
    let user = {
        let store = server.store();
        let mut user = lockout::succeed_second(&store, &user)?;
        let attribute = attribute_of(&challenge);
        if is_second && user.attribute(attribute) != Some(&address) {
            // The address that MFA_SETUP named is the person's from now on.
            user.attributes.insert(attribute.to_owned(), address.clone());
            user.mfa.email = true;
        }
        user.attributes.insert(format!("{attribute}_verified"), "true".to_owned());
        if !is_second && user.status == UserStatus::Unconfirmed {
            user.status = UserStatus::Confirmed;
        }
        store.put_user(&user)?;
        user
    };
    if !is_second {
        step::check_state(&user)?;
    }
    let flow = Flow { second_factor_done: true, ..pending.flow };
    step::after_first_factor(server, context, user, flow).await
}

/// A code for an unknown person is always wrong.
pub(super) fn answer_unknown(server: &Server, pending: PendingChallenge) -> Answer {
    pending::put_back(server, pending)?;
    Err(Refusal::new("CodeMismatchException", WRONG_CODE))
}

/// Judges a code of an authenticator app.
pub(super) async fn answer_totp(
    server: &Server,
    context: &Context,
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Answer {
    let typed = match required(responses, "SOFTWARE_TOKEN_MFA_CODE") {
        Ok(typed) => typed,
        Err(refusal) => {
            pending::restore(server, pending)?;
            return Err(refusal);
        }
    };
    user.mfa_lockout.check(server.clock.now_ms())?;
    let Some(totp) = user.totp.as_ref().filter(|totp| totp.verified) else {
        return Err(Refusal::new(
            "SoftwareTokenMFANotFoundException",
            "Software Token MFA has not been enabled by the user",
        ));
    };
    // The step is judged and noted under one lock: of two calls with one code only one may pass.
    let verdict = {
        let store = server.store();
        let fresh = store.user(&user.pool_id, &user.username)?.and_then(|user| user.totp);
        let last_step = fresh.map_or(totp.last_step, |totp| totp.last_step);
        let verdict = totp::verify(&totp.secret, typed, server.clock.now(), last_step);
        if let Verdict::Accepted { step } = verdict {
            let mut user = lockout::succeed_second(&store, &user)?;
            if let Some(totp) = &mut user.totp {
                totp.last_step = step;
            }
            store.put_user(&user)?;
        }
        verdict
    };
    match verdict {
        Verdict::Accepted { .. } => {
            let flow = Flow { second_factor_done: true, ..pending.flow };
            step::after_first_factor(server, context, user, flow).await
        }
        Verdict::Reused => {
            pending::put_back(server, pending)?;
            Err(Refusal::new(
                "ExpiredCodeException",
                "Your software token has already been used once.",
            ))
        }
        Verdict::Wrong => wrong(server, &user, pending, "Invalid code received for user"),
    }
}

/// Puts the factor that a person chose.
pub(super) async fn answer_select(
    server: &Server,
    context: &Context,
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Answer {
    let Question::SelectMfa { choices } = &pending.question else {
        return Err(Refusal::not_authorized("Invalid session for the user."));
    };
    let answer = responses.get("ANSWER").and_then(Value::as_str).unwrap_or_default();
    let chosen = match answer {
        "EMAIL_MFA" => EMAIL,
        other => [SMS, TOTP, EMAIL].into_iter().find(|name| *name == other).unwrap_or_default(),
    };
    if !choices.iter().any(|choice| choice == chosen) {
        pending::restore(server, pending)?;
        return Err(Refusal::invalid_parameter("Invalid MFA type selected"));
    }
    ask(server, context, &user, pending.flow, Due::One(chosen)).await
}

fn wrong(server: &Server, user: &User, pending: PendingChallenge, text: &str) -> Answer {
    lockout::fail_second(&server.store(), user, server.clock.now_ms())?;
    pending::put_back(server, pending)?;
    Err(Refusal::new("CodeMismatchException", text))
}

fn attribute_of(challenge: &str) -> &'static str {
    if challenge == EMAIL { "email" } else { "phone_number" }
}

const WRONG_CODE: &str = "Invalid code or auth state for the user.";
