use super::*;

const ID: &str = "eu-west-1:11111111-2222-4333-8444-555555555555";
const NOW: u64 = 784_887_151_000;
/// Tue, 15 Nov 1994 08:12:31 GMT
const DATE: u64 = 784_887_151;

fn reply(expiration: f64) -> Value {
    let credentials = Value::object()
        .with("AccessKeyId", "ASIA")
        .with("SecretKey", "secret")
        .with("SessionToken", "token")
        .with("Expiration", expiration);
    Value::object().with("IdentityId", "eu-west-1:x").with("Credentials", credentials)
}

#[test]
fn every_partition_has_its_host_and_an_endpoint_takes_its_place() {
    let url = |id, endpoint| IdentityPool::parse(id, endpoint, false).unwrap().url;
    let china = ID.replace("eu-west-1", "cn-north-1");

    assert_eq!(url(ID, None), "https://cognito-identity.eu-west-1.amazonaws.com/");
    assert_eq!(url(&china, None), "https://cognito-identity.cn-north-1.amazonaws.com.cn/");
    assert_eq!(url(ID, Some("http://localhost:9320/")), "http://localhost:9320/");
}

#[test]
fn malformed_ids_and_endpoints_are_refused() {
    for id in ["", "eu-west-1", "eu-west-1:", "evil.example/:11111111-2222-4333-8444-555555555555"]
    {
        assert!(IdentityPool::parse(id, None, false).is_err(), "{id}");
    }
    for endpoint in ["http://example.com", "//x", "https://a?b"] {
        assert!(IdentityPool::parse(ID, Some(endpoint), false).is_err(), "{endpoint}");
    }
}

#[test]
fn a_user_pool_is_named_by_its_issuer_whatever_its_endpoint() {
    let endpoint = Some("http://localhost:9320");
    let pool = Pool::parse("eu-west-1_Ab12", "client1", endpoint).unwrap();

    let logins = logins(&pool, &Secret::new(String::from("t")));

    assert_eq!(logins.write(), r#"{"cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12":"t"}"#);
}

#[test]
fn the_end_is_told_in_this_devices_time() {
    let hour = 3_600_000;
    let expiration = (NOW + hour) as f64 / 1000.0;

    for (device, date, expires_at) in [
        (NOW, Some(DATE), NOW + hour),
        (NOW - 86_400_000, Some(DATE), NOW - 86_400_000 + hour),
        (NOW + 86_400_000, Some(DATE), NOW + 86_400_000 + hour),
        (NOW, None, NOW + hour),
    ] {
        let credentials = Credentials::read(&reply(expiration), device, date).unwrap();

        assert_eq!(credentials.expires_at, expires_at);
        if date.is_some() {
            assert_eq!(credentials.service_time(device), NOW);
        }
    }
}

#[test]
fn credentials_are_fresh_until_an_sdk_would_want_others() {
    let credentials =
        Credentials::read(&reply((NOW + 3_600_000) as f64 / 1000.0), NOW, None).unwrap();

    let minutes = |minutes: u64| NOW + minutes * 60_000;
    assert!(credentials.is_fresh(minutes(0)) && credentials.is_fresh(minutes(53)));
    assert!(!credentials.is_fresh(minutes(54)) && credentials.is_live(minutes(54)));
    assert!(!credentials.is_live(minutes(60)));
    assert!(!credentials.is_live(NOW - 60_000), "the clock went back: nothing is known");
}

#[test]
fn what_is_missing_is_named() {
    for (text, name) in [
        ("{}", "Credentials"),
        (r#"{"Credentials":{"Expiration":1}}"#, "IdentityId"),
        (r#"{"IdentityId":"x","Credentials":{}}"#, "Expiration"),
        (r#"{"IdentityId":"x","Credentials":{"Expiration":1}}"#, "AccessKeyId"),
    ] {
        let read = Credentials::read(&Value::parse(text).unwrap(), NOW, None);
        assert_eq!(read.err(), Some(Violation::MissingMember(name)));
    }
}

#[test]
fn stored_credentials_are_read_by_their_holder_only() {
    let pool = IdentityPool::parse(ID, None, true).unwrap();
    let other = IdentityPool::parse(&ID.replace("1111", "2222"), None, true).unwrap();
    let credentials = Credentials::read(&reply(1e9), NOW, Some(DATE)).unwrap();

    let text = credentials.write(&pool, "epoch1");

    let read = Credentials::read_stored(&text, &pool, "epoch1").unwrap();
    assert_eq!(read.write(&pool, "epoch1"), text);
    assert!(Credentials::read_stored(&text, &pool, "epoch2").is_none());
    assert!(Credentials::read_stored(&text, &pool, "").is_none());
    assert!(Credentials::read_stored(&text, &other, "epoch1").is_none());
    assert!(Credentials::read_stored("{}", &pool, "epoch1").is_none());
    // No clock is so far off, and it could not be written again.
    let absurd = text.replace("\"aheadMs\":", "\"aheadMs\":1e300,\"was\":");
    assert_ne!(absurd, text);
    assert!(Credentials::read_stored(&absurd, &pool, "epoch1").is_none());
}
