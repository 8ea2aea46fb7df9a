//! The signature that a request should have, computed by AWS's own signer.

use super::claim::Claim;
use super::keys::Keys;
use super::refused::incomplete;
use super::request::Request;
use crate::refusal::Refusal;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use std::time::{Duration, UNIX_EPOCH};

/// Signs what the claim says was signed, with the keys the server knows.
pub(super) fn signature(claim: &Claim, request: &Request, keys: &Keys) -> Result<String, Refusal> {
    let is_storage = claim.service == "s3";
    let mut settings = SigningSettings::default();
    settings.excluded_headers = None;
    if is_storage {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    if let Some(seconds) = claim.expires_in {
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(duration(seconds)?);
    }
    let identity =
        Credentials::new(&claim.access_key, &keys.secret, keys.session_token.clone(), None, "")
            .into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(&claim.region)
        .name(&claim.service)
        .time(UNIX_EPOCH + duration(claim.time)?)
        .settings(settings)
        .build()
        .map_err(Refusal::internal)?
        .into();
    let headers = request
        .headers
        .iter()
        .filter(|(name, _)| claim.signed_headers.contains(name))
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let is_unsigned = is_storage
        && (claim.is_presigned() || request.header("x-amz-content-sha256") == Some(UNSIGNED));
    let body = if is_unsigned {
        SignableBody::UnsignedPayload
    } else {
        SignableBody::Bytes(&request.body)
    };
    let signable = SignableRequest::new(&request.method, address(claim, request), headers, body)
        .map_err(|_| incomplete("The request cannot be signed: its address is malformed."))?;
    let signed = sign(signable, &params)
        .map_err(|_| incomplete("The request cannot be signed: a header is malformed."))?;
    Ok(signed.signature().to_owned())
}

/// An absolute address without what the signer adds to the query by itself.
fn address(claim: &Claim, request: &Request) -> String {
    let (path, query) = request.parts();
    let host = request.header("host").unwrap_or("localhost");
    let kept: Vec<&str> = query
        .split('&')
        .filter(|part| {
            let name = part.split('=').next().unwrap_or_default();
            let is_of_signature = claim.is_presigned() && OF_SIGNATURE.contains(&name);
            !part.is_empty() && !is_of_signature
        })
        .collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("http://{host}{path}{mark}{}", kept.join("&"))
}

fn duration(seconds: i64) -> Result<Duration, Refusal> {
    let seconds = u64::try_from(seconds).map_err(|_| incomplete("Date must be after 1970."))?;
    Ok(Duration::from_secs(seconds))
}

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
const OF_SIGNATURE: &[&str] = &[
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
];
