//! One sign-in by redirect, from the page that begins it to the page that gets the response: its
//! record is kept in this browser under the flow's state, used once, and ends by itself.

use crate::protocol::json::Value;
use crate::protocol::pool::Pool;
use crate::protocol::secret::Secret;
use crate::protocol::text::base64url;

/// What must be known again when the response arrives.
#[derive(Clone)]
pub struct Flow {
    /// Tells this flow's response from all others; [`STATE_PREFIX`] and 192 random bits.
    pub state: String,
    /// Must come back in the ID token; 192 random bits.
    pub nonce: Secret<String>,
    /// PKCE's secret; 256 random bits (RFC 7636, section 4.1).
    pub verifier: Secret<String>,
    /// The domain the code may be redeemed at.
    pub domain: String,
    /// Where the response arrives; redeeming names it again.
    pub redirect_uri: String,
    /// When it began, in milliseconds of this device's clock.
    pub started_at: u64,
    /// Name of the store the session goes to.
    pub store: String,
    /// Path to go back to.
    pub return_to: Option<String>,
    /// The application's own state, as JSON text.
    pub app_state: Option<String>,
    /// Whether an ID token must come.
    pub wants_id: bool,
    /// Age of the authentication that was asked for, in seconds.
    pub max_age: Option<u64>,
}

/// Random bytes that a flow is made of: for state, nonce and verifier.
pub const ENTROPY: usize = 24 + 24 + 32;

/// How every state begins: `js/redirect/callback.ts` leaves responses with other states to the
/// application. Other services send it a code and a state, too.
pub const STATE_PREFIX: &str = "lg.";

/// The three random texts of a flow. Base64url has as many letters as six bits have values, so no
/// letter is likelier than another, and none of them needs escaping in a URL.
pub fn make_names(entropy: &[u8; ENTROPY]) -> (String, Secret<String>, Secret<String>) {
    let (state, rest) = entropy.split_at(24);
    let (nonce, verifier) = rest.split_at(24);
    let state = [STATE_PREFIX, &base64url(state)].concat();
    (state, Secret::new(base64url(nonce)), Secret::new(base64url(verifier)))
}

impl Flow {
    /// The record's text. The pool and its client stand in it: a response is for the client that
    /// asked for it (RFC 9700, section 4.4).
    pub fn write(&self, pool: &Pool) -> String {
        Value::object()
            .with("v", VERSION)
            .with("pool", pool.id())
            .with("client", pool.client_id())
            .with("state", self.state.as_str())
            .with("nonce", self.nonce.expose("kept for the response").as_str())
            .with("verifier", self.verifier.expose("kept for the response").as_str())
            .with("domain", self.domain.as_str())
            .with("redirectUri", self.redirect_uri.as_str())
            .with("startedAt", self.started_at)
            .with("store", self.store.as_str())
            .with_some("returnTo", self.return_to.as_deref())
            .with_some("appState", self.app_state.as_deref())
            .with("wantsId", self.wants_id)
            .with_some("maxAge", self.max_age)
            .write()
    }

    /// Reads a record. `None` for a torn one, and for one of another pool or client.
    pub fn read(text: &str, pool: &Pool) -> Option<Self> {
        let record = Value::parse(text)?;
        if record.number("v") != Some(VERSION)
            || record.str("pool") != Some(pool.id())
            || record.str("client") != Some(pool.client_id())
        {
            return None;
        }
        Some(Self {
            state: record.string("state")?,
            nonce: record.string("nonce").map(Secret::new)?,
            verifier: record.string("verifier").map(Secret::new)?,
            domain: record.string("domain")?,
            redirect_uri: record.string("redirectUri")?,
            started_at: record.number("startedAt")? as u64,
            store: record.string("store")?,
            return_to: record.string("returnTo"),
            app_state: record.string("appState"),
            wants_id: record.is_true("wantsId"),
            max_age: record.number("maxAge").map(|seconds| seconds as u64),
        })
    }

    /// Whether it took too long. A beginning in the future tells that the clock was set back since.
    pub fn is_expired(&self, now: u64) -> bool {
        is_expired(self.started_at, now)
    }
}

/// Which of the records that lie in this browser (key and text, of whatever pool) are to go before
/// another flow begins: the expired, the unreadable, and the oldest beyond what is kept.
pub fn sweep(records: &[(String, String)], now: u64) -> Vec<String> {
    let started = |text: &str| Value::parse(text)?.number("startedAt").map(|at| at as u64);
    let (mut live, mut gone) = (Vec::new(), Vec::new());
    for (key, text) in records {
        match started(text) {
            Some(at) if !is_expired(at, now) => live.push((at, key)),
            _ => gone.push(key.clone()),
        }
    }
    while live.len() >= MAX_FLOWS {
        let Some(&oldest) = live.iter().min() else { break };
        gone.push(oldest.1.clone());
        live.retain(|one| *one != oldest);
    }
    gone
}

fn is_expired(started_at: u64, now: u64) -> bool {
    now >= started_at.saturating_add(LIFETIME_MS) || started_at > now.saturating_add(CLOCK_STEP_MS)
}

/// How long a person may take, in milliseconds.
pub const LIFETIME_MS: u64 = 10 * 60_000;
/// Flows of a browser that may wait at once, of all pools together.
pub const MAX_FLOWS: usize = 16;
/// Steps back that a clock takes while somebody signs in.
const CLOCK_STEP_MS: u64 = 60_000;
const VERSION: f64 = 1.0;
