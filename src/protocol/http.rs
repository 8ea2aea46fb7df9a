//! Requests and replies as plain data.

use super::secret::Secret;
use super::text;

/// A request for the host to send.
pub struct HttpRequest {
    /// `true`: `POST` with the body; `false`: `GET`.
    pub post: bool,
    /// Absolute URL. Never holds a secret.
    pub url: String,
    /// Header names (lower case) and values.
    pub headers: Vec<(&'static str, String)>,
    /// Body; may hold passwords, codes and tokens.
    pub body: Secret<String>,
    /// How long one attempt may take, in milliseconds.
    pub timeout_ms: u32,
    /// Whether the request must outlive the page (sign-out while leaving).
    pub keep_alive: bool,
}

/// A reply, of whatever status.
pub struct HttpResponse {
    /// HTTP status code.
    pub status: u16,
    /// `x-amzn-errortype`, where the reply has one.
    pub error_type: Option<String>,
    /// `x-amzn-errormessage`, where the reply has one.
    pub error_message: Option<String>,
    /// `retry-after` in seconds, where the reply has one.
    pub retry_after: Option<String>,
    /// `date` of the server in Unix seconds, where it can be read.
    pub date: Option<u64>,
    /// Body as text.
    pub body: String,
}

impl HttpResponse {
    /// `retry-after`, where it is a number of seconds.
    pub fn retry_after_seconds(&self) -> Option<u32> {
        let seconds = text::whole_number(self.retry_after.as_deref()?.trim_ascii())?;
        u32::try_from(seconds).ok()
    }
}
