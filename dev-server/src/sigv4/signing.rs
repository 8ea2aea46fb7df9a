//! The other side, for tests: signs a request as AWS's clients do, after the steps of AWS's guide and not with the
//! signer that the check uses.

use super::Request;
use crate::timestamp::amz_date;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Whose keys, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Signing {
    pub(crate) access_key: String,
    pub(crate) secret: String,
    pub(crate) session_token: Option<String>,
    pub(crate) region: String,
    pub(crate) service: String,
}

impl Request {
    /// A call of an operation, unsigned.
    pub(crate) fn operation(target: &str, body: &str) -> Self {
        let headers = [("host", "localhost:9320"), ("x-amz-target", target)];
        Self::new("POST", "/", &headers, body)
    }

    /// Any request, unsigned.
    pub(crate) fn new(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: body.as_bytes().to_vec(),
        }
    }
}

impl Signing {
    /// The key that the configuration has when it names none.
    pub(crate) fn administrator() -> Self {
        Self {
            access_key: "test".to_owned(),
            secret: "test".to_owned(),
            session_token: None,
            region: "eu-west-1".to_owned(),
            service: "cognito-idp".to_owned(),
        }
    }

    /// Of an answer of GetCredentialsForIdentity.
    pub(crate) fn of(answer: &serde_json::Value, service: &str) -> Self {
        let text = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
        Self {
            access_key: text("AccessKeyId"),
            secret: text("SecretKey"),
            session_token: Some(text("SessionToken")),
            region: "eu-west-1".to_owned(),
            service: service.to_owned(),
        }
    }

    /// Signs all headers, and adds those of a signature.
    pub(crate) fn sign(&self, request: &mut Request, now: i64) {
        let time = amz_date(now);
        request.headers.push(("x-amz-date".to_owned(), time.clone()));
        if let Some(token) = &self.session_token {
            request.headers.push(("x-amz-security-token".to_owned(), token.clone()));
        }
        let scope = self.scope(&time);
        let names = signed_names(request);
        let signature = self.signature(request, &names, &sha256(&request.body), &time);
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            self.access_key
        );
        request.headers.push(("authorization".to_owned(), value));
    }

    /// Puts a signature into the query, good for so many seconds.
    pub(crate) fn presign(&self, request: &mut Request, now: i64, seconds: i64) {
        let time = amz_date(now);
        let names = signed_names(request);
        let mark = if request.target.contains('?') { '&' } else { '?' };
        let mut query = format!(
            "{mark}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={time}\
             &X-Amz-Expires={seconds}&X-Amz-SignedHeaders={}",
            encoded(&format!("{}/{}", self.access_key, self.scope(&time))),
            encoded(&names)
        );
        if let Some(token) = &self.session_token {
            query.push_str(&format!("&X-Amz-Security-Token={}", encoded(token)));
        }
        request.target.push_str(&query);
        let signature = self.signature(request, &names, &sha256(&request.body), &time);
        request.target.push_str(&format!("&X-Amz-Signature={signature}"));
    }

    fn scope(&self, time: &str) -> String {
        format!("{}/{}/{}/aws4_request", &time[..8], self.region, self.service)
    }

    fn signature(&self, request: &Request, names: &str, body_hash: &str, time: &str) -> String {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let mut query: Vec<&str> = query.split('&').filter(|part| !part.is_empty()).collect();
        query.sort_unstable();
        let query: Vec<String> = query
            .into_iter()
            .map(|part| if part.contains('=') { part.to_owned() } else { format!("{part}=") })
            .collect();
        let headers: String = names
            .split(';')
            .map(|name| format!("{name}:{}\n", request.header(name).unwrap_or_default()))
            .collect();
        let canonical = [
            request.method.as_str(),
            &path.replace('%', "%25"),
            &query.join("&"),
            &headers,
            names,
            body_hash,
        ]
        .join("\n");
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{time}\n{}\n{}",
            self.scope(time),
            sha256(canonical.as_bytes())
        );
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in [&time[..8], &self.region, &self.service, "aws4_request", &to_sign] {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(part.as_bytes());
            key = mac.finalize().into_bytes().to_vec();
        }
        hex::encode(&key)
    }
}

fn signed_names(request: &Request) -> String {
    let mut names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.join(";")
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
