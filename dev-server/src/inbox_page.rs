//! `GET /_dev/inbox.html`: the inbox for people. The page reads `/_dev/inbox` as any script would.

use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse};

const PAGE: &str = include_str!("inbox_page.html");

/// Messages hold what anybody typed as a user name: nothing but this page's own script may run.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page.
pub(crate) async fn page() -> impl IntoResponse {
    let headers: [(HeaderName, &str); 2] =
        [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-store")];
    (headers, Html(PAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn page_is_html_that_runs_only_its_own_script() {
        let response = page().await.into_response();

        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        // Text that people typed enters the page as text, never as markup.
        assert!(!PAGE.contains("innerHTML") && !PAGE.contains("insertAdjacentHTML"));
    }
}
