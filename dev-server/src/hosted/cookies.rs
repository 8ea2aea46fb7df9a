//! The two cookies: who is signed in in this browser, and the mark that a form came from one of our pages.

use super::documents::BrowserSession;
use super::form::Call;
use super::trouble::Trouble;
use crate::random;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::store::{Pool, User};
use crate::tokens::fingerprint;
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use subtle::ConstantTimeEq;

/// How long a browser stays signed in, whatever its tokens' lifetimes.
const SESSION_SECONDS: i64 = 3600;
/// Every form carries this cookie's value, which no other site can read. Cookies know no ports: the name must be no
/// framework's, for an app on another port of the same host has the same jar.
const FORM_COOKIE: &str = "lifeguard-form";

/// Who is signed in to a pool in this browser.
pub(super) fn signed_in(
    server: &Server,
    call: &Call,
    pool: &Pool,
) -> Result<Option<(BrowserSession, User)>, Refusal> {
    let Some(cookie) = call.cookie(&session_cookie(pool)) else { return Ok(None) };
    let store = server.store();
    let Some(session) = store.find_by_key::<BrowserSession>(&fingerprint(cookie))? else {
        return Ok(None);
    };
    if session.pool_id != pool.id {
        return Ok(None);
    }
    let user = store.user(&pool.id, &session.username)?.filter(|user| user.enabled);
    Ok(user.map(|user| (session, user)))
}

/// Signs somebody in in this browser; gives the session and the cookie's line.
pub(super) fn sign_in(
    server: &Server,
    user: &User,
    provider: &str,
) -> Result<(BrowserSession, String), Refusal> {
    let value = random::base64url::<32>()?;
    let session = BrowserSession {
        key: fingerprint(&value),
        pool_id: user.pool_id.clone(),
        username: user.username.clone(),
        provider: provider.to_owned(),
        auth_time: server.clock.now(),
        expires: server.clock.now_ms() + SESSION_SECONDS * 1000,
    };
    let store = server.store();
    store.put(&session)?;
    let pool = store.pool(&user.pool_id)?;
    drop(store);
    Ok((session, line(server, &session_cookie(&pool), &value, SESSION_SECONDS)))
}

/// Signs a browser out of a pool; gives the line that clears the cookie.
pub(super) fn sign_out(server: &Server, call: &Call, pool: &Pool) -> Result<String, Refusal> {
    if let Some((session, _)) = signed_in(server, call, pool)? {
        let store = server.store();
        store.remove::<BrowserSession>(&pool.id, &session.username, &session.key)?;
    }
    Ok(line(server, &session_cookie(pool), "", 0))
}

/// The value that the forms of a page carry, and the cookie's line where the browser has none yet.
pub(super) fn form_mark(server: &Server, call: &Call) -> Result<(String, Option<String>), Refusal> {
    if let Some(value) = call.cookie(FORM_COOKIE).filter(|value| value.len() == 43) {
        return Ok((value.to_owned(), None));
    }
    let value = random::base64url::<32>()?;
    let set = line(server, FORM_COOKIE, &value, 86_400);
    Ok((value, Some(set)))
}

/// The mark of the browser that calls.
pub(super) fn browser_mark(call: &Call) -> &str {
    call.cookie(FORM_COOKIE).unwrap_or_default()
}

/// SECURITY: refuses a form that did not come from a page of ours in this very browser.
pub(super) fn check_form(call: &Call) -> Result<(), Trouble> {
    let cookie = call.cookie(FORM_COOKIE).unwrap_or_default();
    let given = call.form.text("_csrf");
    if !cookie.is_empty() && bool::from(cookie.as_bytes().ct_eq(given.as_bytes())) {
        return Ok(());
    }
    let text = "This page was open for too long, or cookies are blocked. Go back to the app and sign in again.";
    Err(Trouble::page("invalid_request", text))
}

/// Adds a `Set-Cookie`.
pub(super) fn set(response: &mut Response<Body>, line: Option<String>) {
    if let Some(line) = line.and_then(|line| HeaderValue::from_str(&line).ok()) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

/// Each pool has a domain of its own in the service; here they share one, so the name tells them apart.
fn session_cookie(pool: &Pool) -> String {
    format!("cognito-{}", pool.id)
}

fn line(server: &Server, name: &str, value: &str, seconds: i64) -> String {
    let secure = if server.public_url.starts_with("https:") { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}
