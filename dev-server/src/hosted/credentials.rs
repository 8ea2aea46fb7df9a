//! Who calls an endpoint: a client with a secret by Basic or in the body, one without by its id alone.

use super::form::Call;
use super::trouble::Trouble;
use crate::auth::Context;
use crate::server::Server;
use axum::http::header;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

/// The client that the call proves to come from.
pub(super) fn client(server: &Server, call: &Call) -> Result<Context, Trouble> {
    let invalid =
        || Trouble::json("invalid_client", "The client is unknown or did not prove itself");
    let (id, secret) = match basic(call) {
        Some(Ok((id, secret))) => {
            let is_other = call.form.get("client_id").is_some_and(|named| named != id);
            // RFC 6749, section 2.3: one method in each request.
            if is_other || call.form.get("client_secret").is_some() {
                let text = "Authenticate the client in one way";
                return Err(Trouble::json("invalid_request", text));
            }
            (id, Some(secret))
        }
        Some(Err(())) => return Err(invalid()),
        None => {
            let id = call.form.get("client_id").ok_or_else(invalid)?;
            (id.to_owned(), call.form.get("client_secret").map(str::to_owned))
        }
    };
    let context = Context::open(server, &id).map_err(|_| invalid())?;
    if context.client.secret.is_none() && secret.is_some_and(|secret| !secret.is_empty()) {
        return Err(invalid());
    }
    if context.client.secret.is_some() {
        let secret = match basic(call) {
            Some(Ok((_, secret))) => Some(secret),
            _ => call.form.get("client_secret").map(str::to_owned),
        };
        context.check_secret(secret.as_deref()).map_err(|_| invalid())?;
    }
    Ok(context)
}

/// `Authorization: Basic`, whose two parts are form-encoded (RFC 6749, section 2.3.1).
fn basic(call: &Call) -> Option<Result<(String, String), ()>> {
    let value = call.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let read = || {
        let bytes = STANDARD.decode(encoded.trim()).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (id, secret) = text.split_once(':')?;
        Some((decoded(id), decoded(secret)))
    };
    Some(read().ok_or(()))
}

fn decoded(part: &str) -> String {
    form_urlencoded::parse(part.as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}
