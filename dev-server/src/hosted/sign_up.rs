//! `/signup` and `/confirm`: a new person, and the code that proves the address.

use super::form::Call;
use super::next::{confirm_page, go_on, login_page};
use super::page::{self, Field, Say, SignUpPage};
use super::request::Request;
use super::trouble::Trouble;
use super::{cookies, operation};
use crate::auth;
use crate::input::text;
use crate::server::Server;
use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};

/// `GET /signup`.
pub(super) async fn show(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    page(server, &call, &request, Say::nothing())
}

/// `POST /signup`.
pub(super) async fn answer(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    cookies::check_form(&call)?;
    let typed = call.form.text("username").trim();
    let attributes: Vec<Value> = call
        .form
        .prefixed("attribute.")
        .map(|(name, value)| json!({ "Name": name, "Value": value }))
        .collect();
    let input = json!({
        "Username": typed,
        "Password": call.form.text("password"),
        "UserAttributes": attributes,
    });
    let reply = match operation::call(server, &request, "SignUp", typed, input).await {
        Ok(reply) => reply,
        Err(refusal) => return page(server, &call, &request, Say::alert(refusal.message)),
    };
    let session = text(&reply, "Session").unwrap_or_default();
    let details = reply.get("CodeDeliveryDetails").cloned().unwrap_or_default();
    let destination = text(&details, "Destination").unwrap_or_default();
    if reply.get("UserConfirmed") == Some(&Value::Bool(true)) {
        let password = call.form.text("password");
        let answer = auth::sign_in(server, &request.context, typed, password).await;
        return go_on(server, &call, &request, typed, answer).await;
    }
    confirm_page(server, &call, &request, typed, (session, destination), Say::nothing())
}

/// `POST /confirm`: the code, or the wish for another one.
pub(super) async fn confirm(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    cookies::check_form(&call)?;
    let typed = call.form.text("username");
    let session = call.form.text("session");
    let destination = call.form.text("destination");
    let again = |say: Say, destination: &str| {
        confirm_page(server, &call, &request, typed, (session, destination), say)
    };
    if call.form.text("do") == "resend" {
        let input = json!({ "Username": typed });
        let sent = operation::call(server, &request, "ResendConfirmationCode", typed, input).await;
        return match sent {
            Err(refusal) => again(Say::alert(refusal.message), destination),
            Ok(reply) => {
                let details = reply.get("CodeDeliveryDetails").cloned().unwrap_or_default();
                let say = Say::notice("A new code is on its way.");
                again(say, text(&details, "Destination").unwrap_or_default())
            }
        };
    }
    let code = call.form.text("code").trim();
    if code.is_empty() {
        return again(Say::alert("Type the code first."), destination);
    }
    let mut input = json!({ "Username": typed, "ConfirmationCode": code });
    if let (false, Some(members)) = (session.is_empty(), input.as_object_mut()) {
        members.insert("Session".to_owned(), json!(session));
    }
    let reply = match operation::call(server, &request, "ConfirmSignUp", typed, input).await {
        Ok(reply) => reply,
        Err(refusal) => return again(Say::alert(refusal.message), destination),
    };
    if let Some(session) = text(&reply, "Session") {
        let answer = auth::sign_in_after_sign_up(server, &request.context, session).await;
        return go_on(server, &call, &request, typed, answer).await;
    }
    login_page(
        server,
        &call,
        &request,
        typed,
        Say::notice("Your account is confirmed. Sign in now."),
    )
}

fn page(
    server: &Server,
    call: &Call,
    request: &Request,
    say: Say,
) -> Result<Response<Body>, Trouble> {
    let policy = &request.context.policy;
    let required = policy.schema.iter().filter(|attribute| attribute.required);
    let mut names: Vec<&str> = required.map(|attribute| attribute.name.as_str()).collect();
    names.extend(policy.auto_verified_attributes.iter().map(String::as_str));
    let mut fields: Vec<Field> = Vec::new();
    for name in names {
        let is_name = policy.username_attributes.iter().any(|attribute| attribute == name);
        let is_there = fields.iter().any(|field| field.name == name);
        if name != "sub" && !is_name && !is_there {
            fields.push(Field::of(name, call.form.text(&format!("attribute.{name}"))));
        }
    }
    page::show(server, call, request, say, |frame| SignUpPage {
        frame,
        action: request.page("/signup"),
        login_href: request.page("/login"),
        username_label: page::username_label(policy),
        username: call.form.text("username").to_owned(),
        fields,
        rules: page::password_rules(policy),
    })
}
