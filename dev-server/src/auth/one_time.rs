//! Codes that are sent: asked for as a first or a second factor or to set one up, and judged.

use super::context::Context;
use super::pending::{self, Asked};
use super::verdict::{Asking, Purpose, Verdict};
use super::{app_code, lockout, mfa};
use crate::input::required;
use crate::messages::{self, Message};
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Flow, PendingChallenge, Question, User, UserStatus};
use crate::{attributes, random};
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;

/// A code on its way.
#[derive(Debug)]
pub(super) struct Sent<'a> {
    pub(super) challenge: &'a str,
    pub(super) code: String,
    pub(super) to: &'a str,
    pub(super) purpose: Purpose,
}

/// Sends a code and puts `SMS_MFA`, `EMAIL_OTP` or `SMS_OTP`.
pub(super) async fn ask(
    server: &Server,
    context: &Context,
    user: &User,
    flow: Flow,
    asking: Asking,
) -> Answer {
    let Asking { challenge, purpose, to } = asking;
    let attribute = attribute_of(challenge);
    let to = to.or_else(|| user.attribute(attribute).map(str::to_owned));
    let to = to.ok_or_else(|| Refusal::invalid_parameter(format!("User has no {attribute}")))?;
    let code = random::code(if purpose == Purpose::First { 8 } else { 6 })?;
    let message = Message {
        pool: &context.pool,
        client_id: &context.client.id,
        user,
        attribute,
        to: &to,
        purpose: "Authentication",
        metadata: &context.metadata,
    };
    messages::send(server, &message, &code).await?;
    put(server, context, user.into(), flow, Sent { challenge, code, to: &to, purpose })
}

/// Puts the question for a code that was, or for an unknown person was not, sent.
pub(super) fn put(
    server: &Server,
    context: &Context,
    asked: Asked<'_>,
    flow: Flow,
    sent: Sent<'_>,
) -> Answer {
    let attribute = attribute_of(sent.challenge);
    let mut parameters = Map::new();
    if asked.exists && sent.purpose != Purpose::First {
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
        is_second: sent.purpose != Purpose::First,
        is_setup: sent.purpose == Purpose::SetUp,
    };
    pending::ask(server, context, asked, flow, question, parameters)
}

/// Judges a code that was sent; a wrong one leaves the question open.
pub(super) fn answer(
    server: &Server,
    context: &Context,
    user: &User,
    pending: PendingChallenge,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    let Question::Code { challenge, code, address, is_second, is_setup } = pending.question.clone()
    else {
        return Err(Refusal::not_authorized("Invalid session for the user."));
    };
    let typed = required(responses, &format!("{challenge}_CODE"))?;
    if let Err(refusal) = user.mfa_lockout.check(server.clock.now_ms()) {
        pending::restore(server, pending)?;
        return Err(refusal);
    }
    if !bool::from(code.as_bytes().ct_eq(typed.as_bytes())) {
        return app_code::wrong(server, user, pending, WRONG_CODE);
    }
    let store = server.store();
    let mut user = lockout::succeed_second(&store, user)?;
    let attribute = attribute_of(&challenge);
    if is_setup {
        // Somebody else may have taken the address since it was named.
        attributes::check_alias(&store, &context.pool, &user.username, attribute, &address)?;
        user.attributes.insert(attribute.to_owned(), address.clone());
        user.mfa.email = true;
    }
    // The code proves the address it went to, which need not be the person's any more.
    if user.attribute(attribute) == Some(&address) {
        user.attributes.insert(format!("{attribute}_verified"), "true".to_owned());
    }
    if !is_second && user.status == UserStatus::Unconfirmed {
        user.status = UserStatus::Confirmed;
    }
    store.put_user(&user)?;
    if !is_second {
        user.check_state()?;
    }
    Ok(Verdict::Proved(user, Flow { second_factor_done: true, ..pending.flow }))
}

/// A code for an unknown person is always wrong.
pub(super) fn answer_unknown(server: &Server, pending: PendingChallenge) -> Refusal {
    let refusal = Refusal::new("CodeMismatchException", WRONG_CODE);
    pending::put_back(server, pending).err().unwrap_or(refusal)
}

fn attribute_of(challenge: &str) -> &'static str {
    if challenge == mfa::EMAIL { "email" } else { "phone_number" }
}

const WRONG_CODE: &str = "Invalid code or auth state for the user.";
