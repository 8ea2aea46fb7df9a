//! `WEB_AUTHN`: signing in with a passkey.

use super::{Context, pending, step};
use crate::input::required;
use crate::passkey::RelyingParty;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use crate::store::{Domain, Flow, Passkey, PendingChallenge, Question, User};
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
pub(super) async fn answer(
    server: &Server,
    context: &Context,
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Answer {
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
    step::check_state(&user)?;
    let flow = Flow { second_factor_done: true, ..pending.flow };
    step::after_first_factor(server, context, user, flow).await
}

fn relying_party(server: &Server, context: &Context) -> Result<RelyingParty, Refusal> {
    let policy = context.pool.mfa_policy();
    let domains = server.store().all::<Domain>(&context.pool.id)?;
    let party = RelyingParty::of(&policy, domains.first().map(|domain| domain.name.as_str()))?;
    let is_multi_factor = policy.web_authn_configuration.factor_configuration.as_deref()
        == Some("MULTI_FACTOR_WITH_USER_VERIFICATION");
    Ok(if is_multi_factor { party.requiring_verification() } else { party })
}
