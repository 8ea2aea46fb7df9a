//! Managed login and the OAuth 2.0 endpoints of a pool's domain. All pools share the server's one origin: the
//! `client_id` of a request names the pool.
//!
//! A page carries the whole authorization request in its own address, so an authorization that nobody finishes
//! leaves nothing behind. `request` reads and checks it on every step; `arrival` ends it with a code. `federation`
//! leads to other identity providers and back.

mod arrival;
mod authorize;
mod cookies;
mod credentials;
mod documents;
mod federation;
mod form;
mod login;
mod logout;
mod next;
mod operation;
mod page;
mod paper;
mod recovery;
mod request;
mod revoke;
mod scope;
mod sign_up;
mod token;
mod trouble;
mod user_info;

use crate::http::cors;
use crate::http::spoil::spoiled;
use crate::http::trace;
use crate::server::Server;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, header};
use axum::routing::{MethodRouter, get, post};
use std::future::Future;
use std::sync::Arc;
use trouble::Trouble;

/// The addresses of managed login and OAuth.
pub(crate) fn routes() -> Router<Arc<Server>> {
    let preflighted = |route: MethodRouter<Arc<Server>>| route.options(cors::preflight);
    Router::new()
        .route("/oauth2/authorize", get(authorize))
        .route("/login", get(login).post(login_answer))
        .route("/login/challenge", post(challenge))
        .route("/signup", get(sign_up).post(sign_up_answer))
        .route("/confirm", post(confirm))
        .route("/forgotPassword", get(forgot).post(forgot_answer))
        .route("/confirmForgotPassword", post(new_password))
        .route("/logout", get(log_out))
        .route("/oauth2/idpresponse", get(come_back).post(come_back_by_form))
        .route("/saml2/idpresponse", get(come_back_by_saml).post(deliver))
        .route("/oauth2/token", preflighted(post(token)))
        .route("/oauth2/revoke", preflighted(post(revoke)))
        .route("/oauth2/userInfo", preflighted(get(user_info).post(user_info)))
        .route("/hosted/style.css", get(paper::style))
}

/// Gives a function of the router that counts the call, obeys the faults asked for under its name, and shows
/// trouble as it must be shown.
macro_rules! doors {
    ($($door:ident, $name:literal => $handler:path;)*) => {$(
        async fn $door(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
            answer(&server, $name, async { $handler(&server, form::Call::read(request).await?).await }).await
        }
    )*};
}

doors! {
    authorize, "oauth2/authorize" => authorize::authorize;
    login, "login" => login::show;
    login_answer, "login" => login::answer;
    challenge, "login/challenge" => login::answer_challenge;
    sign_up, "signup" => sign_up::show;
    sign_up_answer, "signup" => sign_up::answer;
    confirm, "confirm" => sign_up::confirm;
    forgot, "forgotPassword" => recovery::show;
    forgot_answer, "forgotPassword" => recovery::answer;
    new_password, "confirmForgotPassword" => recovery::confirm;
    log_out, "logout" => logout::logout;
    come_back, "oauth2/idpresponse" => federation::come_back;
    come_back_by_form, "oauth2/idpresponse" => federation::come_back_by_form;
    deliver, "saml2/idpresponse" => federation::deliver;
    come_back_by_saml, "saml2/idpresponse" => federation::come_back;
}

/// The same for endpoints that pages of other origins call.
macro_rules! open_doors {
    ($($door:ident, $name:literal => $handler:path;)*) => {$(
        async fn $door(State(server): State<Arc<Server>>, request: Request) -> Response<Body> {
            let mut response =
                answer(&server, $name, async { $handler(&server, form::Call::read(request).await?).await }).await;
            cors::allow(response.headers_mut());
            response
        }
    )*};
}

open_doors! {
    token, "oauth2/token" => token::token;
    revoke, "oauth2/revoke" => revoke::revoke;
    user_info, "oauth2/userInfo" => user_info::user_info;
}

async fn answer(
    server: &Server,
    name: &str,
    work: impl Future<Output = Result<Response<Body>, Trouble>>,
) -> Response<Body> {
    if let Err(refusal) = server.store().count(name) {
        return Trouble::from(refusal).show();
    }
    let mut response = spoiled(server, name, "", async {
        server.transact(work).await.unwrap_or_else(|trouble| {
            trace::refused(trouble.name());
            trouble.show()
        })
    })
    .await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    response
}
