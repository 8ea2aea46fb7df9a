//! `GET /logout`: this browser is nobody's any more. Tokens stay what they were.

use super::cookies;
use super::form::Call;
use super::request::{Request, client, is_registered};
use super::trouble::{Trouble, redirect};
use crate::server::Server;
use axum::body::Body;
use axum::http::Response;

/// Back to the app with `logout_uri`, or on to a new sign-in with `redirect_uri` and `response_type`.
pub(super) async fn logout(server: &Server, call: Call) -> Result<Response<Body>, Trouble> {
    let context = client(server, call.query.text("client_id"))?;
    let location = match (call.query.get("logout_uri"), call.query.get("redirect_uri")) {
        (Some(url), _) => {
            if !is_registered(server, &context.client_policy.logout_urls, url) {
                let text = "The app asked to return to an address that is not among the client's sign-out URLs.";
                return Err(Trouble::page("redirect_mismatch", text));
            }
            url.to_owned()
        }
        (None, Some(_)) => Request::check(server, call.query.clone())?.page("/login"),
        (None, None) => {
            let text = "The request must have a parameter logout_uri or redirect_uri.";
            return Err(Trouble::page("invalid_request", text));
        }
    };
    let mut response = redirect(&location);
    cookies::set(&mut response, Some(cookies::sign_out(server, &call, &context.pool)?));
    Ok(response)
}
