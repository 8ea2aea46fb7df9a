//! What arrives at the application's address, with what was kept of the flow.

use crate::fixture::{CLIENT_ID, NOW, POOL_ID, pool};
use crate::host::Run;
use lifeguard::protocol::json::Value;
use lifeguard::protocol::redirect::flow::{MAX_FLOWS, sweep};
use lifeguard::protocol::redirect::response::{self, Failure};
use lifeguard::protocol::redirect::{Flow, Settings, address, query};
use lifeguard::protocol::refusal::Kind;
use url::{Url, form_urlencoded};

/// The first line is the query of a response, the rest the record of a flow (or the options of `createAuth`). A
/// response never counts for a flow of another state, and a code is the one that the query names.
pub fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (response, record) = text.split_once('\n').unwrap_or((text, ""));
    let flow = Flow::read(record, &pool());
    let read = response::read(response, flow.as_ref(), &pool(), NOW);
    let answered = !matches!(&read, Err(Failure::Refused(no)) if no.kind == Kind::RedirectState);
    if answered {
        let flow = flow.as_ref().expect("no response counts without its flow");
        assert_eq!(all(response, "state"), [flow.state.as_str()]);
    }
    if let Ok(code) = &read {
        assert_eq!(all(response, "code"), [code.expose("compared").as_str()]);
        assert_eq!(all(response, "error"), [""; 0]);
    }
    finish(response, record, read.is_ok());
    parameters(response);
    kept(record);
    options(record);
}

/// The values of a parameter, by somebody else's reader.
fn all(query: &str, name: &str) -> Vec<String> {
    let query = query.trim_start_matches(['?', '#']);
    let pairs = form_urlencoded::parse(query.as_bytes());
    pairs.filter(|(found, _)| found == name).map(|(_, value)| value.into_owned()).collect()
}

/// The whole operation: a request goes out for a response that counts, and for no other.
fn finish(response: &str, record: &str, is_sent: bool) {
    let input = Value::object().with("response", response).with("record", record);
    let mut run = Run::new("finishRedirect", input);
    let output = run.until_send();
    match output.get("effect") {
        Some(effect) => {
            assert!(is_sent, "a request for a response that does not count");
            assert_eq!(effect.str("kind"), Some("send"));
            assert!(effect.str("url").unwrap().ends_with("/oauth2/token"));
        }
        None => assert!(!is_sent && run.stores().is_empty()),
    }
}

/// What was well-formed reads as others read it, and writes so that they read the same.
fn parameters(text: &str) {
    let ours = query::parameters(text);
    let text = text.trim_start_matches(['?', '#']);
    let theirs: Vec<_> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    assert_eq!(ours.len(), theirs.len(), "{text}");
    let mut written = query::Query::default();
    for (ours, (name, value)) in ours.iter().zip(&theirs) {
        assert!(
            !ours.is_well_formed || (ours.name == *name && ours.value == *value),
            "{text}: {name}={value}"
        );
        written = written.with(&ours.name, &ours.value);
    }
    let written = written.text();
    let again = form_urlencoded::parse(written.as_bytes()).into_owned();
    let kept: Vec<_> = ours.into_iter().map(|one| (one.name, one.value)).collect();
    assert_eq!(again.collect::<Vec<_>>(), kept, "{written}");
}

fn kept(record: &str) {
    if let Some(flow) = Flow::read(record, &pool()) {
        let written = flow.write(&pool());
        let again = Flow::read(&written, &pool()).expect("what is written is read");
        assert_eq!(written, again.write(&pool()));
    }
    let records: Vec<_> =
        (0..MAX_FLOWS + 2).map(|index| (index.to_string(), String::from(record))).collect();
    assert!(sweep(&records, NOW).len() > 2, "no more are kept than may wait");
}

/// Addresses that are allowed are what a browser takes them for.
fn options(text: &str) {
    let Some(options) = Value::parse(text) else { return };
    let page = options.str("page").unwrap_or("https://app.example.com/");
    let Ok(settings) = Settings::read(&options) else { return };
    for uri in options.get("redirectUris").map(Value::strings).unwrap_or_default() {
        // One that no browser can read leads nowhere.
        let Ok(url) = Url::parse(&uri) else { continue };
        assert!(matches!(url.scheme(), "https" | "http") && url.fragment().is_none(), "{uri}");
        assert!(url.username().is_empty() && url.password().is_none(), "{uri}");
    }
    if let Ok(uri) = settings.redirect_uri(options.str("redirectUri"), page) {
        assert_eq!(address::origin(uri), address::origin(page));
    }
    if let Some(path) = options.str("returnTo").filter(|path| address::is_return_path(path)) {
        let base = Url::parse("https://app.example.com/").unwrap();
        let url = base.join(path).unwrap_or_else(|error| panic!("allowed: {path}: {error}"));
        assert_eq!(url.origin(), base.origin(), "{path}");
    }
    let config = Value::object().with("userPoolId", POOL_ID).with("clientId", CLIENT_ID);
    let input = Value::object().with("oauth", options.clone()).with("page", page);
    Run::with_config("beginRedirect", input, config).until_send();
}
