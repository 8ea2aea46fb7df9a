//! The pages of managed login. Plain forms, no script; askama escapes every value.

use super::cookies;
use super::form::Call;
use super::paper::{Frame, render};
use super::request::Request;
use super::trouble::Trouble;
use crate::server::Server;
use crate::store::Policy;
use askama::Template;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use url::Url;

/// What a page tells the person beside its usual words.
#[derive(Debug, Default)]
pub(super) struct Say {
    pub(super) alert: Option<String>,
    pub(super) notice: Option<String>,
}

impl Say {
    /// Nothing.
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    /// Why the last attempt failed.
    pub(super) fn alert(text: impl Into<String>) -> Self {
        Self { alert: Some(text.into()), notice: None }
    }

    /// What happened.
    pub(super) fn notice(text: impl Into<String>) -> Self {
        Self { alert: None, notice: Some(text.into()) }
    }
}

/// A field for an attribute.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) kind: &'static str,
    pub(super) autocomplete: &'static str,
    pub(super) value: String,
}

impl Field {
    /// The field of an attribute as the schema names it.
    pub(super) fn of(name: &str, value: &str) -> Self {
        let (label, kind, autocomplete) = match name {
            "email" => ("E-mail address".to_owned(), "email", "email"),
            "phone_number" => ("Phone number".to_owned(), "tel", "tel"),
            "birthdate" => ("Date of birth".to_owned(), "date", "bday"),
            "name" => ("Name".to_owned(), "text", "name"),
            "given_name" => ("First name".to_owned(), "text", "given-name"),
            "family_name" => ("Last name".to_owned(), "text", "family-name"),
            other => (other.trim_start_matches("custom:").replace('_', " "), "text", "off"),
        };
        let (name, value) = (name.to_owned(), value.to_owned());
        Self { name, label, kind, autocomplete, value }
    }
}

/// A way to another identity provider.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) href: String,
}

#[derive(Debug, Template)]
#[template(path = "login.html")]
pub(super) struct LoginPage {
    pub(super) frame: Frame,
    /// Who is signed in in this browser.
    pub(super) person: Option<String>,
    pub(super) continue_href: String,
    pub(super) providers: Vec<Choice>,
    pub(super) with_password: bool,
    pub(super) action: String,
    pub(super) username_label: &'static str,
    pub(super) username: String,
    pub(super) forgot_href: String,
    pub(super) sign_up_href: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "challenge.html")]
pub(super) struct ChallengePage {
    pub(super) frame: Frame,
    pub(super) action: String,
    pub(super) login_href: String,
    pub(super) asked: Asked,
    pub(super) fields: Vec<Field>,
    pub(super) rules: Vec<String>,
}

/// A question of a sign-in, as the page carries it from form to form.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// As `ChallengeName` spells it.
    pub(super) name: String,
    pub(super) session: String,
    pub(super) username: String,
    /// Where a code went, masked.
    pub(super) destination: String,
    /// Factors to choose from; attributes that are missing.
    pub(super) choices: Vec<String>,
    /// The key of the authenticator app that is being set up.
    pub(super) secret: String,
}

impl Asked {
    fn heading(&self) -> &'static str {
        match self.name.as_str() {
            "NEW_PASSWORD_REQUIRED" => "Choose a new password",
            "SELECT_MFA_TYPE" => "Confirm that it is you",
            "MFA_SETUP" => "Set up a second step",
            _ => "Enter your code",
        }
    }

    fn options(&self) -> Vec<(&str, &'static str)> {
        let label = |choice: &str| match choice {
            "SMS_MFA" => "By text message",
            "SOFTWARE_TOKEN_MFA" => "With an authenticator app",
            _ => "By e-mail",
        };
        self.choices.iter().map(|choice| (choice.as_str(), label(choice))).collect()
    }
}

#[derive(Debug, Template)]
#[template(path = "sign_up.html")]
pub(super) struct SignUpPage {
    pub(super) frame: Frame,
    pub(super) action: String,
    pub(super) login_href: String,
    pub(super) username_label: &'static str,
    pub(super) username: String,
    pub(super) fields: Vec<Field>,
    pub(super) rules: Vec<String>,
}

#[derive(Debug, Template)]
#[template(path = "confirm.html")]
pub(super) struct ConfirmPage {
    pub(super) frame: Frame,
    pub(super) action: String,
    pub(super) login_href: String,
    pub(super) username: String,
    pub(super) session: String,
    pub(super) destination: String,
}

#[derive(Debug, Template)]
#[template(path = "forgot.html")]
pub(super) struct ForgotPage {
    pub(super) frame: Frame,
    pub(super) action: String,
    pub(super) login_href: String,
    pub(super) username_label: &'static str,
    pub(super) username: String,
}

#[derive(Debug, Template)]
#[template(path = "reset.html")]
pub(super) struct ResetPage {
    pub(super) frame: Frame,
    pub(super) action: String,
    pub(super) login_href: String,
    pub(super) username: String,
    pub(super) destination: String,
    pub(super) rules: Vec<String>,
}

/// A page of a request, with the mark its forms need.
pub(super) fn show<T: Template>(
    server: &Server,
    call: &Call,
    request: &Request,
    say: Say,
    page: impl FnOnce(Frame) -> T,
) -> Result<Response<Body>, Trouble> {
    let (mark, cookie) = cookies::form_mark(server, call)?;
    let app = request.context.client.name.clone();
    let page = page(Frame { app, mark, alert: say.alert, notice: say.notice });
    let mut response = render(StatusCode::OK, &page, origin(&request.redirect_uri).as_deref());
    cookies::set(&mut response, cookie);
    Ok(response)
}

/// What to call the field for the name people sign in with.
pub(super) fn username_label(policy: &Policy) -> &'static str {
    let names: Vec<&str> = policy.username_attributes.iter().map(String::as_str).collect();
    match names.as_slice() {
        [] => "User name",
        ["email"] => "E-mail address",
        ["phone_number"] => "Phone number",
        _ => "E-mail address or phone number",
    }
}

/// The pool's rules for passwords, in words.
pub(super) fn password_rules(policy: &Policy) -> Vec<String> {
    let policy = &policy.policies.password_policy;
    let mut rules = vec![format!("at least {} characters", policy.minimum_length)];
    for (is_wanted, rule) in [
        (policy.require_uppercase, "an upper-case letter"),
        (policy.require_lowercase, "a lower-case letter"),
        (policy.require_numbers, "a digit"),
        (policy.require_symbols, "a special character"),
    ] {
        if is_wanted {
            rules.push(rule.to_owned());
        }
    }
    rules
}

/// An address as a source of a content security policy: its origin, or its scheme where it has none.
fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let origin = url.origin();
    if origin.is_tuple() {
        return Some(origin.ascii_serialization());
    }
    Some(format!("{}:", url.scheme()))
}
