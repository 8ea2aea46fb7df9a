use super::*;
use crate::protocol::refusal::Kind;

const KEY: &str =
    r#""credentials":{"accessKeyId":"ASIA1","secretAccessKey":"s","sessionToken":"t"}"#;

fn input(rest: &str) -> String {
    ["{", KEY, rest, "}"].concat()
}

#[test]
fn an_administrators_calls_are_signed_for_the_pools_region_and_carry_no_token() {
    let (script, client) = (Script::default(), page());
    script.on("AdminGetUser", &Value::object().with("Username", "bob").with("Enabled", true));

    let user = task(&client, &script, "adminGetUser", &input(r#","username":"bob""#)).ok().unwrap();

    assert_eq!(
        user.write(),
        r#"{"username":"bob","enabled":true,"attributes":{},"mfaEnabled":[]}"#
    );
    let headers = script.0.headers.take();
    let header = |name: &str| {
        headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap()
    };
    // NOW is 2026-05-28.
    assert!(header("authorization").starts_with(
        "AWS4-HMAC-SHA256 Credential=ASIA1/20260528/eu-west-1/cognito-idp/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target;x-amz-user-agent, Signature="
    ));
    assert_eq!(header("x-amz-security-token"), "t");
    assert_eq!(script.only_sent().write(), r#"{"UserPoolId":"eu-west-1_Ab12","Username":"bob"}"#);
}

#[test]
fn a_wrong_clock_is_corrected_once_from_the_services_date() {
    let (script, client) = (Script::default(), page());
    script.0.date.set(Some(1_440_938_160));
    let skewed = |script: &Script| {
        script.refuse("ListUsers", "InvalidSignatureException", "Signature not yet current");
    };

    skewed(&script);
    script.on("ListUsers", &Value::object());
    assert!(task(&client, &script, "listUsers", &input("")).is_ok());
    let date = script.0.headers.take().into_iter().rfind(|(name, _)| *name == "x-amz-date");
    assert_eq!(date.unwrap().1, "20150830T123600Z");

    skewed(&script);
    skewed(&script);
    let Err(Error::Refused(refusal)) = task(&client, &script, "listUsers", &input("")) else {
        panic!("not refused")
    };
    assert_eq!(refusal.kind, Kind::Credentials);
    assert_eq!(script.sent().len(), 4);
}

#[test]
fn without_credentials_nothing_is_sent() {
    let (script, client) = (Script::default(), page());

    for input in ["{}", r#"{"credentials":{}}"#, r#"{"credentials":{"accessKeyId":"A"}}"#] {
        let asked = task(&client, &script, "listUsers", input);
        assert!(matches!(asked, Err(Error::Misuse(_))), "{input}");
    }

    assert!(script.sent().is_empty());
}
