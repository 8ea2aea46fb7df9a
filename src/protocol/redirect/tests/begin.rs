use super::*;
use crate::protocol::redirect::flow::{LIFETIME_MS, MAX_FLOWS, sweep};
use crate::protocol::redirect::sign_out;
use crate::protocol::text::base64_decode;

#[test]
fn the_code_flow_with_s256_is_all_there_is() {
    let (flow, sent) = begin(Request::default()).ok().unwrap();

    assert_eq!(value(&sent, "response_type"), Some("code"));
    assert_eq!(value(&sent, "code_challenge_method"), Some("S256"));
    assert_eq!(value(&sent, "client_id"), Some("client1"));
    assert_eq!(value(&sent, "redirect_uri"), Some(PAGE));
    assert_eq!(value(&sent, "scope"), Some("openid email"));
    assert_eq!(value(&sent, "state"), Some(flow.state.as_str()));
    assert_eq!(value(&sent, "nonce"), Some(flow.nonce.expose("test").as_str()));
    assert!(sent.iter().all(|(_, value)| value != flow.verifier.expose("test")));
}

/// RFC 7636, appendix B.
#[test]
fn the_challenge_is_that_of_the_rfc() {
    let mut entropy = [0; ENTROPY];
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    entropy[48..].copy_from_slice(&base64_decode(verifier).unwrap());

    let (flow, sent) = begin_with(Request::default(), &entropy).ok().unwrap();

    assert_eq!(flow.verifier.expose("test"), verifier);
    let expected = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    assert_eq!(value(&sent, "code_challenge"), Some(expected));
}

#[test]
fn every_random_bit_reaches_state_nonce_or_verifier() {
    let names = |entropy: &[u8; ENTROPY]| {
        let flow = begin_with(Request::default(), entropy).ok().unwrap().0;
        let (nonce, verifier) = (flow.nonce.expose("test"), flow.verifier.expose("test"));
        let state = flow.state.strip_prefix("lg.").unwrap();
        assert_eq!((state.len(), nonce.len(), verifier.len()), (32, 32, 43));
        [state, nonce.as_str(), verifier].concat()
    };
    let none = names(&[0; ENTROPY]);
    for bit in 0..ENTROPY * 8 {
        let mut entropy = [0; ENTROPY];
        entropy[bit / 8] = 1 << (bit % 8);
        let one = names(&entropy);
        let differing = none.chars().zip(one.chars()).filter(|(a, b)| a != b).count();
        assert_eq!(differing, 1, "bit {bit}");
        let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(one.chars().all(is_safe));
    }
}

/// `js/redirect/callback.ts` compares with the same text.
#[test]
fn every_state_begins_with_the_prefix_and_needs_no_escaping() {
    let (flow, query) = Request::default()
        .begin(&settings(), &pool(), PAGE, &[0xff; ENTROPY], NOW)
        .map_err(|misuse| misuse.0)
        .unwrap();

    assert_eq!(flow.state, format!("lg.{}", "_".repeat(32)));
    assert!(query.contains(&format!("&state={}&", flow.state)));
}

#[test]
fn a_provider_is_named_in_one_way() {
    let name = |text: &str| Some(String::from(text));
    let provider = |text| Request { provider: name(text), ..Request::default() };
    for (request, parameter, expected) in [
        (provider("Google"), "identity_provider", "Google"),
        (provider("Apple"), "identity_provider", "SignInWithApple"),
        (provider("Amazon"), "identity_provider", "LoginWithAmazon"),
        (provider("COGNITO"), "identity_provider", "COGNITO"),
        (
            Request { identity_provider: name("Company"), ..Request::default() },
            "identity_provider",
            "Company",
        ),
        (
            Request { idp_identifier: name("example.com"), ..Request::default() },
            "idp_identifier",
            "example.com",
        ),
    ] {
        let sent = begin(request).ok().unwrap().1;
        assert_eq!(value(&sent, parameter), Some(expected));
        let other =
            if parameter == "idp_identifier" { "identity_provider" } else { "idp_identifier" };
        assert_eq!(value(&sent, other), None);
    }
    let two = Request { idp_identifier: name("x"), ..provider("Google") };
    assert!(begin(two).is_err());
    let two = Request { identity_provider: name("x"), ..provider("Google") };
    assert!(begin(two).is_err());
}

#[test]
fn a_silent_check_looks_for_everybody() {
    let silent = |provider: &str| Request {
        provider: Some(String::from(provider)),
        prompt: Some(String::from("none")),
        ..Request::default()
    };

    assert_eq!(value(&begin(silent("COGNITO")).ok().unwrap().1, "identity_provider"), None);
    let google = begin(silent("Google")).ok().unwrap().1;
    assert_eq!(value(&google, "identity_provider"), Some("Google"));
}

#[test]
fn no_parameter_of_the_flow_can_be_replaced() {
    for name in [
        "response_type",
        "response_mode",
        "client_id",
        "client_secret",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "request",
        "request_uri",
        "identity_provider",
        "idp_identifier",
        "prompt",
    ] {
        let extra = vec![(String::from(name), String::from("x"))];
        assert!(begin(Request { extra, ..Request::default() }).is_err(), "{name}");
    }
    let extra = vec![(String::from("resource"), String::from("https://api.example/?a&b"))];
    let sent = begin(Request { extra, ..Request::default() }).ok().unwrap().1;
    assert_eq!(value(&sent, "resource"), Some("https://api.example/?a&b"));
}

#[test]
fn what_cannot_be_asked_for_is_refused_before_anything_is_sent() {
    let text = |text: &str| Some(String::from(text));
    let extra = vec![(String::from("max_age"), String::from("soon"))];
    for request in [
        Request { return_to: text("https://evil.example/"), ..Request::default() },
        Request { return_to: text("javascript:alert(1)"), ..Request::default() },
        Request { app_state: text(&"x".repeat(4_097)), ..Request::default() },
        Request { redirect_uri: text("https://app.example/other"), ..Request::default() },
        Request { extra, ..Request::default() },
    ] {
        assert!(begin(request).is_err());
    }
}

#[test]
fn a_record_comes_back_whole_to_its_own_client_only() {
    let request = Request {
        return_to: Some(String::from("/orders")),
        app_state: Some(String::from(r#"{"pi":3.14159}"#)),
        store: String::from("session"),
        extra: vec![(String::from("max_age"), String::from("60"))],
        ..Request::default()
    };
    let text = begin(request).ok().unwrap().0.write(&pool());

    let read = Flow::read(&text, &pool()).unwrap();

    assert_eq!(read.write(&pool()), text);
    assert_eq!(read.app_state.as_deref(), Some(r#"{"pi":3.14159}"#));
    assert_eq!((read.max_age, read.wants_id), (Some(60), true));
    let other_client = Pool::parse("eu-west-1_Ab12", "client2", None).unwrap();
    let other_pool = Pool::parse("eu-west-1_Cd34", "client1", None).unwrap();
    assert!(Flow::read(&text, &other_client).is_none());
    assert!(Flow::read(&text, &other_pool).is_none());
    for torn in ["", "null", "{}", &text[..text.len() - 1], &text.replace(r#""v":1"#, r#""v":2"#)] {
        assert!(Flow::read(torn, &pool()).is_none());
    }
}

#[test]
fn a_flow_ends_by_itself() {
    let flow = flow();

    for (ms, expired) in [
        (0, false),
        (LIFETIME_MS as i64 - 1, false),
        (LIFETIME_MS as i64, true),
        (-60_000, false),
        (-60_001, true),
    ] {
        assert_eq!(flow.is_expired(NOW.saturating_add_signed(ms)), expired, "{ms}");
    }
}

#[test]
fn old_torn_and_surplus_records_go() {
    let record = |started: u64| {
        Flow { started_at: started, ..flow() }
            .write(&Pool::parse("eu-west-1_Zz", "other", None).unwrap())
    };
    let mut kept: Vec<_> =
        (0..MAX_FLOWS as u64 + 2).map(|n| (format!("k{n}"), record(NOW - 1_000 + n))).collect();
    kept.push((String::from("old"), record(NOW - LIFETIME_MS)));
    kept.push((String::from("torn"), String::from("{\"v\":")));

    let mut gone = sweep(&kept, NOW);

    gone.sort();
    assert_eq!(gone, ["k0", "k1", "k2", "old", "torn"]);
    assert!(sweep(&kept[5..7], NOW).is_empty());
}

#[test]
fn signing_out_names_a_listed_address() {
    let url = |asked, page| sign_out::url(&settings(), &pool(), asked, page).ok();

    let here =
        "https://login.example/logout?client_id=client1&logout_uri=https%3A%2F%2Fapp.example%2F";
    assert_eq!(url(None, PAGE).as_deref(), Some(here));
    assert!(url(Some("https://www.example/bye"), PAGE).unwrap().ends_with("www.example%2Fbye"));
    assert_eq!(url(Some("https://evil.example/"), PAGE), None);
}
