//! HTTP: `fetch`, with a time limit on the whole exchange.

use gloo_net::http::{Headers, Method, RequestBuilder};
use js_sys::{Function, Reflect};
use lifeguard::host::SendError;
use lifeguard::protocol::http::HttpResponse;
use lifeguard::protocol::secret::Secret;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, AbortSignal, RequestCache, RequestCredentials, RequestInit};

use crate::abort::{OnAbort, is_aborted};
use crate::timer::Timer;

/// A request as the effect `send` describes it.
pub struct Request {
    /// `true`: `POST` with the body; `false`: `GET`.
    pub post: bool,
    /// Absolute URL.
    pub url: String,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// Body; may hold passwords, codes and tokens.
    pub body: Secret<String>,
    /// How long the whole exchange may take, in milliseconds.
    pub timeout_ms: u32,
    /// Whether the request must outlive the page.
    pub keep_alive: bool,
}

/// Sends a request and reads the whole reply, within the time limit of the request.
///
/// # Errors
/// Why there is no reply; `Aborted` when the signal aborts.
pub async fn send(
    request: &Request,
    signal: Option<&AbortSignal>,
) -> Result<HttpResponse, SendError> {
    if is_aborted(signal) {
        return Err(SendError::Aborted);
    }
    let controller = AbortController::new().map_err(|_| SendError::Network)?;
    let end = ending(&controller).ok_or(SendError::Network)?;
    let _timer = Timer::start(request.timeout_ms, &end, &JsValue::UNDEFINED);
    let _listener = OnAbort::new(signal, end);
    match exchange(request, &controller.signal()).await {
        Some(reply) => Ok(reply),
        None if is_aborted(signal) => Err(SendError::Aborted),
        None if controller.signal().aborted() => Err(SendError::TimedOut),
        None if is_offline() => Err(SendError::Offline),
        None => Err(SendError::Network),
    }
}

async fn exchange(request: &Request, signal: &AbortSignal) -> Option<HttpResponse> {
    let headers = Headers::new();
    for (name, value) in &request.headers {
        headers.set(name, value);
    }
    let builder = RequestBuilder::new(&request.url)
        .headers(headers)
        // No cookies, no cache: neither has a part in this protocol.
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(signal));
    let built = if request.post {
        let body = JsValue::from_str(request.body.expose("sent as the request's body"));
        builder.method(Method::POST).body(body)
    } else {
        builder.build()
    };
    let built = match request.keep_alive {
        true => kept_alive(built.ok()?),
        false => built.ok()?,
    };
    let reply = built.send().await.ok()?;
    let headers = reply.headers();
    Some(HttpResponse {
        status: reply.status(),
        error_type: headers.get("x-amzn-errortype"),
        error_message: headers.get("x-amzn-errormessage"),
        retry_after: headers.get("retry-after"),
        date: headers.get("date").and_then(|date| seconds_of(&date)),
        body: reply.text().await.ok()?,
    })
}

/// Unix seconds of an HTTP date (RFC 9110, section 5.6.7).
fn seconds_of(date: &str) -> Option<u64> {
    let ms = js_sys::Date::parse(date);
    ms.is_finite().then_some((ms / 1000.0) as u64)
}

/// A request that goes on when its page is left; an ordinary one where the browser cannot.
fn kept_alive(request: gloo_net::http::Request) -> gloo_net::http::Request {
    let request: web_sys::Request = request.into();
    let init = RequestInit::new();
    // web-sys does not know the member.
    let _ = Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE);
    web_sys::Request::new_with_request_and_init(&request, &init).unwrap_or(request).into()
}

/// A function that ends an exchange. The reason is bound to `undefined`: the event a listener gets
/// would become the reason, and the fetch would reject with something that is no error.
fn ending(controller: &AbortController) -> Option<Function> {
    let abort: Function = Reflect::get(controller, &"abort".into()).ok()?.dyn_into().ok()?;
    abort.bind1(controller, &JsValue::UNDEFINED).dyn_into().ok()
}

fn is_offline() -> bool {
    let online = Reflect::get(&js_sys::global(), &"navigator".into())
        .and_then(|navigator| Reflect::get(&navigator, &"onLine".into()));
    online.is_ok_and(|online| online == JsValue::FALSE)
}
