//! What a request says about its signature, in the `Authorization` header or in the query.

use super::refused::incomplete;
use super::request::Request;
use crate::refusal::Refusal;
use crate::timestamp::parse_amz_date;
use url::form_urlencoded;

/// The parts of a signature, none believed yet.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) access_key: String,
    /// `20260528`, of the credential scope.
    pub(super) date: String,
    pub(super) region: String,
    pub(super) service: String,
    /// Names in lower case.
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
    /// `20260528T202640Z`, and the same in seconds since the epoch.
    pub(super) time_text: String,
    pub(super) time: i64,
    pub(super) session_token: Option<String>,
    /// Seconds; only of a signature in the query.
    pub(super) expires_in: Option<i64>,
}

impl Claim {
    /// Nothing when the request is not signed at all.
    pub(super) fn read(request: &Request) -> Result<Option<Self>, Refusal> {
        if let Some(authorization) = request.header("authorization") {
            return Self::from_header(authorization, request).map(Some);
        }
        let query: Vec<(String, String)> =
            form_urlencoded::parse(request.parts().1.as_bytes()).into_owned().collect();
        if query.iter().any(|(name, _)| name == "X-Amz-Algorithm") {
            return Self::from_query(&query).map(Some);
        }
        Ok(None)
    }

    /// Whether the signature is in the query.
    pub(super) fn is_presigned(&self) -> bool {
        self.expires_in.is_some()
    }

    fn from_header(authorization: &str, request: &Request) -> Result<Self, Refusal> {
        let parts = authorization.strip_prefix(ALGORITHM).ok_or_else(|| {
            incomplete(format!("Authorization header requires the algorithm {ALGORITHM}."))
        })?;
        let part = |name: &str| {
            parts
                .split(',')
                .filter_map(|part| part.trim().split_once('='))
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value)
                .filter(|value| !value.is_empty())
                .ok_or_else(|| {
                    incomplete(format!("Authorization header requires '{name}' parameter."))
                })
        };
        let time = request.header("x-amz-date").ok_or_else(|| {
            incomplete("Authorization header requires existence of a 'X-Amz-Date' header.")
        })?;
        let (credential, headers) = (part("Credential")?, part("SignedHeaders")?);
        let token = request.header("x-amz-security-token");
        Self::new(credential, headers, part("Signature")?, time, token, None)
    }

    fn from_query(query: &[(String, String)]) -> Result<Self, Refusal> {
        let find = |name: &str| {
            query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
        };
        let part = |name: &str| {
            find(name).filter(|value| !value.is_empty()).ok_or_else(|| {
                incomplete(format!("AWS query-string parameters must include '{name}'."))
            })
        };
        if part("X-Amz-Algorithm")? != ALGORITHM {
            return Err(incomplete(format!("X-Amz-Algorithm must be {ALGORITHM}.")));
        }
        let expires_in = part("X-Amz-Expires")?.parse().ok();
        let expires_in =
            expires_in.filter(|seconds| (1..=MOST_SECONDS).contains(seconds)).ok_or_else(|| {
                incomplete("X-Amz-Expires must be a number of seconds between 1 and 604800.")
            })?;
        Self::new(
            part("X-Amz-Credential")?,
            part("X-Amz-SignedHeaders")?,
            part("X-Amz-Signature")?,
            part("X-Amz-Date")?,
            find("X-Amz-Security-Token"),
            Some(expires_in),
        )
    }

    fn new(
        credential: &str,
        signed_headers: &str,
        signature: &str,
        time_text: &str,
        session_token: Option<&str>,
        expires_in: Option<i64>,
    ) -> Result<Self, Refusal> {
        // From the right: an access key may have slashes where it is not AWS's.
        let mut scope = credential.rsplitn(5, '/');
        let (Some("aws4_request"), Some(service), Some(region), Some(date), Some(access_key)) =
            (scope.next(), scope.next(), scope.next(), scope.next(), scope.next())
        else {
            return Err(incomplete(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/aws4_request.",
            ));
        };
        let time = parse_amz_date(time_text)
            .ok_or_else(|| incomplete("Date must be in ISO-8601 'basic format'."))?;
        Ok(Self {
            access_key: access_key.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers: signed_headers.split(';').map(str::to_lowercase).collect(),
            signature: signature.to_owned(),
            time_text: time_text.to_owned(),
            time,
            session_token: session_token.map(str::to_owned),
            expires_in,
        })
    }
}

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// A week: the longest that a signature in a query may be good for.
const MOST_SECONDS: i64 = 604_800;
