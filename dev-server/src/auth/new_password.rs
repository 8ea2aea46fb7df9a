//! `NEW_PASSWORD_REQUIRED`: the person replaces a temporary password and fills in what is missing.

use super::context::Context;
use super::pending;
use super::verdict::Verdict;
use crate::attributes::{self, ADDRESSES};
use crate::input::required;
use crate::passwords;
use crate::refusal::{Answer, Refusal};
use crate::risk;
use crate::schema;
use crate::server::Server;
use crate::store::Event;
use crate::store::{Flow, PendingChallenge, Question, User, UserStatus};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Puts the question.
pub(super) fn ask(server: &Server, context: &Context, user: &User, flow: Flow) -> Answer {
    let required: Vec<String> = context
        .policy
        .schema
        .iter()
        .filter(|attribute| attribute.required && attribute.name != "sub")
        .filter(|attribute| user.attribute(&attribute.name).is_none_or(str::is_empty))
        .map(|attribute| attribute.name.clone())
        .collect();
    let named: Vec<_> = required.iter().map(|name| format!("{PREFIX}{name}")).collect();
    let held: BTreeMap<_, _> = user.attributes.iter().filter(|(name, _)| *name != "sub").collect();
    let mut parameters = Map::new();
    parameters.insert("USER_ID_FOR_SRP".to_owned(), json!(user.username));
    parameters.insert("requiredAttributes".to_owned(), json!(json!(named).to_string()));
    parameters.insert("userAttributes".to_owned(), json!(json!(held).to_string()));
    let question = Question::NewPassword { required };
    pending::ask(server, context, user.into(), flow, question, parameters)
}

/// Judges the answer. What can be corrected leaves the session as it was.
pub(super) async fn answer(
    server: &Server,
    context: &Context,
    user: User,
    pending: PendingChallenge,
    responses: &Value,
) -> Result<Verdict, Refusal> {
    match accept(server, context, user, &pending.question, responses).await {
        Ok(user) => {
            server.store().put_user(&user)?;
            Ok(Verdict::Proved(user, Flow { new_password: true, ..pending.flow }))
        }
        Err(refusal) => {
            pending::restore(server, pending)?;
            Err(refusal)
        }
    }
}

async fn accept(
    server: &Server,
    context: &Context,
    user: User,
    question: &Question,
    responses: &Value,
) -> Result<User, Refusal> {
    let invalid = || Refusal::not_authorized("Invalid session for the user.");
    let Question::NewPassword { required: needed } = question else { return Err(invalid()) };
    let password = required(responses, "NEW_PASSWORD")?;
    let given = given_attributes(responses);
    for name in needed {
        if given.get(name).is_none_or(String::is_empty) {
            return Err(Refusal::invalid_parameter(format!(
                "Invalid attributes given, {name} is missing"
            )));
        }
    }
    schema::check_writable(&context.policy, &context.client_policy, &given)?;
    schema::check_values(&context.policy, &given)?;
    fill_in(server, context, &mut user.clone(), &given)?;
    risk::check_new_password(server, &context.pool, Event::PasswordChange, password)?;
    let verifier = passwords::make(&context.pool, &user, password).await?;
    // Whatever else was written meanwhile stays.
    let present = server.store().user(&user.pool_id, &user.username)?;
    let mut present = present.filter(|present| present.sub == user.sub).ok_or_else(invalid)?;
    if present.password != user.password {
        return Err(invalid());
    }
    fill_in(server, context, &mut present, &given)?;
    passwords::put(&mut present, &context.pool, verifier, server.clock.now_ms());
    present.status = UserStatus::Confirmed;
    Ok(present)
}

fn fill_in(
    server: &Server,
    context: &Context,
    user: &mut User,
    given: &BTreeMap<String, String>,
) -> Result<(), Refusal> {
    for (name, value) in given {
        let is_required =
            |schema: &&crate::store::SchemaAttribute| schema.required && schema.name == *name;
        let is_known = context.policy.schema.iter().find(is_required).is_some();
        if is_known && user.attribute(name).is_some_and(|held| !held.is_empty()) {
            return Err(Refusal::invalid_parameter(format!(
                "Cannot modify an already provided {name}"
            )));
        }
        let pool = &context.pool;
        attributes::check_alias(&server.store(), pool, &user.username, name, value)?;
        if ADDRESSES.contains(&name.as_str()) && user.attribute(name) != Some(value) {
            user.attributes.insert(format!("{name}_verified"), "false".to_owned());
        }
        user.attributes.insert(name.clone(), value.clone());
    }
    Ok(())
}

fn given_attributes(responses: &Value) -> BTreeMap<String, String> {
    let members = responses.as_object().into_iter().flatten();
    members
        .filter_map(|(name, value)| {
            Some((name.strip_prefix(PREFIX)?.to_owned(), value.as_str()?.to_owned()))
        })
        .collect()
}

const PREFIX: &str = "userAttributes.";
