use proptest::prelude::*;

use super::*;
use crate::protocol::redirect::address::{choose, is_allowed, is_return_path, origin};

fn list(all: &[&str]) -> Vec<String> {
    all.iter().copied().map(String::from).collect()
}

#[test]
fn responses_arrive_at_https_or_this_machine_only() {
    for uri in [
        "https://app.example",
        "https://app.example/back?tenant=1",
        "http://localhost:5173/",
        "http://127.0.0.1/x",
    ] {
        assert!(is_allowed(uri), "{uri}");
    }
    for uri in [
        "http://app.example/",
        "https://app.example/#x",
        "https://user@app.example/",
        "//app.example/",
        "/back",
        "javascript:alert(1)",
        "https://app.example/a b",
        "https://app.example\\@evil.example/",
        "http://localhost.evil.example/",
        "",
    ] {
        assert!(!is_allowed(uri), "{uri}");
    }
}

#[test]
fn the_address_is_chosen_as_a_whole_and_never_by_a_part() {
    let configured = list(&["https://app.example/", "https://app.example/back"]);
    let only = list(&["https://app.example/back", "https://other.example/back"]);
    for (configured, asked, page, expected) in [
        (&configured, None, "https://app.example/", Some("https://app.example/")),
        (&configured, None, "https://app.example/back", Some("https://app.example/back")),
        (&configured, None, "https://app.example/back/", None),
        (&configured, None, "https://app.example/else", None),
        (
            &configured,
            Some("https://app.example/back"),
            "https://app.example/",
            Some("https://app.example/back"),
        ),
        (&configured, Some("https://app.example/ba"), "https://app.example/", None),
        (&configured, Some("https://app.example/back?x"), "https://app.example/", None),
        (&only, None, "https://app.example/anywhere", Some("https://app.example/back")),
        (&only, None, "https://app.example.evil/", None),
        (&only, None, "https://evil.example/?https://app.example/back", None),
        (&only, None, "http://app.example/", None),
        (&only, None, "https://app.example:444/", None),
    ] {
        assert_eq!(choose(configured, asked, page).ok(), expected, "{asked:?} on {page}");
    }
}

#[test]
fn an_origin_ends_where_the_path_begins() {
    for (uri, expected) in [
        ("https://app.example/x?y", "https://app.example"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("https://app.example?x=/y", "https://app.example"),
        ("", ""),
    ] {
        assert_eq!(origin(uri), expected);
    }
}

#[test]
fn only_a_path_of_this_origin_is_returned_to() {
    for path in ["/", "/orders?id=1#top", "/a//b", "/%5c", "/ä"] {
        assert!(is_return_path(path), "{path}");
    }
    for path in [
        "",
        "orders",
        "//evil.example",
        "/\\evil.example",
        "/a\\..\\b",
        "/\t/evil.example",
        "/\n/evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        " /x",
        "/\u{7f}",
        &["/", &"x".repeat(2_048)].concat(),
    ] {
        assert!(!is_return_path(path), "{path:?}");
    }
}

#[test]
fn a_domain_is_a_host_name_or_a_base_url() {
    let read = |domain: &str| {
        let options = Value::object().with("domain", domain);
        Settings::read(&options).ok().map(|settings| settings.url("/logout"))
    };
    for (domain, expected) in [
        ("login.example", "https://login.example/logout"),
        (
            "my.auth.eu-west-1.amazoncognito.com",
            "https://my.auth.eu-west-1.amazoncognito.com/logout",
        ),
        ("https://login.example/", "https://login.example/logout"),
        ("http://localhost:9320", "http://localhost:9320/logout"),
    ] {
        assert_eq!(read(domain).as_deref(), Some(expected));
    }
    for domain in [
        "",
        "http://login.example",
        "login.example/x",
        "a b",
        "login.example?x",
        "javascript:x",
        "//x",
    ] {
        assert_eq!(read(domain), None, "{domain}");
    }
}

#[test]
fn nothing_is_accepted_in_a_list_that_must_not_be_used() {
    for member in ["redirectUris", "logoutUris"] {
        let uris = Value::from_strings(&["https://app.example/", "http://app.example/"]);
        let options = Value::object().with("domain", "login.example").with(member, uris);
        assert!(Settings::read(&options).is_err(), "{member}");
    }
    let options = Value::object().with("domain", "x.example").with("popupUri", "http://x.example/");
    assert!(Settings::read(&options).is_err());
}

#[test]
fn a_response_never_arrives_at_another_origin() {
    let settings = settings();

    assert!(
        settings.redirect_uri(Some("https://app.example/back"), "https://www.example/").is_err()
    );
    assert!(settings.bridge_uri("https://www.example/").is_err());
    assert_eq!(settings.bridge_uri(PAGE).ok(), Some("https://app.example/bridge.html"));
    // Whoever has signed out may well arrive elsewhere.
    let bye = "https://www.example/bye";
    assert_eq!(settings.logout_uri(Some(bye), PAGE).ok(), Some(bye));
    assert!(settings.logout_uri(Some("https://www.example/"), PAGE).is_err());
}

proptest! {
    /// The `url` crate reads as browsers do.
    #[test]
    fn what_is_returned_to_is_of_this_origin_for_a_url_parser(
        path in "[/\\\\a:@.?#%\t\n\r é-]{0,12}|\\PC{0,12}",
    ) {
        let base = url::Url::parse(PAGE).unwrap();
        if is_return_path(&path) {
            prop_assert_eq!(base.join(&path).unwrap().origin(), base.origin());
        }
    }

    #[test]
    fn an_origin_is_the_one_of_a_url_parser(path in "[a-z/?#@:.]{0,12}") {
        let uri = format!("https://app.example/{path}");
        if is_allowed(&uri) {
            let parsed = url::Url::parse(&uri).unwrap();
            prop_assert_eq!(origin(&uri), parsed.origin().ascii_serialization());
        }
    }

    #[test]
    fn an_allowed_address_is_https_or_local_for_a_url_parser(
        uri in "(https?|ftp)://[a-z0-9.:@\\[\\]/\\\\?#]{0,16}",
    ) {
        if is_allowed(&uri) && let Ok(parsed) = url::Url::parse(&uri) {
            prop_assert!(parsed.username().is_empty() && parsed.fragment().is_none());
            let host = parsed.host_str().unwrap_or_default();
            let is_local = host.ends_with("localhost") || host.starts_with("127.") || host == "[::1]";
            prop_assert!(parsed.scheme() == "https" || is_local, "{}", uri);
        }
    }

    #[test]
    fn a_query_comes_back_as_it_was(pairs in prop::collection::vec(("\\PC{0,8}", ".{0,12}"), 0..6)) {
        let mut query = crate::protocol::redirect::query::Query::default();
        for (name, value) in &pairs {
            query = query.with(name, value);
        }
        let text = query.text();
        let safe = |c: char| c.is_ascii_alphanumeric() || "-._~%=&".contains(c);
        prop_assert!(text.chars().all(safe));
        let read: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        prop_assert_eq!(&read, &pairs);
        prop_assert_eq!(crate::protocol::redirect::query::parse(&text).unwrap(), pairs);
    }

    #[test]
    fn any_query_is_read_or_refused_without_a_panic(text in "[?&=+%0-9a-fé]{0,24}|\\PC{0,24}") {
        if let Some(read) = crate::protocol::redirect::query::parse(&text) {
            prop_assert!(read.len() <= text.len() + 1);
        }
    }
}
