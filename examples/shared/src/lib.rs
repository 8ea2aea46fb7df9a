//! What the examples have in common: the pool of `config.json`, and words for a user.

use gloo_net::http::Request;
use lifeguard_web::{Auth, AuthOptions, Prompt, User};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    user_pool_id: String,
    client_id: String,
    endpoint: Option<String>,
}

/// The pool that the file beside the page names.
///
/// # Errors
/// What is wrong with that file, in words.
pub async fn auth() -> Result<Auth, String> {
    let reply = Request::get("config.json").send().await.map_err(|error| error.to_string())?;
    let Config { user_pool_id, client_id, endpoint } =
        reply.json().await.map_err(|error| error.to_string())?;
    let options = AuthOptions { endpoint, ..AuthOptions::new(user_pool_id, client_id) };
    Auth::new(options).map_err(|error| error.to_string())
}

/// What a challenge asks the user for.
#[must_use]
pub fn hint(prompt: &Prompt) -> String {
    match prompt {
        Prompt::SmsMfa { destination: Some(to) } | Prompt::EmailOtp { destination: Some(to) } => {
            format!("Enter the code that was sent to {to}")
        }
        Prompt::SoftwareTokenMfa { .. } => String::from("Enter the code of your authenticator app"),
        Prompt::Restart => String::from("That took too long: enter your password again"),
        other => format!("This example has no form for {other:?}"),
    }
}

/// The user's e-mail address, of the claims.
#[must_use]
pub fn email(user: &User) -> String {
    #[derive(Deserialize)]
    struct Claims {
        #[serde(default)]
        email: String,
    }
    user.claims::<Claims>().map_or_else(|error| error.to_string(), |claims| claims.email)
}
