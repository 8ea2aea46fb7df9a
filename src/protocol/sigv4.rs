//! AWS Signature Version 4: what IAM-protected APIs and AWS endpoints take instead of a token. In
//! headers ([`sign`]) or, for a link, in the query ([`presign`]).
//!
//! The steps and their names are those of "Create a signed AWS API request" in AWS's IAM guide; the
//! known answers are AWS's own, `tests/vectors/sigv4`.

mod canonical;

use sha2::{Digest, Sha256};

use super::secret::Secret;
use super::srp::hmac;
use super::text;

pub use canonical::wire_query;

/// Whose signature it is.
#[derive(Clone)]
pub struct Key {
    /// Names the secret; no secret itself.
    pub access_key_id: String,
    /// What is signed with. It never travels.
    pub secret_access_key: Secret<String>,
    /// Travels with the signature where the key is a temporary one.
    pub session_token: Option<Secret<String>>,
}

/// What a signature is good for.
pub struct Scope<'a> {
    /// For instance `eu-west-1`.
    pub region: &'a str,
    /// For instance `execute-api`.
    pub service: &'a str,
    /// When, in the service's time: `20150830T123600Z`.
    pub date: &'a str,
}

/// What is signed. All headers given here are, `host` must be among them.
pub struct Request<'a> {
    /// In capitals.
    pub method: &'a str,
    /// As it travels, percent signs and all.
    pub path: &'a str,
    /// Without its question mark.
    pub query: &'a str,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// Hexadecimal SHA-256 of the body, or [`UNSIGNED_PAYLOAD`].
    pub payload_hash: &'a str,
}

/// In place of a body's hash, where the service takes it (S3).
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// The hash of a body.
pub fn payload_hash(body: &[u8]) -> String {
    text::hex(&Sha256::digest(body))
}

/// Headers to add to a request, `authorization` the last of them.
pub fn sign(mut request: Request<'_>, key: &Key, scope: &Scope<'_>) -> Vec<(&'static str, String)> {
    let mut added = Vec::new();
    let mut add = |name: &'static str, value: &str| {
        if !request.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            request.headers.push((String::from(name), String::from(value)));
            added.push((name, String::from(value)));
        }
    };
    add("x-amz-date", scope.date);
    if let Some(token) = &key.session_token {
        add("x-amz-security-token", token.expose("sent with the signature, as AWS takes it"));
    }
    if scope.service == "s3" {
        add("x-amz-content-sha256", request.payload_hash);
    }
    let names = canonical::signed_headers(&request.headers);
    let query = canonical::query(&[request.query]);
    let signature = signature(&request, &query, &names, key, scope);
    let authorization = [
        ALGORITHM,
        " Credential=",
        &key.access_key_id,
        "/",
        &scope.text(),
        ", SignedHeaders=",
        &names,
        ", Signature=",
        &signature,
    ]
    .concat();
    added.push(("authorization", authorization));
    added
}

/// The query of a link that anybody may follow until it expires.
pub fn presign(
    request: &Request<'_>,
    key: &Key,
    scope: &Scope<'_>,
    expires_seconds: u32,
) -> String {
    let names = canonical::signed_headers(&request.headers);
    let mut expires = String::new();
    text::push_integer(&mut expires, i64::from(expires_seconds));
    let mut parameters = vec![
        ("X-Amz-Algorithm", String::from(ALGORITHM)),
        ("X-Amz-Credential", [&key.access_key_id, "/", &scope.text()].concat()),
        ("X-Amz-Date", String::from(scope.date)),
        ("X-Amz-SignedHeaders", names.clone()),
        ("X-Amz-Expires", expires),
    ];
    if let Some(token) = &key.session_token {
        let token = token.expose("part of the link, as AWS takes it").clone();
        parameters.push(("X-Amz-Security-Token", token));
    }
    let mut own = String::new();
    for (name, value) in &parameters {
        let separator = if own.is_empty() { "" } else { "&" };
        own.push_str(&[separator, name, "=", &canonical::encode(value.as_bytes())].concat());
    }
    let query = canonical::query(&[request.query, &own]);
    let signature = signature(request, &query, &names, key, scope);
    let given = wire_query(request.query);
    let separator = if given.is_empty() { "" } else { "&" };
    [&given, separator, &own, "&X-Amz-Signature=", &signature].concat()
}

impl Scope<'_> {
    fn day(&self) -> &str {
        self.date.get(..8).unwrap_or_default()
    }

    fn text(&self) -> String {
        [self.day(), "/", self.region, "/", self.service, "/", TERMINATOR].concat()
    }
}

fn signature(
    request: &Request<'_>,
    query: &str,
    signed_headers: &str,
    key: &Key,
    scope: &Scope<'_>,
) -> String {
    let canonical = canonical::request(request, query, signed_headers, scope.service == "s3");
    let to_sign = string_to_sign(&canonical, scope);
    let secret = key.secret_access_key.expose("the signing key is derived from it");
    let first = Secret::new([b"AWS4", secret.as_bytes()].concat());
    let mut derived = Secret::new(hmac(first.expose("the first key"), &[scope.day().as_bytes()]));
    for part in [scope.region, scope.service, TERMINATOR] {
        derived = Secret::new(hmac(derived.expose("the next key"), &[part.as_bytes()]));
    }
    text::hex(&hmac(derived.expose("signs"), &[to_sign.as_bytes()]))
}

fn string_to_sign(canonical: &str, scope: &Scope<'_>) -> String {
    [ALGORITHM, "\n", scope.date, "\n", &scope.text(), "\n", &payload_hash(canonical.as_bytes())]
        .concat()
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";

#[cfg(test)]
mod tests;
