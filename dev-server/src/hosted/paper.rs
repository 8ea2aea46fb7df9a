//! What every page is written on: its frame, its style, the headers that keep it safe. The page of an error needs no more.

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

/// What every page has.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// The client's name.
    pub(super) app: String,
    /// What the page's forms carry.
    pub(super) mark: String,
    pub(super) alert: Option<String>,
    pub(super) notice: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    error: &'a str,
    text: &'a str,
}

/// The page that ends a request which no app may be told about.
pub(super) fn error(status: StatusCode, error: &str, text: &str) -> Response<Body> {
    let frame = Frame { app: "Managed login".to_owned(), ..Frame::default() };
    render(status, &ErrorPage { frame, error, text }, None)
}

/// `GET /hosted/style.css`.
pub(super) async fn style() -> Response<Body> {
    let mut response = Response::new(Body::from(include_str!("pages/style.css")));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=300"));
    response
}

pub(super) fn render(
    status: StatusCode,
    page: &impl Template,
    form_target: Option<&str>,
) -> Response<Body> {
    let Ok(html) = page.render() else {
        let mut response = Response::new(Body::from("The page could not be written."));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return response;
    };
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    // A form's target includes where its answer redirects to, in Chromium.
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self' {}",
        form_target.unwrap_or_default()
    );
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(policy.trim_end()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
