//! Where to send the person: the authorization request.

use sha2::{Digest, Sha256};

use super::flow::{self, ENTROPY, Flow};
use super::query::Query;
use super::{Settings, address};
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::text::{self, base64url};

/// What an application may say about a sign-in by redirect.
#[derive(Clone, Default)]
pub struct Request {
    /// One of the service's own providers, by the application's name for it.
    pub provider: Option<String>,
    /// A provider by the name it has in the pool.
    pub identity_provider: Option<String>,
    /// A provider by one of its identifiers.
    pub idp_identifier: Option<String>,
    /// What the person is expected to type.
    pub login_hint: Option<String>,
    /// `none`, `login`, `select_account`, `consent`.
    pub prompt: Option<String>,
    /// Language of the pages.
    pub lang: Option<String>,
    /// Scopes instead of the configured ones.
    pub scopes: Option<Vec<String>>,
    /// Path to go back to.
    pub return_to: Option<String>,
    /// The application's own state, as JSON text.
    pub app_state: Option<String>,
    /// Further parameters.
    pub extra: Vec<(String, String)>,
    /// Where the response is to arrive, of the configured addresses.
    pub redirect_uri: Option<String>,
    /// Whether the person is shown the sign-up page first.
    pub signs_up: bool,
    /// Whether the response arrives at the bridge page.
    pub by_bridge: bool,
    /// Name of the store the session goes to.
    pub store: String,
}

impl Request {
    /// Begins a flow: its record, and the parameters of the request. `page` is origin and path of
    /// the page, `now` Unix milliseconds.
    ///
    /// # Errors
    /// `Misuse` when something of it cannot be asked for.
    pub fn begin(
        self,
        settings: &Settings,
        pool: &Pool,
        page: &str,
        entropy: &[u8; ENTROPY],
        now: u64,
    ) -> Result<(Flow, String), Misuse> {
        let redirect_uri = match self.by_bridge {
            true => settings.bridge_uri(page)?,
            false => settings.redirect_uri(self.redirect_uri.as_deref(), page)?,
        };
        if self.return_to.as_deref().is_some_and(|path| !address::is_return_path(path)) {
            return Err(BAD_RETURN);
        }
        if self.app_state.as_ref().is_some_and(|state| state.len() > MAX_APP_STATE) {
            return Err(BIG_STATE);
        }
        if self.extra.iter().any(|(name, _)| RESERVED.contains(&name.as_str())) {
            return Err(RESERVED_NAME);
        }
        let (name, value) = self.identity()?;
        // A silent check that names the pool's own people would find them only.
        let is_silent = self.prompt.as_deref() == Some("none");
        let identity = value.filter(|value| !(is_silent && value == "COGNITO"));

        let scopes = self.scopes.as_deref().unwrap_or(settings.scopes());
        let max_age = self.extra.iter().find(|(name, _)| name == "max_age");
        let max_age = match max_age {
            Some((_, seconds)) => Some(text::whole_number(seconds).ok_or(BAD_MAX_AGE)?),
            None => None,
        };
        let (state, nonce, verifier) = flow::make_names(entropy);
        let challenge = Sha256::digest(verifier.expose("hashed, RFC 7636, section 4.2").as_bytes());
        let mut query = Query::default()
            // SECURITY: the code flow with S256, and no way to ask for another.
            .with("response_type", "code")
            .with("client_id", pool.client_id())
            .with("redirect_uri", redirect_uri)
            .with("state", &state)
            .with("nonce", nonce.expose("sent, to come back in the ID token"))
            .with("code_challenge", &base64url(&challenge))
            .with("code_challenge_method", "S256");
        if !scopes.is_empty() {
            query = query.with("scope", &text::join(scopes, " "));
        }
        query = query
            .with_some(name, identity.as_deref())
            .with_some("login_hint", self.login_hint.as_deref())
            .with_some("prompt", self.prompt.as_deref())
            .with_some("lang", self.lang.as_deref());
        for (name, value) in &self.extra {
            query = query.with(name, value);
        }
        let flow = Flow {
            state,
            nonce,
            verifier,
            domain: String::from(settings.domain()),
            redirect_uri: String::from(redirect_uri),
            started_at: now,
            store: self.store,
            return_to: self.return_to,
            app_state: self.app_state,
            wants_id: scopes.iter().any(|scope| scope == "openid"),
            max_age,
        };
        Ok((flow, query.text()))
    }

    /// Which parameter names the provider, and its value.
    fn identity(&self) -> Result<(&'static str, Option<String>), Misuse> {
        let named = match self.provider.as_deref() {
            Some("Apple") => Some("SignInWithApple"),
            Some("Amazon") => Some("LoginWithAmazon"),
            other => other,
        };
        match (named, &self.identity_provider, &self.idp_identifier) {
            (Some(name), None, None) => Ok((PROVIDER, Some(String::from(name)))),
            (None, name, None) => Ok((PROVIDER, name.clone())),
            (None, None, identifier) => Ok((IDENTIFIER, identifier.clone())),
            _ => Err(TWO_PROVIDERS),
        }
    }
}

/// Reads the input of the page: `RedirectInput` of `js/types/redirect.ts`, with the application's
/// state as JSON text.
pub fn read_request(input: &Value) -> Request {
    let text = |name| input.string(name);
    Request {
        provider: text("provider"),
        identity_provider: text("identityProvider"),
        idp_identifier: text("idpIdentifier"),
        login_hint: text("loginHint"),
        prompt: text("prompt"),
        lang: text("lang"),
        scopes: input.get("scopes").map(Value::strings),
        return_to: text("returnTo"),
        app_state: text("appState"),
        extra: input.get("extra").map(Value::string_pairs).unwrap_or_default(),
        redirect_uri: text("redirectUri"),
        signs_up: input.str("screen") == Some("signUp"),
        by_bridge: input.is_true("byBridge"),
        store: text("store").unwrap_or_default(),
    }
}

const PROVIDER: &str = "identity_provider";
const IDENTIFIER: &str = "idp_identifier";
/// What the flow itself depends on, and ways to weaken it.
const RESERVED: &[&str] = &[
    "response_type",
    "response_mode",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
    PROVIDER,
    IDENTIFIER,
    "login_hint",
    "prompt",
    "lang",
];
const MAX_APP_STATE: usize = 4_096;
const BAD_RETURN: Misuse =
    Misuse("returnTo must be a path of this origin, beginning with one slash");
const BIG_STATE: Misuse = Misuse("appState must be at most 4096 bytes of JSON");
const BAD_MAX_AGE: Misuse = Misuse("extra.max_age must be a whole number of seconds");
const RESERVED_NAME: Misuse = Misuse("extra must not replace a parameter of the flow");
const TWO_PROVIDERS: Misuse =
    Misuse("name one of provider, identityProvider and idpIdentifier only");
