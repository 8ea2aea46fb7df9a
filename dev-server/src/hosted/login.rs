//! `/login`: choose a provider, or sign in with name and password and whatever the pool asks then.

use super::form::{Call, Parameters};
use super::next::{LOCAL, challenge_page, go_on, login_page};
use super::page::{Asked, Say};
use super::request::Request;
use super::trouble::Trouble;
use super::{cookies, operation};
use crate::auth;
use crate::input::text;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use axum::body::Body;
use axum::http::Response;
use serde_json::json;

/// `GET /login`.
pub(super) async fn show(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    let hint = request.parameters.text("login_hint").to_owned();
    login_page(server, &call, &request, &hint, Say::nothing())
}

/// `POST /login`: a name and a password.
pub(super) async fn answer(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    cookies::check_form(&call)?;
    let typed = call.form.text("username").trim();
    if !request.providers().iter().any(|name| name == LOCAL) {
        let text = "The client lets nobody sign in with a password";
        return Err(request.refuse(server, "invalid_request", text));
    }
    let answer = auth::sign_in(server, &request.context, typed, call.form.text("password")).await;
    go_on(server, &call, &request, typed, answer).await
}

/// `POST /login/challenge`: an answer to a question of the sign-in.
pub(super) async fn answer_challenge(
    server: &Server,
    call: Call,
) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    cookies::check_form(&call)?;
    let asked = carried(&call.form);
    let answer = respond(server, &request, &asked, &call.form).await;
    match answer {
        Err(refusal) if can_be_corrected(&refusal) => {
            challenge_page(server, &call, &request, asked, Say::alert(refusal.message))
        }
        answer => go_on(server, &call, &request, &asked.username, answer).await,
    }
}

/// Sends the form's answer to the pool.
async fn respond(server: &Server, request: &Request, asked: &Asked, form: &Parameters) -> Answer {
    let mut session = asked.session.clone();
    let mut responses = json!({ "USERNAME": asked.username });
    let mut answer = |name: &str, value: &str| {
        if let Some(members) = responses.as_object_mut() {
            members.insert(name.to_owned(), json!(value));
        }
    };
    match asked.name.as_str() {
        "NEW_PASSWORD_REQUIRED" => {
            answer("NEW_PASSWORD", form.text("new_password"));
            for (name, value) in form.prefixed("attribute.") {
                answer(&format!("userAttributes.{name}"), value);
            }
        }
        "SELECT_MFA_TYPE" => answer("ANSWER", form.text("answer")),
        "MFA_SETUP" if asked.secret.is_empty() => answer("EMAIL", form.text("email").trim()),
        "MFA_SETUP" => {
            let input = json!({ "Session": session, "UserCode": form.text("code").trim() });
            let verified = operation::call_session(server, "VerifySoftwareToken", input).await?;
            session = text(&verified, "Session").unwrap_or_default().to_owned();
        }
        name => answer(&format!("{name}_CODE"), form.text("code").trim()),
    }
    let input = json!({
        "ChallengeName": asked.name,
        "Session": session,
        "ChallengeResponses": responses,
    });
    operation::call(server, request, "RespondToAuthChallenge", &asked.username, input).await
}

/// The question that a form carries.
fn carried(form: &Parameters) -> Asked {
    let choices = form.text("choices").split(' ').filter(|choice| !choice.is_empty());
    Asked {
        name: form.text("challenge").to_owned(),
        session: form.text("session").to_owned(),
        username: form.text("username").to_owned(),
        destination: form.text("destination").to_owned(),
        choices: choices.map(str::to_owned).collect(),
        secret: form.text("secret").to_owned(),
    }
}

/// Refusals after which the same session takes another answer.
fn can_be_corrected(refusal: &Refusal) -> bool {
    [
        "CodeMismatchException",
        "EnableSoftwareTokenMFAException",
        "ExpiredCodeException",
        "InvalidParameterException",
        "InvalidPasswordException",
        "PasswordHistoryPolicyViolationException",
    ]
    .contains(&refusal.name)
}
