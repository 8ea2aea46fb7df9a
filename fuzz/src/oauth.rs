//! Requests to the local pool's OAuth endpoints and pages.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use lifeguard_dev_server::fuzzing::addresses;
use std::cell::RefCell;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;
use url::Url;

/// The server, and how many requests it has answered.
struct Pool {
    runtime: Runtime,
    router: Router,
    answered: u32,
}

thread_local! {
    static POOL: RefCell<Option<Pool>> = const { RefCell::new(None) };
}

/// The input is a request as it is sent: `GET /oauth2/authorize?…`, headers, an empty line, a form. It is answered,
/// never by a failure of the server; a browser is sent to a page of the server, a provider, or an address that the
/// client has registered, and never with a code, for nobody is signed in.
pub fn check(input: &[u8]) {
    let Some(request) = read(input) else { return };
    let path = request.uri().path().to_owned();
    let (status, location, body) = POOL.with_borrow_mut(|pool| {
        // Sign-ins and tokens pile up: another server now and then.
        let pool = match pool {
            Some(pool) if pool.answered < REQUESTS => pool,
            _ => pool.insert(open()),
        };
        pool.answered += 1;
        let Pool { runtime, router, .. } = pool;
        runtime.block_on(async {
            let response: Response<Body> = router.clone().oneshot(request).await.unwrap();
            let location = response.headers().get(header::LOCATION).cloned();
            let status = response.status();
            let body = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
            (status, location, body)
        })
    });
    let body = String::from_utf8_lossy(&body);
    assert!(!status.is_server_error(), "{path}: {status}: {body}");
    if let Some(location) = location {
        check_location(location.to_str().expect("an address in ASCII"));
    }
    if path == "/oauth2/token" && status == StatusCode::OK {
        panic!("tokens for nobody: {body}");
    }
}

fn open() -> Pool {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let router = addresses().unwrap();
    Pool { runtime, router, answered: 0 }
}

fn check_location(location: &str) {
    let base = Url::parse(SERVER).unwrap();
    let url = base.join(location).unwrap_or_else(|error| panic!("{location}: {error}"));
    let origin = url.origin().ascii_serialization();
    assert!([SERVER, APP, PROVIDER].contains(&origin.as_str()), "sent to {location}");
    if origin == APP {
        let parts = [url.query(), url.fragment()].into_iter().flatten();
        for part in parts {
            let mut pairs = url::form_urlencoded::parse(part.as_bytes());
            assert!(
                pairs.all(|(name, _)| !["code", "access_token", "id_token"].contains(&&*name)),
                "nobody is signed in: {location}"
            );
        }
    }
}

/// A request to one of the endpoints; nothing for others and for what no HTTP library would pass on.
fn read(input: &[u8]) -> Option<Request<Body>> {
    let end = input.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = match end {
        Some(end) => (&input[..end], &input[end + 2..]),
        None => (input, &[][..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, target) = first.split_once(' ')?;
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header(header::HOST, "localhost:9320")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for line in lines {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = std::str::from_utf8(&line[..at]).ok()?;
        if !["authorization", "cookie", "accept-language", "origin"].contains(&name) {
            return None;
        }
        request = request.header(name, line[at + 1..].trim_ascii());
    }
    let request = request.body(Body::from(body.to_vec())).ok()?;
    PATHS.contains(&request.uri().path()).then_some(request)
}

const REQUESTS: u32 = 20_000;
const SERVER: &str = "http://localhost:9320";
/// Where the client's callback and sign-out addresses are.
const APP: &str = "http://localhost:5173";
/// Where no identity provider is.
const PROVIDER: &str = "http://127.0.0.1:1";
const PATHS: &[&str] = &[
    "/oauth2/authorize",
    "/oauth2/token",
    "/oauth2/revoke",
    "/oauth2/userInfo",
    "/oauth2/idpresponse",
    "/saml2/idpresponse",
    "/login",
    "/logout",
    "/signup",
    "/forgotPassword",
];
