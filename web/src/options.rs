//! What an application configures.

use crate::storage::StorageObject;

/// An app client of a user pool, and how to use it. Everything but the two ids has a default.
///
/// ```no_run
/// use lifeguard_web::{Auth, AuthOptions, Persistence};
///
/// # fn main() -> Result<(), lifeguard_web::AuthError> {
/// let auth = Auth::new(AuthOptions {
///     persistence: Persistence::Session,
///     allow: vec![String::from("https://api.example.com/v1")],
///     ..AuthOptions::new("eu-west-1_Ab12Cd34E", "1example23456789")
/// })?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AuthOptions {
    /// Id of the user pool: `eu-west-1_Ab12Cd34E`.
    pub user_pool_id: String,
    /// Id of an app client without a secret: a browser cannot keep one.
    pub client_id: String,
    /// Where requests go. Default: the service's address in the pool's region. Another one is for a
    /// proxy of one's own, or the local pool of the development server.
    pub endpoint: Option<String>,
    /// Where sessions are stored, unless a sign-in says otherwise.
    pub persistence: Persistence,
    /// A store of the application in place of `localStorage`: an object with `getItem`, `setItem`
    /// and `removeItem`, which may answer with promises.
    pub storage: Option<StorageObject>,
    /// How long one attempt of a request may take, in milliseconds. Default 15,000.
    pub timeout_ms: u32,
    /// Whether the stored session of amazon-cognito-identity-js and Amplify is kept in step with
    /// ours, for pages of one origin that still use them. Default `false`: it is taken over once.
    pub keeps_legacy_keys: bool,
    /// Addresses that [`Auth::fetch`](crate::Auth::fetch) sends a token to: absolute, by https (http
    /// on localhost). A path covers itself and what is below it. Default: none.
    pub allow: Vec<String>,
    /// Which token is sent there.
    pub token: TokenKind,
}

/// Where a session is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Persistence {
    /// `localStorage`: outlives the browser, for all tabs.
    #[default]
    Local,
    /// `sessionStorage`: ends with the tab.
    Session,
    /// Ends with the page.
    Memory,
}

/// A token of the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenKind {
    /// The access token.
    #[default]
    Access,
    /// The ID token.
    Id,
}

impl AuthOptions {
    /// Options with every default.
    pub fn new(user_pool_id: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self {
            user_pool_id: user_pool_id.into(),
            client_id: client_id.into(),
            endpoint: None,
            persistence: Persistence::Local,
            storage: None,
            timeout_ms: 15_000,
            keeps_legacy_keys: false,
            allow: Vec::new(),
            token: TokenKind::Access,
        }
    }
}

impl Persistence {
    /// The name that the core knows it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Session => "session",
            Self::Memory => "memory",
        }
    }
}
