//! The one form of a request that both sides sign.

use super::Request;

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
    let mut names: Vec<_> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(";")
}

/// The parameters of several queries, sorted by name and then by value.
pub(super) fn query(parts: &[&str]) -> String {
    let mut parameters: Vec<_> = parts.iter().flat_map(|part| parameters(part)).collect();
    parameters.sort_unstable();
    join(&parameters)
}

/// A query as it has to travel, so that whoever decodes it finds what was signed: a plus sign, which
/// some take for a space and some do not, is the space that forms mean by it.
pub fn wire_query(query: &str) -> String {
    join(&parameters(query).collect::<Vec<_>>())
}

/// Percent-encodes everything but unreserved characters (RFC 3986, section 2.3) and `also`.
pub(super) fn encode(bytes: &[u8], also: &str) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        let char = char::from(*byte);
        if char.is_ascii_alphanumeric() || "-._~".contains(char) || also.contains(char) {
            out.push(char);
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                out.push(digit.to_ascii_uppercase());
            }
        }
    }
    out
}

/// S3 signs the path that is meant; all other services encode what travels once more, without what
/// means nothing in it.
fn path(path: &str, is_s3: bool) -> String {
    if is_s3 {
        return encode(&decode(path, false), "/");
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            other => segments.push(other),
        }
    }
    let is_folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
    let end = if is_folder && !segments.is_empty() { "/" } else { "" };
    ["/", &encode(segments.join("/").as_bytes(), "/"), end].concat()
}

fn headers(headers: &[(String, String)]) -> String {
    let mut sorted: Vec<_> =
        headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    // Stable: values of one name stay in their order.
    sorted.sort_by(|one, other| one.0.cmp(&other.0));
    let mut out = String::new();
    let mut last = None;
    for (name, value) in &sorted {
        if last == Some(name) {
            out.pop();
            out.push(',');
        } else {
            out.push_str(name);
            out.push(':');
        }
        let words: Vec<_> = value.split(' ').filter(|word| !word.is_empty()).collect();
        out.push_str(words.join(" ").trim());
        out.push('\n');
        last = Some(name);
    }
    out
}

/// Names and values of a query, encoded in the one way.
fn parameters(query: &str) -> impl Iterator<Item = (String, String)> {
    query.split('&').filter(|parameter| !parameter.is_empty()).map(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        (encode(&decode(name, true), ""), encode(&decode(value, true), ""))
    })
}

fn join(parameters: &[(String, String)]) -> String {
    let texts: Vec<_> =
        parameters.iter().map(|(name, value)| [name.as_str(), "=", value].concat()).collect();
    texts.join("&")
}

/// The bytes that percent signs stand for; a percent sign that stands for none stays.
fn decode(text: &str, is_form: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        let digits = after.get(..2).and_then(|digits| core::str::from_utf8(digits).ok());
        let decoded = digits
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, decoded) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', _) if is_form => out.push(b' '),
            _ => out.push(*byte),
        }
    }
    out
}
