//! Second factors: which one is due, and how it is asked for.

use super::context::Context;
use super::pending;
use super::verdict::Verdict;
use crate::input::text;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Flow, MfaPolicy, PendingChallenge, Question, User};
use serde_json::{Map, Value, json};

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

/// What every question for a second factor says.
pub(super) fn parameters(user: &User) -> Map<String, Value> {
    Map::from_iter([("USER_ID_FOR_SRP".to_owned(), json!(user.username))])
}

/// Puts `SOFTWARE_TOKEN_MFA`.
pub(super) fn ask_app(server: &Server, context: &Context, user: &User, flow: Flow) -> Answer {
    let mut parameters = parameters(user);
    let name = user.totp.as_ref().map_or("", |totp| totp.friendly_name.as_str());
    parameters.insert("FRIENDLY_DEVICE_NAME".to_owned(), json!(name));
    pending::ask(server, context, user.into(), flow, Question::SoftwareToken, parameters)
}

/// Puts `SELECT_MFA_TYPE`.
pub(super) fn ask_choice(
    server: &Server,
    context: &Context,
    user: &User,
    flow: Flow,
    choices: &[&str],
) -> Answer {
    let mut parameters = parameters(user);
    parameters.insert("MFAS_CAN_CHOOSE".to_owned(), json!(json!(choices).to_string()));
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    let question = Question::SelectMfa { choices };
    pending::ask(server, context, user.into(), flow, question, parameters)
}

/// Judges which factor a person chose.
pub(super) fn answer_select(
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    let Question::SelectMfa { choices } = &pending.question else {
        return Err(Refusal::not_authorized("Invalid session for the user."));
    };
    let chosen = match text(responses, "ANSWER").unwrap_or_default() {
        "EMAIL_MFA" => EMAIL,
        other => [SMS, TOTP, EMAIL].into_iter().find(|name| *name == other).unwrap_or_default(),
    };
    if !choices.iter().any(|choice| choice == chosen) {
        return Err(Refusal::invalid_parameter("Invalid MFA type selected"));
    }
    Ok(Verdict::Second { user, flow: pending.flow, factor: chosen })
}
