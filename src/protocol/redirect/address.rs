//! Addresses of the application: which may be used, and which one fits the page.

use crate::protocol::error::Misuse;
use crate::protocol::pool::is_endpoint;
use crate::protocol::text;

/// Whether an address may receive a response or a person who signed out: absolute, `https` (`http`
/// on this machine only), without fragment or password (RFC 9700, section 2.1; RFC 8252, 8.3).
pub fn is_allowed(uri: &str) -> bool {
    let base = text::until(uri, b'?');
    let clean = uri.bytes().all(|byte| byte > b' ' && byte < 0x7f && byte != b'\\' && byte != b'#');
    clean && is_endpoint(base)
}

/// `scheme://authority` of an absolute address.
pub fn origin(uri: &str) -> &str {
    let authority = text::find(uri, "://").map_or(0, |index| index + 3);
    let rest = uri.get(authority..).unwrap_or_default();
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let end = end.unwrap_or(rest.len());
    uri.get(..authority + end).unwrap_or_default()
}

/// The configured address to come back to: the one asked for, else the one that is this page, else
/// the only one of this origin. Compared as whole strings, never in parts, never by the page's query
/// (RFC 9700, section 2.1). `page` is origin and path of the page.
///
/// # Errors
/// `Misuse` when none, or none unambiguously, fits.
pub fn choose<'a>(
    configured: &'a [String],
    asked: Option<&str>,
    page: &str,
) -> Result<&'a str, Misuse> {
    if let Some(asked) = asked {
        let found = configured.iter().find(|uri| *uri == asked);
        return found.map(String::as_str).ok_or(NOT_LISTED);
    }
    if let Some(same) = configured.iter().find(|uri| *uri == page) {
        return Ok(same);
    }
    let mut here = configured.iter().filter(|uri| origin(uri) == origin(page));
    match (here.next(), here.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(NONE_HERE),
        _ => Err(AMBIGUOUS),
    }
}

/// Whether a path may be returned to: relative and of this origin, however a browser reads it. No
/// scheme, no second slash of either kind at the start, and none of the characters that URL parsers
/// drop or turn into slashes (URL Standard, section 4.4).
pub fn is_return_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && bytes.next() != Some(b'/')
        && path.len() <= MAX_RETURN_LENGTH
        && path.bytes().all(|byte| byte >= b' ' && byte != b'\\' && byte != 0x7f)
}

const MAX_RETURN_LENGTH: usize = 2_048;
const NOT_LISTED: Misuse = Misuse("this address is not in the list of the oauth options");
const NONE_HERE: Misuse = Misuse("none of the addresses in the oauth options is of this origin");
const AMBIGUOUS: Misuse =
    Misuse("several addresses of the oauth options are of this origin: say which");
