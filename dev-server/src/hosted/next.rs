//! What follows an answer of the pool: the app, a question, or another page.

use super::form::Call;
use super::page::{
    self, Asked, ChallengePage, Choice, ConfirmPage, Field, ForgotPage, LoginPage, Say,
};
use super::request::Request;
use super::trouble::Trouble;
use super::{arrival, cookies, operation};
use crate::input::text;
use crate::refusal::{Answer, Refusal};
use crate::server::Server;
use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};

/// What follows an answer of the pool: the app, a question, another page, or the same page with the reason.
pub(super) async fn go_on(
    server: &Server,
    call: &Call,
    request: &Request,
    typed: &str,
    answer: Answer,
) -> Result<Response<Body>, Trouble> {
    let reply = match answer {
        Ok(reply) => reply,
        Err(refusal) if refusal.status.is_server_error() => return Err(refusal.into()),
        Err(refusal) => {
            return match refusal.name {
                "UserNotConfirmedException" => {
                    let say = Say::notice("This account waits for its code.");
                    confirm_page(server, call, request, typed, ("", ""), say)
                }
                "PasswordResetRequiredException" => {
                    let say = Say::notice("You need to choose a new password before you sign in.");
                    recovery_page(server, call, request, typed, say)
                }
                _ => login_page(server, call, request, typed, Say::alert(refusal.message)),
            };
        }
    };
    if let Some(username) = text(&reply, "HostedUser") {
        let pool_id = &request.context.pool.id;
        let user = server.store().user(pool_id, username)?;
        let user = user.ok_or_else(Refusal::user_not_found)?;
        return arrival::arrive(server, request, &user, LOCAL).await;
    }
    let asked = put(server, request, typed, &reply).await?;
    challenge_page(server, call, request, asked, Say::nothing())
}

/// Reads the question out of a reply; the key of an authenticator app is made here.
async fn put(
    server: &Server,
    request: &Request,
    typed: &str,
    reply: &Value,
) -> Result<Asked, Trouble> {
    let name = text(reply, "ChallengeName").unwrap_or_default();
    let parameters = reply.get("ChallengeParameters").cloned().unwrap_or_default();
    let listed = |member: &str| -> Vec<String> {
        let list = text(&parameters, member).unwrap_or("[]");
        serde_json::from_str(list).unwrap_or_default()
    };
    let mut asked = Asked {
        name: name.to_owned(),
        session: text(reply, "Session").unwrap_or_default().to_owned(),
        username: text(&parameters, "USER_ID_FOR_SRP").unwrap_or(typed).to_owned(),
        destination: text(&parameters, "CODE_DELIVERY_DESTINATION").unwrap_or_default().to_owned(),
        choices: match name {
            "SELECT_MFA_TYPE" => listed("MFAS_CAN_CHOOSE"),
            "MFA_SETUP" => listed("MFAS_CAN_SETUP"),
            "NEW_PASSWORD_REQUIRED" => listed("requiredAttributes")
                .iter()
                .map(|name| name.trim_start_matches("userAttributes.").to_owned())
                .collect(),
            _ => Vec::new(),
        },
        secret: String::new(),
    };
    let is_known = ["NEW_PASSWORD_REQUIRED", "SELECT_MFA_TYPE", "MFA_SETUP", "SOFTWARE_TOKEN_MFA"]
        .contains(&name)
        || is_sent(name);
    if !is_known {
        let text = "Managed login has no page for what the pool asks";
        return Err(request.refuse(server, "invalid_request", text));
    }
    if name == "MFA_SETUP" && asked.choices.iter().any(|choice| choice == "SOFTWARE_TOKEN_MFA") {
        let input = json!({ "Session": asked.session });
        let made = operation::call_session(server, "AssociateSoftwareToken", input).await?;
        asked.secret = text(&made, "SecretCode").unwrap_or_default().to_owned();
        asked.session = text(&made, "Session").unwrap_or_default().to_owned();
    }
    Ok(asked)
}

fn is_sent(challenge: &str) -> bool {
    ["SMS_MFA", "EMAIL_OTP", "SMS_OTP"].contains(&challenge)
}

pub(super) fn challenge_page(
    server: &Server,
    call: &Call,
    request: &Request,
    asked: Asked,
    say: Say,
) -> Result<Response<Body>, Trouble> {
    let is_new_password = asked.name == "NEW_PASSWORD_REQUIRED";
    let missing = asked.choices.iter().filter(|_| is_new_password);
    let fields = missing.map(|name| Field::of(name, "")).collect();
    page::show(server, call, request, say, |frame| ChallengePage {
        frame,
        action: request.page("/login/challenge"),
        login_href: request.page("/login"),
        asked,
        fields,
        rules: page::password_rules(&request.context.policy),
    })
}

pub(super) fn login_page(
    server: &Server,
    call: &Call,
    request: &Request,
    username: &str,
    say: Say,
) -> Result<Response<Body>, Trouble> {
    let parameters = request.parameters.without(&["identity_provider", "idp_identifier"]);
    let only_local = request.parameters.get("identity_provider") == Some(LOCAL);
    let choice = |name: &String| {
        let query = parameters.with("identity_provider", name).encode();
        let label = match name.as_str() {
            "LoginWithAmazon" => "Amazon".to_owned(),
            "SignInWithApple" => "Apple".to_owned(),
            other => other.to_owned(),
        };
        Choice { name: name.clone(), label, href: format!("/oauth2/authorize?{query}") }
    };
    let names = request.providers();
    let others = names.iter().filter(|name| *name != LOCAL && !only_local);
    let session = if request.prompts_for("login") {
        None
    } else {
        cookies::signed_in(server, call, &request.context.pool)?
    };
    let person = session.map(|(_, user)| match user.attribute("email") {
        Some(email) => email.to_owned(),
        None => user.username,
    });
    let policy = &request.context.policy;
    let may_sign_up = !policy.admin_create_user_config.allow_admin_create_user_only;
    page::show(server, call, request, say, |frame| LoginPage {
        frame,
        person,
        continue_href: format!("/oauth2/authorize?{}", parameters.without(&["prompt"]).encode()),
        providers: others.map(choice).collect(),
        with_password: names.iter().any(|name| name == LOCAL),
        action: request.page("/login"),
        username_label: page::username_label(policy),
        username: username.to_owned(),
        forgot_href: request.page("/forgotPassword"),
        sign_up_href: may_sign_up.then(|| request.page("/signup")),
    })
}

/// The pool itself, among the identity providers.
pub(super) const LOCAL: &str = "COGNITO";

/// The page that asks whose password was forgotten.
pub(super) fn recovery_page(
    server: &Server,
    call: &Call,
    request: &Request,
    username: &str,
    say: Say,
) -> Result<Response<Body>, Trouble> {
    page::show(server, call, request, say, |frame| ForgotPage {
        frame,
        action: request.page("/forgotPassword"),
        login_href: request.page("/login"),
        username_label: page::username_label(&request.context.policy),
        username: username.to_owned(),
    })
}

/// The page that asks for the code, with the session of the sign-up and where the code went.
pub(super) fn confirm_page(
    server: &Server,
    call: &Call,
    request: &Request,
    username: &str,
    (session, destination): (&str, &str),
    say: Say,
) -> Result<Response<Body>, Trouble> {
    page::show(server, call, request, say, |frame| ConfirmPage {
        frame,
        action: request.page("/confirm"),
        login_href: request.page("/login"),
        username: username.to_owned(),
        session: session.to_owned(),
        destination: destination.to_owned(),
    })
}
