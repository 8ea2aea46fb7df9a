//! HTTP: `fetch`, with a time limit on the whole exchange.

use gloo_net::http::{Headers, Request, RequestBuilder};
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, AbortSignal, RequestCache, RequestCredentials, RequestInit};

use super::clock::is_aborted;
use super::host::{clear_timeout, set_timeout};
use crate::platform::SendError;
use crate::protocol::http::{HttpRequest, HttpResponse};

/// Sends a request and reads the whole reply.
pub(super) async fn send(
    request: &HttpRequest,
    timeout_ms: u32,
    signal: Option<&AbortSignal>,
) -> Result<HttpResponse, SendError> {
    if is_aborted(signal) {
        return Err(SendError::Aborted);
    }
    let limit = Limit::start(timeout_ms, signal).ok_or(SendError::Network)?;
    match exchange(request, &limit.controller.signal()).await {
        Some(reply) => Ok(reply),
        None if is_aborted(signal) => Err(SendError::Aborted),
        None if limit.controller.signal().aborted() => Err(SendError::TimedOut),
        None if is_offline() => Err(SendError::Offline),
        None => Err(SendError::Network),
    }
}

async fn exchange(request: &HttpRequest, signal: &AbortSignal) -> Option<HttpResponse> {
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
        builder.method(gloo_net::http::Method::POST).body(body)
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
fn kept_alive(request: Request) -> Request {
    let request: web_sys::Request = request.into();
    let init = RequestInit::new();
    // web-sys does not know the member.
    let _ = Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE);
    web_sys::Request::new_with_request_and_init(&request, &init).unwrap_or(request).into()
}

/// Ends an exchange when the time is up or the application says so.
struct Limit {
    controller: AbortController,
    timer: JsValue,
}

impl Limit {
    fn start(ms: u32, signal: Option<&AbortSignal>) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let abort = Reflect::get(&controller, &"abort".into()).ok()?;
        // The reason is bound to `undefined`: the event a listener gets would become the reason, and
        // the fetch would reject with something that is no error.
        let abort = abort.unchecked_into::<Function>().bind1(&controller, &JsValue::UNDEFINED);
        let abort: Function = abort.unchecked_into();
        let timer = set_timeout(&abort, ms, &JsValue::UNDEFINED);
        if let Some(signal) = signal {
            let _ = signal.add_event_listener_with_callback("abort", &abort);
        }
        Some(Self { controller, timer })
    }
}

impl Drop for Limit {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}

fn is_offline() -> bool {
    let online = Reflect::get(&js_sys::global(), &"navigator".into())
        .and_then(|navigator| Reflect::get(&navigator, &"onLine".into()));
    online.is_ok_and(|online| online == JsValue::FALSE)
}
