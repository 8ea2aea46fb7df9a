//! The one form of a request that both sides sign.

use core::cmp::Ordering;

use super::Request;
use crate::protocol::{percent, text};

/// The canonical request.
pub(super) fn request(
    request: &Request<'_>,
    query: &str,
    signed_headers: &str,
    is_s3: bool,
) -> String {
    [
        request.method,
        "\n",
        &path(request.path, is_s3),
        "\n",
        query,
        "\n",
        &headers(&request.headers),
        "\n",
        signed_headers,
        "\n",
        request.payload_hash,
    ]
    .concat()
}

/// Names of all headers, sorted.
pub(super) fn signed_headers(headers: &[(String, String)]) -> String {
    let mut names = Vec::new();
    for (name, _) in sorted(headers) {
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    text::join(&names, ";")
}

/// The parameters of several queries, sorted by name and then by value.
pub(super) fn query(parts: &[&str]) -> String {
    let mut all = Vec::new();
    for part in parts {
        for parameter in parameters(part) {
            insert(&mut all, parameter, true);
        }
    }
    join(&all)
}

/// A query as it has to travel, so that whoever decodes it finds what was signed: a plus sign, which
/// some take for a space and some do not, is the space that forms mean by it.
pub fn wire_query(query: &str) -> String {
    join(&parameters(query))
}

/// Percent-encodes everything but unreserved characters.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    percent::encode(&mut out, bytes, false);
    out
}

/// S3 signs the path that is meant; all other services encode what travels once more, without what
/// means nothing in it.
fn path(path: &str, is_s3: bool) -> String {
    let mut out = String::new();
    if is_s3 {
        percent::encode(&mut out, &percent::decode(path, false).0, true);
        return out;
    }
    let mut segments = Vec::new();
    let mut is_folder = false;
    for segment in text::parts(path, b'/') {
        is_folder = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    for segment in &segments {
        out.push('/');
        percent::encode(&mut out, segment.as_bytes(), false);
    }
    if is_folder || segments.is_empty() {
        out.push('/');
    }
    out
}

fn headers(headers: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut last = String::new();
    for (name, value) in sorted(headers) {
        if last == name {
            out.pop();
            out.push(',');
        } else {
            out.push_str(&name);
            out.push(':');
        }
        let mut words = text::parts(&value, b' ');
        words.retain(|word| !word.is_empty());
        out.push_str(text::join(&words, " ").trim_ascii());
        out.push('\n');
        last = name;
    }
    out
}

/// Headers by name, in lower case; values of one name stay in their order.
fn sorted(headers: &[(String, String)]) -> Vec<(String, String)> {
    let mut sorted = Vec::new();
    for (name, value) in headers {
        insert(&mut sorted, (name.to_ascii_lowercase(), value.clone()), false);
    }
    sorted
}

/// Puts a pair behind those that are not greater: by name, and `by_value` too.
fn insert(sorted: &mut Vec<(String, String)>, pair: (String, String), by_value: bool) {
    let is_greater = |other: &(String, String)| match other.0.cmp(&pair.0) {
        Ordering::Equal => by_value && other.1 > pair.1,
        order => order == Ordering::Greater,
    };
    let at = sorted.iter().position(is_greater).unwrap_or(sorted.len());
    sorted.insert(at, pair);
}

/// Names and values of a query, encoded in the one way.
fn parameters(query: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    for parameter in text::parts(query, b'&') {
        if !parameter.is_empty() {
            let (name, value) = text::cut(parameter, b'=').unwrap_or((parameter, ""));
            let again = |text: &str| encode(&percent::decode(text, true).0);
            parameters.push((again(name), again(value)));
        }
    }
    parameters
}

fn join(parameters: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in parameters {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    out
}
