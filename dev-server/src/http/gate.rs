//! Who may knock at all. A browser lets any web page send requests to loopback, so what the request says of itself
//! is looked at before anything is done: under which name it found this server, and from which page it comes.

use super::reply::{frame, set};
use crate::dispatch;
use crate::refusal::Refusal;
use crate::server::Server;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::middleware::Next;
use std::net::IpAddr;
use std::sync::Arc;
use url::{Host, Url};

/// The layer around every address of the server.
pub(crate) async fn gate(
    State(server): State<Arc<Server>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    // SECURITY: DNS rebinding: a page of another site reaches loopback under its own site's name.
    if !is_known_name(&server, &request) {
        return refuse(
            "This server answers to localhost, 127.0.0.1, [::1] and its public URL only; --allow-host adds a name.",
        );
    }
    // SECURITY: of two origins, the one that is looked at need not be the one that asks.
    if request.headers().get_all(header::ORIGIN).iter().nth(1).is_some() {
        return refuse("Pages of this origin may not do this; a request has one Origin.");
    }
    if !is_guarded(&request) {
        return next.run(request).await;
    }
    // SECURITY: what a developer or an administrator may do is no business of other sites' pages.
    let origin = request.headers().get(header::ORIGIN).cloned();
    if origin.as_ref().is_some_and(|origin| !is_known_origin(&server, origin)) {
        return refuse(
            "Pages of this origin may not do this; --app-url adds the address of an app.",
        );
    }
    let mut response = next.run(request).await;
    answer_only(response.headers_mut(), origin);
    response
}

/// Control of the server, and of the pools.
fn is_guarded(request: &Request) -> bool {
    let path = request.uri().path();
    if path == "/_dev" || path.starts_with("/_dev/") {
        return true;
    }
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    path == "/" && target.is_some_and(dispatch::is_signed)
}

fn is_known_name(server: &Server, request: &Request) -> bool {
    let mut names = request.headers().get_all(header::HOST).iter();
    let (Some(name), None) = (names.next(), names.next()) else { return false };
    let Ok(name) = name.to_str() else { return false };
    let is_known = |authority: &str| {
        host_of_authority(authority).is_some_and(|host| answers_to(server, &host))
    };
    // A proxy's form of a request names the server a second time.
    is_known(name) && request.uri().authority().is_none_or(|other| is_known(other.as_str()))
}

fn answers_to(server: &Server, host: &Host) -> bool {
    let reach = &server.reach;
    let is_address = matches!(host, Host::Ipv4(_) | Host::Ipv6(_));
    is_loopback(host)
        || host_of(&server.public_url).as_ref() == Some(host)
        || reach.hosts.iter().any(|known| known == host)
        // No rebinding leads to a bare address.
        || (reach.by_any_address && is_address)
}

/// A page of this machine, of this server, or of an app that it was told of.
fn is_known_origin(server: &Server, origin: &HeaderValue) -> bool {
    let Some(url) = origin.to_str().ok().and_then(|text| Url::parse(text).ok()) else {
        return false;
    };
    if url.host().is_some_and(|host| is_loopback(&host.to_owned())) {
        return true;
    }
    let is_same = |known: &str| {
        Url::parse(known)
            .is_ok_and(|known| known.origin().is_tuple() && known.origin() == url.origin())
    };
    is_same(&server.public_url) || server.app_urls().iter().any(|known| is_same(known))
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).to_canonical().is_loopback(),
    }
}

/// The host of an address, if it is one and names no user.
pub(crate) fn host_of(url: &str) -> Option<Host> {
    let url = Url::parse(url).ok()?;
    let is_bare = url.username().is_empty() && url.password().is_none();
    url.host().filter(|_| is_bare).map(|host| host.to_owned())
}

/// The host that `Host` or `--allow-host` names, if that is nothing but a name and perhaps a port.
pub(crate) fn host_of_authority(authority: &str) -> Option<Host> {
    // The parser of addresses would take these for the end of the name, or leave them out.
    let is_more = |letter: char| "/\\?#@".contains(letter) || letter.is_ascii_whitespace();
    if authority.contains(is_more) {
        return None;
    }
    host_of(&format!("http://{authority}"))
}

/// Only the page that asked may read the answer.
fn answer_only(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    match origin {
        Some(origin) => headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
        None => headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN),
    };
}

fn refuse(text: &str) -> Response<Body> {
    let refusal = Refusal::new("AccessDeniedException", text).with_status(StatusCode::FORBIDDEN);
    let mut response = frame(Err(refusal), "");
    set(response.headers_mut(), "cache-control", "no-store");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_told_from_those_that_only_look_like_it() {
        for (name, is_it) in [
            ("localhost", true),
            ("LOCALHOST:9320", true),
            ("localhost.:9320", true),
            ("app.localhost", true),
            ("127.0.0.1:80", true),
            ("127.1", true),
            ("[::1]:9320", true),
            ("[::ffff:127.0.0.1]", true),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("evillocalhost", false),
            ("10.0.0.1", false),
        ] {
            let host = host_of_authority(name).unwrap();

            assert_eq!(is_loopback(&host), is_it, "{name}");
        }
    }

    #[test]
    fn name_with_more_than_a_port_behind_it_is_none() {
        for text in [
            "",
            "a b",
            "localhost@evil.example",
            "evil.example@localhost",
            "evil.example:x",
            "localhost:99999",
            "localhost/evil.example",
            "localhost\\evil.example",
            "localhost?evil.example",
            "localhost#evil.example",
            "local\thost",
            "http://localhost",
        ] {
            assert_eq!(host_of_authority(text), None, "{text}");
        }
    }
}
