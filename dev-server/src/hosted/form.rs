//! A request as it came: its query, its form, its cookies.

use super::trouble::Trouble;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use url::form_urlencoded;

/// Parameters in the order they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`.
    pub(super) fn read(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// A parameter's value; an empty one is absent (RFC 6749, section 3.1).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A parameter's value, or no text.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Whether any parameter came more than once, which RFC 6749 forbids.
    pub(super) fn repeated(&self) -> Option<&str> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(*one),
            _ => None,
        })
    }

    /// The same without some of them.
    pub(super) fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// The same with one of them set.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without(&[name]);
        changed.0.push((name.to_owned(), value.to_owned()));
        changed
    }

    /// As a query, without the question mark.
    pub(super) fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// Each name and value whose name begins with a prefix, without it.
    pub(super) fn prefixed<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| {
            Some((name.strip_prefix(prefix)?, value.as_str()))
                .filter(|(_, value)| !value.is_empty())
        })
    }
}

/// A request whose body was read.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) query: Parameters,
    pub(super) form: Parameters,
    pub(super) headers: HeaderMap,
}

impl Call {
    /// Reads a request. A body of another type than a form is refused.
    pub(super) async fn read(request: Request) -> Result<Self, Trouble> {
        let (parts, body) = request.into_parts();
        let query = Parameters::read(parts.uri.query().unwrap_or_default().as_bytes());
        let malformed = || Trouble::json("invalid_request", "The request body could not be read");
        let body = axum::body::to_bytes(body, 1 << 20).await.map_err(|_| malformed())?;
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_form = content_type.split(';').next().is_some_and(|kind| {
            kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
        if parts.method == Method::POST && !body.is_empty() && !is_form {
            let text = "Send the parameters as application/x-www-form-urlencoded";
            return Err(Trouble::json("invalid_request", text));
        }
        Ok(Self { query, form: Parameters::read(&body), headers: parts.headers })
    }

    /// A cookie's value.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all(header::COOKIE).iter();
        lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';')).find_map(
            |pair| {
                let (known, value) = pair.trim().split_once('=')?;
                (known == name).then_some(value)
            },
        )
    }
}
