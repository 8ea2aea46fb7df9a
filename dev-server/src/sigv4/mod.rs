//! AWS Signature Version 4: who signed a request, and what the signer may do.
//!
//! The signature is computed again from the request as it arrived, with the keys the server knows, by the signer
//! of AWS's own SDK for Rust, and compared. Requests may be signed in their headers or in their query.

mod claim;
mod compute;
mod keys;
mod policy;
mod refused;
mod request;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod tests;

pub(crate) use keys::{AccessKey, Keys};
pub(crate) use policy::{Role, allow};
pub(crate) use request::{AssumedRole, Request, Signer};
#[cfg(test)]
pub(crate) use signing::Signing;

use crate::refusal::Refusal;
use crate::timestamp::amz_date;
use claim::Claim;
use refused::{forbidden, missing, unrecognized, wrong};
use subtle::ConstantTimeEq;

/// Believes a signed request, or says why not. `clocks` are those it may have been signed by, `find` looks a key up.
///
/// # Errors
/// `MissingAuthenticationTokenException`, `IncompleteSignature`, `UnrecognizedClientException`,
/// `InvalidSignatureException` and `ExpiredTokenException`, as AWS's services answer.
pub(crate) fn verify(
    request: &Request,
    services: &[&str],
    clocks: &[i64],
    find: impl Fn(&str) -> Result<Option<Keys>, Refusal>,
) -> Result<Signer, Refusal> {
    let claim = Claim::read(request)?.ok_or_else(missing)?;
    check_scope(&claim, services)?;
    let judged = clocks.iter().map(|now| check_time(&claim, *now));
    judged.reduce(|first, next| first.or(next)).unwrap_or_else(|| Err(missing()))?;
    check_coverage(&claim, request)?;
    let keys = find(&claim.access_key)?.ok_or_else(unrecognized)?;
    if !keys.has_token(claim.session_token.as_deref()) {
        return Err(unrecognized());
    }
    let computed = compute::signature(&claim, request, &keys)?;
    // SECURITY: a comparison that ends at the first difference would tell how much of a guess is right.
    if !bool::from(computed.as_bytes().ct_eq(claim.signature.as_bytes())) {
        return Err(wrong(MISMATCH));
    }
    if keys.is_expired {
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

/// Seconds a signature's time may differ from the server's: "within five minutes of the timestamp in the request".
const MOST_SKEW: i64 = 300;
const COVERED: &[&str] = &["host", "x-amz-date", "x-amz-target", "x-amz-security-token"];
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
     AWS Secret Access Key and signing method. Consult the service documentation for details.";
