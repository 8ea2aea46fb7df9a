//! Choice-based sign-in (`USER_AUTH`): which first factors there are, and the one that was chosen.

use super::context::Context;
use super::mfa::{self, Due};
use super::one_time::{self, Sent};
use super::pending::{self, Asked};
use super::verdict::{Purpose, Verdict};
use crate::input::text;
use crate::random;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Flow, Passkey, Question, User, UserStatus};
use serde_json::{Map, Value};

/// Answers InitiateAuth: with the preferred challenge where it is to be had, else with the choice.
pub(super) fn start(
    server: &Server,
    context: &Context,
    user: Option<User>,
    typed: &str,
    mut flow: Flow,
    parameters: &Value,
    session: Option<&str>,
) -> Result<Verdict, Refusal> {
    if let (Some(session), Some(user)) = (session, &user) {
        let proved = take_signed_up(server, context, user, session)?;
        let factor = if proved == "email" { "EMAIL_OTP" } else { "SMS_OTP" };
        if allowed(context).iter().any(|name| name == factor) {
            user.check_state()?;
            flow.second_factor_done = true;
            return Ok(Verdict::Proved(user.clone(), flow));
        }
    }
    flow.choices = match &user {
        Some(user) => available(server, context, user)?,
        None => pretended(context),
    };
    let preferred = text(parameters, "PREFERRED_CHALLENGE").unwrap_or_default();
    if flow.choices.iter().any(|choice| choice == preferred) {
        return Ok(Verdict::Chosen {
            user,
            typed: typed.to_owned(),
            flow,
            choice: preferred.to_owned(),
            parameters: parameters.clone(),
        });
    }
    let asked = match &user {
        Some(user) => Asked::from(user),
        None => Asked { username: typed, exists: false },
    };
    let question = Question::SelectChallenge { choices: flow.choices.clone() };
    pending::ask(server, context, asked, flow, question, Map::new()).map(Verdict::Asked)
}

/// Puts the question for a code that is sent to nobody.
pub(super) fn pretend_code(
    server: &Server,
    context: &Context,
    typed: &str,
    flow: Flow,
    choice: &'static str,
) -> Answer {
    let to = pretended_address(choice, typed);
    // A code that nobody is sent and nobody can guess in five tries.
    let code = random::base64url::<16>()?;
    let sent = Sent { challenge: choice, code, to: &to, purpose: Purpose::First };
    one_time::put(server, context, Asked { username: typed, exists: false }, flow, sent)
}

/// Whether an answer names a factor that may be chosen.
pub(super) fn is_available(flow: &Flow, choice: &str) -> bool {
    flow.choices.iter().any(|available| available == choice)
}

/// The first factors that a person may choose.
fn available(server: &Server, context: &Context, user: &User) -> Result<Vec<String>, Refusal> {
    let mut choices = Vec::new();
    let policy = context.pool.mfa_policy();
    let is_multi_factor_passkey = policy.web_authn_configuration.factor_configuration.as_deref()
        == Some("MULTI_FACTOR_WITH_USER_VERIFICATION");
    let needs_second = policy.mfa_configuration == "ON" || mfa::due(context, user) != Due::Nothing;
    let must_change = user.status == UserStatus::ForceChangePassword;
    let allowed = allowed(context);
    let allows = |factor: &str| allowed.iter().any(|name| name == factor);
    if user.password.is_some() && allows("PASSWORD") {
        choices.extend(["PASSWORD_SRP".to_owned(), "PASSWORD".to_owned()]);
    }
    if must_change {
        return Ok(choices);
    }
    for (factor, attribute) in [("EMAIL_OTP", "email"), ("SMS_OTP", "phone_number")] {
        if allows(factor) && !needs_second && user.attribute(attribute).is_some() {
            choices.push(factor.to_owned());
        }
    }
    let may_use_passkey = allows("WEB_AUTHN") && (!needs_second || is_multi_factor_passkey);
    if may_use_passkey {
        let own = server.store().owned::<Passkey>(&context.pool.id, &user.username)?;
        if !own.is_empty() {
            choices.push("WEB_AUTHN".to_owned());
        }
    }
    Ok(choices)
}

/// What an unknown person may choose: what anyone could have.
fn pretended(context: &Context) -> Vec<String> {
    let mut choices = Vec::new();
    for factor in allowed(context) {
        match factor.as_str() {
            "PASSWORD" => choices.extend(["PASSWORD_SRP".to_owned(), "PASSWORD".to_owned()]),
            "EMAIL_OTP" | "SMS_OTP" => choices.push(factor),
            _ => {}
        }
    }
    choices
}

fn pretended_address(choice: &str, typed: &str) -> String {
    match choice {
        "EMAIL_OTP" if typed.contains('@') => typed.to_owned(),
        "EMAIL_OTP" => format!("{typed}@example.com"),
        _ if typed.starts_with('+') => typed.to_owned(),
        _ => "+15555550100".to_owned(),
    }
}

fn allowed(context: &Context) -> Vec<String> {
    let allowed = &context.policy.policies.sign_in_policy.allowed_first_auth_factors;
    if allowed.is_empty() { vec!["PASSWORD".to_owned()] } else { allowed.clone() }
}

/// The attribute a person proved while confirming the sign-up.
fn take_signed_up(
    server: &Server,
    context: &Context,
    user: &User,
    session: &str,
) -> Result<String, Refusal> {
    let now = server.clock.now_ms();
    let pending = pending::take(&server.store(), context, session, now)?;
    match pending.question {
        Question::SignedUp { attribute, confirmed: true } if pending.username == user.username => {
            Ok(attribute)
        }
        _ => Err(Refusal::not_authorized("Invalid session for the user.")),
    }
}
