//! The pool's domain: authorizes whoever asks, redeems codes with PKCE, and breaks rules where a
//! test wants it to.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::pool::{FakePool, POOL_ID};
use crate::protocol::http::{HttpRequest, HttpResponse};
use crate::protocol::json::Value;
use crate::protocol::jwt;
use crate::protocol::redirect::query;
use crate::protocol::text::base64url;

/// The service's side of the redirect flow.
#[derive(Default)]
pub(crate) struct FakeDomain {
    /// Claims that an ID token gets instead of the right ones.
    pub(crate) claims: Vec<(&'static str, Value)>,
    /// Members that a reply of the token endpoint gets instead of the right ones.
    pub(crate) members: Vec<(&'static str, Value)>,
    /// The whole reply instead.
    pub(crate) reply: Option<(u16, String)>,
    /// Whether ID tokens are signed by a key that is not the pool's.
    pub(crate) signs_wrongly: bool,
    /// Forms that arrived at the token endpoint.
    pub(crate) forms: Vec<BTreeMap<String, String>>,
    codes: BTreeMap<String, BTreeMap<String, String>>,
}

impl FakeDomain {
    /// A person signs in at an authorization request; the query that comes back.
    pub(crate) fn authorize(&mut self, url: &str) -> String {
        let asked = pairs(url.split_once('?').unwrap().1);
        let code = format!("code-{}", self.codes.len());
        let state = asked["state"].clone();
        self.codes.insert(code.clone(), asked);
        format!("?code={code}&state={state}")
    }

    /// Answers the token endpoint.
    pub(crate) fn answer(
        &mut self,
        now: u64,
        request: &HttpRequest,
        pool: &mut FakePool,
    ) -> HttpResponse {
        let form = pairs(request.body.expose("the domain reads it"));
        self.forms.push(form.clone());
        if let Some((status, body)) = &self.reply {
            return reply(*status, body.clone());
        }
        let Some(asked) = self.codes.remove(&form["code"]) else { return refused() };
        let challenge = base64url(&Sha256::digest(form["code_verifier"].as_bytes()));
        let agrees = form["grant_type"] == "authorization_code"
            && form["client_id"] == asked["client_id"]
            && form["redirect_uri"] == asked["redirect_uri"]
            && challenge == asked["code_challenge"]
            && asked["code_challenge_method"] == "S256";
        if !agrees {
            return refused();
        }
        let tokens = pool.sign_in(now, "ada");
        let access = tokens.access.expose("sent").clone();
        let hash = Sha256::digest(access.as_bytes());
        let claims = jwt::claims(tokens.id.as_ref().unwrap().expose("made anew")).unwrap();
        let claims = claims
            .with("nonce", asked["nonce"].as_str())
            .with("at_hash", base64url(&hash[..16]))
            .with("auth_time", now / 1000);
        // Of two members of one name the last one counts.
        let claims =
            self.claims.iter().fold(claims, |all, (name, value)| all.with(name, value.clone()));
        let signature = if self.signs_wrongly { "wrong" } else { "right" };
        let part = base64url(claims.write().as_bytes());
        let body = Value::object()
            .with("access_token", access)
            .with("id_token", [&base64url(b"{}"), ".", &part, ".", signature].concat())
            .with("refresh_token", tokens.refresh.unwrap().expose("sent").as_str())
            .with("expires_in", pool.lifetime)
            .with("token_type", "Bearer");
        let body =
            self.members.iter().fold(body, |all, (name, value)| all.with(name, value.clone()));
        reply(200, body.write())
    }

    /// Whether a key at an address signed a token.
    pub(crate) fn verify(&self, token: &str, keys: &str) -> bool {
        let host = "https://cognito-idp.eu-west-1.amazonaws.com/";
        token.ends_with(".right") && keys == format!("{host}{POOL_ID}/.well-known/jwks.json")
    }
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    query::parse(text).unwrap().into_iter().collect()
}

fn refused() -> HttpResponse {
    reply(400, String::from(r#"{"error":"invalid_grant"}"#))
}

fn reply(status: u16, body: String) -> HttpResponse {
    let (error_type, error_message, retry_after, date) = (None, None, None, None);
    HttpResponse { status, error_type, error_message, retry_after, date, body }
}
