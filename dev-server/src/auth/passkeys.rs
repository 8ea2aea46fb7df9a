//! `WEB_AUTHN`: signing in with a passkey.

use super::context::Context;
use super::pending;
use super::verdict::Verdict;
use crate::input::required;
use crate::passkey::RelyingParty;
use crate::refusal::{Answer, Refusal};
use crate::relying_party::relying_party as party_of;
use crate::server::Server;
use crate::store::{Flow, Passkey, PendingChallenge, Question, User};
use serde_json::{Map, Value, json};

/// Puts the question.
pub(super) fn ask(server: &Server, context: &Context, user: &User, flow: Flow) -> Answer {
    let own = server.store().owned::<Passkey>(&context.pool.id, &user.username)?;
    let (options, state) = relying_party(server, context)?.start_assertion(&own)?;
    let mut parameters = Map::new();
    parameters.insert("CREDENTIAL_REQUEST_OPTIONS".to_owned(), json!(options));
    let question = Question::Passkey { state };
    pending::ask(server, context, user.into(), flow, question, parameters)
}

/// Judges the assertion.
pub(super) fn answer(
    server: &Server,
    context: &Context,
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    let Question::Passkey { state } = pending.question else {
        return Err(Refusal::not_authorized("Invalid session for the user."));
    };
    let credential = required(responses, "CREDENTIAL")?;
    let party = relying_party(server, context)?;
    {
        let store = server.store();
        let own = store.owned::<Passkey>(&context.pool.id, &user.username)?;
        let passkey = party.finish_assertion(state, credential, &user.sub, &own)?;
        store.put(&passkey)?;
    }
    user.check_state()?;
    let flow = Flow { second_factor_done: true, ..pending.flow };
    Ok(Verdict::Proved(user, flow))
}

fn relying_party(server: &Server, context: &Context) -> Result<RelyingParty, Refusal> {
    let policy = context.pool.mfa_policy();
    let party = party_of(server, &context.pool)?;
    let is_multi_factor = policy.web_authn_configuration.factor_configuration.as_deref()
        == Some("MULTI_FACTOR_WITH_USER_VERIFICATION");
    Ok(if is_multi_factor { party.requiring_verification() } else { party })
}
