//! The object that applications hold.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo_net::http::{Request, Response};
use lifeguard::protocol::json::Value;
use serde::de::DeserializeOwned;

use crate::driver::Driver;
use crate::error::AuthError;
use crate::events::{Events, Hub};
use crate::follow::Following;
use crate::http::{Allowed, FetchError};
use crate::options::{AuthOptions, Persistence, TokenKind};
use crate::session::{Session, User};
use crate::sign_in::SignedOut;
use crate::task::finished;
use crate::{http, json};

/// Sign-in for one app client of one user pool. Cheap to clone: all clones are one. It does nothing
/// before its first call.
///
/// A call whose future is dropped is finished all the same.
///
/// ```no_run
/// use lifeguard_web::{Auth, AuthOptions, SignIn, SignInRequest};
///
/// # async fn run() -> Result<(), lifeguard_web::AuthError> {
/// let auth = Auth::new(AuthOptions::new("eu-west-1_Ab12Cd34E", "1example23456789"))?;
/// match auth.sign_in(SignInRequest::password("alice", "correct horse")).await? {
///     SignIn::SignedIn(user) => assert_eq!(auth.user().await?, Some(user)),
///     SignIn::Challenge(challenge) => { /* prompt for it, then `auth.answer_challenge` */ }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Auth {
    inner: Rc<Inner>,
}

struct Inner {
    driver: Driver,
    client_id: String,
    persistence: Persistence,
    allowed: Vec<Allowed>,
    token: TokenKind,
    hub: Rc<Hub>,
    following: RefCell<Weak<Following>>,
}

impl Auth {
    /// Checks the options; nothing is sent or read.
    ///
    /// # Errors
    /// [`Misuse`](crate::ErrorCode::Misuse) for an id, an endpoint or an address that is malformed.
    pub fn new(options: AuthOptions) -> Result<Self, AuthError> {
        let allowed = Allowed::read_all(&options.allow)?;
        let hub = Rc::<Hub>::default();
        let heard = Rc::clone(&hub);
        let driver = Driver::of_options(&options, move |event| heard.emit(event))?;
        let inner = Inner {
            driver,
            client_id: options.client_id,
            persistence: options.persistence,
            allowed,
            token: options.token,
            hub,
            following: RefCell::default(),
        };
        Ok(Self { inner: Rc::new(inner) })
    }

    /// The live session, refreshed where it has to be; `None`: nobody is signed in.
    ///
    /// # Errors
    /// A refresh without an answer of the service, once the access token has ended: `offline`,
    /// `network`, `timeout`, `serviceUnavailable`. The user stays signed in.
    pub async fn session(&self) -> Result<Option<Session>, AuthError> {
        self.read_session(Value::object()).await
    }

    /// As [`Auth::session`], with new tokens in any case: after a change of attributes or groups.
    ///
    /// # Errors
    /// As [`Auth::session`], and where the service does not answer.
    pub async fn refresh(&self) -> Result<Option<Session>, AuthError> {
        self.read_session(Value::object().with("forceRefresh", true)).await
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// As [`Auth::session`].
    pub async fn user(&self) -> Result<Option<User>, AuthError> {
        Ok(self.session().await?.map(|session| session.user))
    }

    /// An access token that can be sent now.
    ///
    /// # Errors
    /// As [`Auth::session`].
    pub async fn access_token(&self) -> Result<Option<String>, AuthError> {
        Ok(self.session().await?.map(|session| session.access_token))
    }

    /// The user's claims as a type of the application: see [`User::claims`].
    ///
    /// # Errors
    /// As [`Auth::session`] and [`User::claims`].
    pub async fn claims<T: DeserializeOwned>(&self) -> Result<Option<T>, AuthError> {
        self.user().await?.map(|user| user.claims()).transpose()
    }

    /// Signs out: first in this browser, offline too, then at the service. `everywhere`: on all
    /// devices of the user.
    ///
    /// # Errors
    /// None is known: what the service did not confirm is in the result.
    pub async fn sign_out(&self, everywhere: bool) -> Result<SignedOut, AuthError> {
        self.typed("signOut", Value::object().with("global", everywhere)).await
    }

    /// What happens to the session from now on, in this page and in other tabs. As long as a stream
    /// lives, tokens are refreshed ahead of time.
    ///
    /// ```no_run
    /// # use lifeguard_web::{Auth, AuthEvent};
    /// # async fn follow(auth: Auth) {
    /// let mut events = auth.events();
    /// while let AuthEvent::SignedIn { .. } | AuthEvent::Refreshed { .. } = events.next().await {}
    /// # }
    /// ```
    #[must_use]
    pub fn events(&self) -> Events {
        let current = self.inner.following.borrow().upgrade();
        let following =
            current.unwrap_or_else(|| {
                let auth = self.clone();
                let begun = Following::begin(&self.inner.client_id, move |hint| {
                    let auth = auth.clone();
                    async move {
                        auth.call("wake", hint).await.ok()?.number("againMs").map(|ms| ms as u32)
                    }
                });
                self.inner.following.replace(Rc::downgrade(&begun));
                begun
            });
        self.inner.hub.subscribe(following)
    }

    /// Sends a request with the user's token to an address of [`AuthOptions::allow`], and without
    /// one anywhere else. A response 401 leads to one retry with newer tokens. A redirect ends a
    /// request that carries a token.
    ///
    /// ```no_run
    /// # async fn run(auth: lifeguard_web::Auth) -> Result<(), Box<dyn std::error::Error>> {
    /// use gloo_net::http::Request;
    ///
    /// let reply = auth.fetch(Request::get("https://api.example.com/v1/notes").build()?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// See [`FetchError`]. A response of any status is no error.
    pub async fn fetch(&self, request: Request) -> Result<Response, FetchError> {
        http::fetch(self, request).await
    }

    pub(crate) fn allowed(&self) -> &[Allowed] {
        &self.inner.allowed
    }

    pub(crate) fn token_kind(&self) -> TokenKind {
        self.inner.token
    }

    pub(crate) fn persistence(&self) -> Persistence {
        self.inner.persistence
    }

    async fn read_session(&self, input: Value) -> Result<Option<Session>, AuthError> {
        let found = self.call("session", input).await?;
        found.str("record").map(Session::read).transpose()
    }

    /// Runs an operation of the core and reads its output as a type.
    pub(crate) async fn typed<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        input: Value,
    ) -> Result<T, AuthError> {
        json::read(&self.call(operation, input).await?)
    }

    /// Runs an operation of the core.
    pub(crate) async fn call(
        &self,
        operation: &'static str,
        input: Value,
    ) -> Result<Value, AuthError> {
        let inner = Rc::clone(&self.inner);
        finished(async move {
            let result = inner.driver.call(operation, &input).await;
            result.map_err(|failure| AuthError::of_core(&failure))
        })
        .await
    }
}
