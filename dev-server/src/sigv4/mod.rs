//! AWS Signature Version 4: who signed a request, and what the signer may do.
//!
//! The signature is computed again from the request as it arrived, with the keys the server knows, by the signer
//! of AWS's own SDK for Rust, and compared. Requests may be signed in their headers or in their query.

mod claim;
mod compute;
mod keys;
mod policy;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod tests;

pub(crate) use keys::{AccessKey, IssuedCredentials};
pub(crate) use policy::{Role, allow};
#[cfg(test)]
pub(crate) use signing::Signing;

use crate::clock::Clock;
use crate::refusal::Refusal;
use crate::server::Server;
use crate::timestamp::amz_date;
use axum::http::StatusCode;
use claim::Claim;
use keys::Keys;
use subtle::ConstantTimeEq;

/// A request as it arrived.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query, still encoded.
    pub(crate) target: String,
    /// In the order of arrival, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Who signed a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signer {
    pub(crate) access_key: String,
    /// The region of the credential scope.
    pub(crate) region: String,
    /// The service of the credential scope.
    pub(crate) service: String,
    /// Nothing for a key of the configuration, which may do everything.
    pub(crate) role: Option<AssumedRole>,
}

/// What credentials of an identity pool stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssumedRole {
    pub(crate) arn: String,
    pub(crate) identity_id: String,
    pub(crate) identity_pool_id: String,
    /// The provider that vouched; nothing for a guest.
    pub(crate) provider: Option<String>,
}

impl Request {
    /// The first header of a name.
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Path and query.
    fn parts(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }
}

impl Signer {
    /// As policies and echoes name the signer.
    pub(crate) fn arn(&self) -> String {
        match &self.role {
            Some(role) => {
                let name = role.arn.rsplit('/').next().unwrap_or_default();
                let account = self.account();
                format!("arn:aws:sts::{account}:assumed-role/{name}/CognitoIdentityCredentials")
            }
            None => format!("arn:aws:iam::{ACCOUNT}:user/{}", self.access_key),
        }
    }

    /// The account the signer belongs to.
    pub(crate) fn account(&self) -> &str {
        let role = self.role.as_ref().and_then(|role| role.arn.split(':').nth(4));
        role.filter(|account| !account.is_empty()).unwrap_or(ACCOUNT)
    }
}

/// Believes a signed request, or says why not.
///
/// # Errors
/// `MissingAuthenticationTokenException`, `IncompleteSignature`, `UnrecognizedClientException`,
/// `InvalidSignatureException` and `ExpiredTokenException`, as AWS's services answer.
pub(crate) fn verify(
    server: &Server,
    request: &Request,
    services: &[&str],
) -> Result<Signer, Refusal> {
    let claim = Claim::read(request)?.ok_or_else(missing)?;
    check_scope(&claim, services)?;
    // Other people's clocks are set by the machine's, or by the Date header that this server sends.
    check_time(&claim, Clock::machine()).or_else(|_| check_time(&claim, server.clock.now()))?;
    check_coverage(&claim, request)?;
    let keys = Keys::find(server, &claim.access_key)?.ok_or_else(unrecognized)?;
    if !keys.has_token(claim.session_token.as_deref()) {
        return Err(unrecognized());
    }
    let computed = compute::signature(&claim, request, &keys)?;
    // SECURITY: a comparison that ends at the first difference would tell how much of a guess is right.
    if !bool::from(computed.as_bytes().ct_eq(claim.signature.as_bytes())) {
        return Err(wrong(MISMATCH));
    }
    if keys.expires.is_some_and(|expires| expires <= server.clock.now_ms()) {
        let message = "The security token included in the request is expired";
        return Err(forbidden("ExpiredTokenException", message));
    }
    Ok(Signer {
        access_key: claim.access_key,
        region: claim.region,
        service: claim.service,
        role: keys.role,
    })
}

/// A signature for another region than the addressed thing's.
pub(crate) fn wrong_region() -> Refusal {
    wrong("Credential should be scoped to a valid region.")
}

fn check_scope(claim: &Claim, services: &[&str]) -> Result<(), Refusal> {
    if !services.contains(&claim.service.as_str()) {
        let names = services.join("' or '");
        return Err(wrong(format!("Credential should be scoped to correct service: '{names}'.")));
    }
    if !claim.time_text.starts_with(&claim.date) {
        return Err(wrong(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
             '{}' != '{}'.",
            claim.date, claim.time_text
        )));
    }
    Ok(())
}

fn check_time(claim: &Claim, now: i64) -> Result<(), Refusal> {
    let signed = &claim.time_text;
    // A signature in the query says itself how long it is good; one in the headers is for now.
    let good_for = claim.expires_in.unwrap_or(MOST_SKEW);
    if claim.time + good_for < now {
        let (oldest, now) = (amz_date(now - good_for), amz_date(now));
        let why = match claim.expires_in {
            Some(seconds) => format!("{now} - {seconds} sec."),
            None => format!("{now} - 5 min."),
        };
        return Err(wrong(format!(
            "Signature expired: {signed} is now earlier than {oldest} ({why})"
        )));
    }
    if claim.time - MOST_SKEW > now {
        let (latest, now) = (amz_date(now + MOST_SKEW), amz_date(now));
        return Err(wrong(format!(
            "Signature not yet current: {signed} is still later than {latest} ({now} + 5 min.)"
        )));
    }
    Ok(())
}

/// What says where a request goes and on whose behalf must be signed.
fn check_coverage(claim: &Claim, request: &Request) -> Result<(), Refusal> {
    for name in COVERED {
        let is_there = *name == "host" || request.header(name).is_some();
        if is_there && !claim.signed_headers.iter().any(|signed| signed == name) {
            return Err(wrong(format!("'{name}' must be a 'SignedHeader' in the AWS Credential.")));
        }
    }
    Ok(())
}

fn missing() -> Refusal {
    Refusal::new("MissingAuthenticationTokenException", "Missing Authentication Token")
}

fn unrecognized() -> Refusal {
    let message = "The security token included in the request is invalid.";
    forbidden("UnrecognizedClientException", message)
}

fn incomplete(message: impl Into<String>) -> Refusal {
    forbidden("IncompleteSignature", message)
}

fn wrong(message: impl Into<String>) -> Refusal {
    forbidden("InvalidSignatureException", message)
}

fn forbidden(name: &'static str, message: impl Into<String>) -> Refusal {
    Refusal::new(name, message).with_status(StatusCode::FORBIDDEN)
}

/// The account of whatever the configuration gives no other.
const ACCOUNT: &str = "123456789012";
/// Seconds a signature's time may differ from the server's: "within five minutes of the timestamp in the request".
const MOST_SKEW: i64 = 300;
const COVERED: &[&str] = &["host", "x-amz-date", "x-amz-target", "x-amz-security-token"];
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
     AWS Secret Access Key and signing method. Consult the service documentation for details.";
