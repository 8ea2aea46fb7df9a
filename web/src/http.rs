//! Requests to one's own API with the user's token, sent to listed addresses only.

use std::fmt;

use gloo_net::http::{Request, Response};
use web_sys::{RequestInit, RequestRedirect, Url};

use crate::error::AuthError;
use crate::options::TokenKind;
use crate::{Auth, Session};

/// Why [`Auth::fetch`] has no response.
#[derive(Debug)]
pub enum FetchError {
    /// There is no token, or the list of addresses is wrong.
    Auth(AuthError),
    /// The browser's own error: no connection, CORS, a redirect of a request with a token.
    Network(gloo_net::Error),
}

/// An address that tokens are sent to.
pub(crate) struct Allowed {
    origin: String,
    path: String,
}

impl Allowed {
    /// Reads the application's list.
    pub(crate) fn read_all(list: &[String]) -> Result<Vec<Self>, AuthError> {
        list.iter().map(|text| Self::read(text)).collect()
    }

    fn read(text: &str) -> Result<Self, AuthError> {
        let url =
            Url::new(text).map_err(|_| AuthError::misuse("allow takes absolute addresses"))?;
        let host = url.hostname();
        let is_local = host == "localhost"
            || host == "[::1]"
            || host.ends_with(".localhost")
            || (host.starts_with("127.") && host.split('.').all(|part| part.parse::<u8>().is_ok()));
        if url.protocol() != "https:" && !(url.protocol() == "http:" && is_local) {
            return Err(AuthError::misuse("allow takes https addresses only (http on localhost)"));
        }
        Ok(Self { origin: url.origin(), path: url.pathname() })
    }

    /// `/v1` covers `/v1` and `/v1/x`, not `/v10`.
    fn covers(&self, url: &Url) -> bool {
        let path = url.pathname();
        let rest = path.strip_prefix(self.path.trim_end_matches('/'));
        url.origin() == self.origin
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Sends a request; see [`Auth::fetch`].
pub(crate) async fn fetch(auth: &Auth, request: Request) -> Result<Response, FetchError> {
    let url = Url::new(&request.url()).map_err(|_| AuthError::misuse("the address is no URL"))?;
    let token = match auth.allowed().iter().any(|allowed| allowed.covers(&url)) {
        true => token_of(auth, auth.session().await?),
        false => None,
    };
    let Some(token) = token else { return Ok(request.send().await?) };
    // A body that is a stream can be read once only.
    let request: web_sys::Request = request.into();
    let again = request.clone().ok();
    let reply = send(&request, &token).await?;
    let Some(again) = again.filter(|_| reply.status() == 401) else { return Ok(reply) };
    let mut newer = token_of(auth, auth.session().await?);
    if newer.as_deref() == Some(&token) {
        newer = token_of(auth, auth.refresh().await?);
    }
    match newer {
        Some(newer) if newer != token => Ok(send(&again, &newer).await?),
        _ => Ok(reply),
    }
}

fn token_of(auth: &Auth, session: Option<Session>) -> Option<String> {
    match auth.token_kind() {
        TokenKind::Access => session.map(|session| session.access_token),
        TokenKind::Id => session?.id_token,
    }
}

async fn send(request: &web_sys::Request, token: &str) -> Result<Response, gloo_net::Error> {
    let init = RequestInit::new();
    // SECURITY: the token must not cross to another origin, and browsers differ in what they strip.
    init.set_redirect(RequestRedirect::Error);
    let made: Request = web_sys::Request::new_with_request_and_init(request, &init)
        .map_err(|_| gloo_net::Error::GlooError(String::from("the request cannot carry a token")))?
        .into();
    made.headers().set("authorization", &["Bearer ", token].concat());
    made.send().await
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auth(error) => error.fmt(f),
            Self::Network(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FetchError {}

impl From<AuthError> for FetchError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl From<gloo_net::Error> for FetchError {
    fn from(error: gloo_net::Error) -> Self {
        Self::Network(error)
    }
}
