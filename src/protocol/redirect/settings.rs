//! What the application says about the pool's domain: parsed once, wrong never.

use super::address;
use crate::protocol::error::Misuse;
use crate::protocol::json::Value;
use crate::protocol::pool::is_endpoint;
use crate::protocol::text;

/// The pool's domain and the application's addresses.
#[derive(Clone)]
pub struct Settings {
    domain: String,
    redirect_uris: Vec<String>,
    logout_uris: Vec<String>,
    popup_uri: Option<String>,
    scopes: Vec<String>,
}

impl Settings {
    /// Reads `{ domain, redirectUris, logoutUris?, popupUri?, scopes? }`.
    ///
    /// The authorization and the token endpoint are both of this one domain (RFC 9700, section
    /// 4.4.2).
    ///
    /// # Errors
    /// `Misuse` with the fix.
    pub fn read(options: &Value) -> Result<Self, Misuse> {
        let list = |name| options.get(name).map(Value::strings).unwrap_or_default();
        let settings = Self {
            domain: options.str("domain").and_then(parse_domain).ok_or(BAD_DOMAIN)?,
            redirect_uris: list("redirectUris"),
            logout_uris: list("logoutUris"),
            popup_uri: options.string("popupUri"),
            scopes: list("scopes"),
        };
        let mut addresses = settings.redirect_uris.iter().chain(&settings.logout_uris);
        if !addresses.all(|uri| address::is_allowed(uri))
            || settings.popup_uri.as_deref().is_some_and(|uri| !address::is_allowed(uri))
        {
            return Err(BAD_ADDRESS);
        }
        Ok(settings)
    }

    /// Address of a page or endpoint of the domain; `path` begins with a slash.
    pub fn url(&self, path: &str) -> String {
        [&self.domain, path].concat()
    }

    /// The domain as a base URL.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Scopes to ask for; none: all that the client may have.
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Where the response to a redirect arrives.
    ///
    /// # Errors
    /// As [`address::choose`].
    pub fn redirect_uri(&self, asked: Option<&str>, page: &str) -> Result<&str, Misuse> {
        let uri = address::choose(&self.redirect_uris, asked, page)?;
        // The flow's record lies in this origin's storage: nowhere else can the response be used.
        if address::origin(uri) == address::origin(page) { Ok(uri) } else { Err(OTHER_ORIGIN) }
    }

    /// Where the response to a popup or a frame arrives: the bridge page.
    ///
    /// # Errors
    /// There is none, or of another origin.
    pub fn bridge_uri(&self, page: &str) -> Result<&str, Misuse> {
        let uri = self.popup_uri.as_deref().ok_or(NO_BRIDGE)?;
        if address::origin(uri) == address::origin(page) { Ok(uri) } else { Err(OTHER_ORIGIN) }
    }

    /// Where a person arrives who signed out.
    ///
    /// # Errors
    /// As [`address::choose`].
    pub fn logout_uri(&self, asked: Option<&str>, page: &str) -> Result<&str, Misuse> {
        address::choose(&self.logout_uris, asked, page)
    }
}

/// A host name, or a base URL as for a custom endpoint.
fn parse_domain(text: &str) -> Option<String> {
    let text = text::without_end(text, b'/');
    let url = if text::has(text, "://") {
        String::from(text)
    } else if text.bytes().any(|byte| matches!(byte, b'/' | b':')) {
        return None;
    } else {
        ["https://", text].concat()
    };
    is_endpoint(&url).then_some(url)
}

const BAD_DOMAIN: Misuse = Misuse(
    "oauth.domain must be the host name of the pool's domain, or a base URL (http on localhost only)",
);
const BAD_ADDRESS: Misuse = Misuse(
    "oauth.redirectUris, logoutUris and popupUri must be absolute https URLs (http on localhost only) without fragment",
);
const NO_BRIDGE: Misuse = Misuse("oauth.popupUri must name the bridge page, see docs/redirect.md");
const OTHER_ORIGIN: Misuse =
    Misuse("the response must arrive at the origin that asks for it: open the page there");
