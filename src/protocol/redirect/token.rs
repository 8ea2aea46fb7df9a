//! Redeeming the code: the request to the token endpoint, and what it answers.

use super::query::Query;
use super::{Flow, response};
use crate::protocol::error::Violation;
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::session::Tokens;

pub use response::Failure;

/// The request that redeems a code with PKCE's secret (RFC 6749, section 4.1.3; RFC 7636, section
/// 4.5). It is never sent twice: the code is good for one use.
pub fn request(pool: &Pool, flow: &Flow, code: &Secret<String>, timeout_ms: u32) -> HttpRequest {
    let form = Query::default()
        .with("grant_type", "authorization_code")
        .with("client_id", pool.client_id())
        .with("code", code.expose("redeemed"))
        .with("redirect_uri", &flow.redirect_uri)
        .with("code_verifier", flow.verifier.expose("redeems the code"));
    HttpRequest {
        post: true,
        url: [&flow.domain, "/oauth2/token"].concat(),
        headers: vec![("content-type", String::from("application/x-www-form-urlencoded"))],
        body: Secret::new(form.text()),
        timeout_ms,
        keep_alive: false,
    }
}

/// Reads the answer. An error comes as `error` with `error_description`, or with `error_message`
/// from some servers.
///
/// # Errors
/// See [`Failure`].
pub fn read(reply: &HttpResponse) -> Result<Tokens, Failure> {
    let missing = |name| Failure::Violation(Violation::MissingMember(name));
    let body = Value::parse(&reply.body).filter(|body| matches!(body, Value::Object(_)));
    if !(200..300).contains(&reply.status) {
        let body = body.unwrap_or(Value::Null);
        let error = body.str("error").unwrap_or_default();
        let words = body.str("error_description").or_else(|| body.str("error_message"));
        let mut refusal = response::refusal(error, words.unwrap_or_default(), reply.status);
        refusal.retry_after_seconds = reply.retry_after_seconds();
        return Err(Failure::Refused(refusal));
    }
    let body = body.ok_or(Failure::Violation(Violation::NotJson))?;
    let is_bearer = body.str("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !is_bearer {
        return Err(missing("token_type"));
    }
    let secret = |name| body.string(name).filter(|text| !text.is_empty()).map(Secret::new);
    Ok(Tokens {
        access: secret("access_token").ok_or(missing("access_token"))?,
        id: secret("id_token"),
        refresh: secret("refresh_token"),
        expires_in: body.number("expires_in").map(|seconds| seconds as u64),
        new_device: None,
    })
}
