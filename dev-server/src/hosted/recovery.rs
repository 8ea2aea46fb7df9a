//! `/forgotPassword` and `/confirmForgotPassword`.

use super::form::Call;
use super::next::{go_on, recovery_page};
use super::page::{self, ResetPage, Say};
use super::request::Request;
use super::trouble::Trouble;
use super::{cookies, operation};
use crate::auth;
use crate::input::text;
use crate::server::Server;
use axum::body::Body;
use axum::http::Response;
use serde_json::json;

/// `GET /forgotPassword`.
pub(super) async fn show(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    let hint = request.parameters.text("login_hint").to_owned();
    recovery_page(server, &call, &request, &hint, Say::nothing())
}

/// `POST /forgotPassword`: sends the code.
pub(super) async fn answer(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    cookies::check_form(&call)?;
    let typed = call.form.text("username").trim();
    let input = json!({ "Username": typed });
    match operation::call(server, &request, "ForgotPassword", typed, input).await {
        Ok(reply) => {
            let details = reply.get("CodeDeliveryDetails").cloned().unwrap_or_default();
            let destination = text(&details, "Destination").unwrap_or_default();
            reset_page(server, &call, &request, (typed, destination), Say::nothing())
        }
        Err(refusal) => recovery_page(server, &call, &request, typed, Say::alert(refusal.message)),
    }
}

/// `POST /confirmForgotPassword`: the code and the new password, which then signs in.
pub(super) async fn confirm(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let request = Request::check(server, call.query.clone())?;
    cookies::check_form(&call)?;
    let (typed, destination) = (call.form.text("username"), call.form.text("destination"));
    let password = call.form.text("new_password");
    let input = json!({
        "Username": typed,
        "ConfirmationCode": call.form.text("code").trim(),
        "Password": password,
    });
    let confirmed = operation::call(server, &request, "ConfirmForgotPassword", typed, input).await;
    if let Err(refusal) = confirmed {
        let say = Say::alert(refusal.message);
        return reset_page(server, &call, &request, (typed, destination), say);
    }
    let answer = auth::sign_in(server, &request.context, typed, password).await;
    go_on(server, &call, &request, typed, answer).await
}

fn reset_page(
    server: &Server,
    call: &Call,
    request: &Request,
    (username, destination): (&str, &str),
    say: Say,
) -> Result<Response<Body>, Trouble> {
    page::show(server, call, request, say, |frame| ResetPage {
        frame,
        action: request.page("/confirmForgotPassword"),
        login_href: request.page("/login"),
        username: username.to_owned(),
        destination: destination.to_owned(),
        rules: page::password_rules(&request.context.policy),
    })
}
