use super::*;
use crate::operations::devices;
use crate::protocol::device::Device;

const KEY: &str = "eu-west-1_device";

fn load(script: &Script, page: &Page, login: &str) -> Option<Device> {
    let found = script.run(page, |client, host| Ok(devices::load(client, host, login)?));
    found.ok().unwrap()
}

fn device_key(call: &(String, Value)) -> Option<&str> {
    let input = &call.1;
    let pairs = input.get("AuthParameters").or_else(|| input.get("ChallengeResponses"));
    pairs?.str("DEVICE_KEY")
}

#[test]
fn a_new_device_is_confirmed_and_named_next_time_under_alias_and_user_name() {
    let script = Script::default();
    script.on("InitiateAuth", &tokens(Some(KEY))).on("ConfirmDevice", &Value::object());

    let Ok(Outcome::SignedIn { unconfirmed_device, .. }) = sign_in(&page(), &script) else {
        panic!("not signed in");
    };

    assert_eq!(unconfirmed_device, None);
    let sent = script.sent();
    assert_eq!(device_key(&sent[0]), None);
    let (_, confirm) = &sent[1];
    assert_eq!(confirm.str("DeviceKey"), Some(KEY));
    assert_eq!(confirm.str("DeviceName"), Some("a browser"));
    assert!(confirm.get("DeviceSecretVerifierConfig").unwrap().str("PasswordVerifier").is_some());
    for login in ["alice@example.com", "alice-id"] {
        let device = load(&script, &page(), login).unwrap();
        assert_eq!(device.key, KEY, "{login}");
    }
    let stored = script.stored(Store::Lasting);
    assert_eq!(stored.matches("groupKey").count(), 1, "one copy of the device's password");
    assert!(!stored.contains("alice@example.com"), "{stored}");

    script.on("InitiateAuth", &tokens(None));
    assert!(sign_in(&page(), &script).is_ok());
    assert_eq!(device_key(&script.sent()[0]), Some(KEY));
}

#[test]
fn a_pool_that_leaves_it_to_the_person_makes_the_page_ask() {
    let script = Script::default();
    let ask = Value::object().with("UserConfirmationNecessary", true);
    script.on("InitiateAuth", &tokens(Some(KEY))).on("ConfirmDevice", &ask);

    let Ok(Outcome::SignedIn { unconfirmed_device, stored }) = sign_in(&page(), &script) else {
        panic!("not signed in");
    };

    assert_eq!(unconfirmed_device.as_deref(), Some(KEY));
    assert_eq!(
        stored.record.session.device_key.as_deref(),
        Some(KEY),
        "a refresh must name it all the same"
    );
}

#[test]
fn a_device_that_cannot_be_confirmed_costs_nothing_but_a_second_factor_next_time() {
    let script = Script::default();
    script.on("InitiateAuth", &tokens(Some(KEY))).refuse(
        "ConfirmDevice",
        "InvalidParameterException",
        "Invalid device key given.",
    );

    assert!(matches!(sign_in(&page(), &script), Ok(Outcome::SignedIn { .. })));

    assert!(load(&script, &page(), "alice-id").is_none());
}

#[test]
fn a_device_the_service_forgot_is_forgotten_here_under_every_name() {
    let script = Script::default();
    signed_in(&script, Some(KEY));
    script
        .refuse("InitiateAuth", "ResourceNotFoundException", "Device does not exist.")
        .on("InitiateAuth", &challenge("SMS_MFA", "s1"));

    let asked = question(sign_in(&page(), &script));

    let sent = script.sent();
    assert_eq!((device_key(&sent[0]), device_key(&sent[1])), (Some(KEY), None));
    for login in ["alice@example.com", "alice-id"] {
        assert!(load(&script, &page(), login).is_none(), "{login}");
    }
    script.on("RespondToAuthChallenge", &tokens(None));
    let code = Some(Answer::Code(secret("123456")));
    assert!(answer(&page(), &script, asked, code).is_ok());
    assert_eq!(device_key(&script.sent()[0]), None);
}

#[test]
fn a_device_whose_proof_is_refused_is_forgotten_and_the_sign_in_begins_again() {
    let script = Script::default();
    signed_in(&script, Some(KEY));
    let incorrect = "Incorrect username or password.";
    script.on("InitiateAuth", &challenge("DEVICE_SRP_AUTH", "s1")).refuse(
        "RespondToAuthChallenge",
        "NotAuthorizedException",
        incorrect,
    );

    let Err(Error::Restart(_, asked)) = sign_in(&page(), &script) else { panic!("no restart") };

    assert!(load(&script, &page(), "alice@example.com").is_none());
    script.sent();
    script.on("InitiateAuth", &tokens(None));
    let password = Some(Answer::Password(secret(PASSWORD)));
    assert!(answer(&page(), &script, *asked, password).is_ok());
    assert_eq!(device_key(&script.sent()[0]), None);
}

#[test]
fn a_device_known_by_the_user_name_alone_is_named_once_the_service_tells_it() {
    let script = Script::default();
    signed_in(&script, Some(KEY));
    let other = Start {
        username: String::from("+15550100"),
        password: None,
        flow: Flow::Choice,
        preferred: None,
        session: None,
        extras: Extras::default(),
        device: None,
    };
    let client = page();
    script.on("InitiateAuth", &challenge("SMS_OTP", "s1"));

    let asked =
        question(script.run(&client, |client, host| {
            sign_in::start(client, host, Store::Lasting, other.clone())
        }));
    script.on("RespondToAuthChallenge", &tokens(None));
    assert!(answer(&client, &script, asked, Some(Answer::Code(secret("1")))).is_ok());

    let sent = script.sent();
    assert_eq!((device_key(&sent[0]), device_key(&sent[1])), (None, Some(KEY)));
}

#[test]
fn lists_come_in_pages_and_know_this_browser() {
    let script = Script::default();
    let client = signed_in(&script, Some(KEY));
    let name = Value::object().with("Name", "device_name").with("Value", "phone");
    let one = Value::object()
        .with("DeviceKey", "eu-west-1_other")
        .with("DeviceAttributes", vec![name])
        .with("DeviceCreateDate", 1_700_000_000.5);
    let this = Value::object().with("DeviceKey", KEY);
    let body = Value::object().with("Devices", vec![one, this]).with("PaginationToken", "more");
    script.on("ListDevices", &body);

    let input = r#"{"limit":2,"next":"token"}"#;
    let page = task(&client, &script, "listDevices", input).ok().unwrap();

    let input = script.only_sent();
    assert_eq!((input.number("Limit"), input.str("PaginationToken")), (Some(2.0), Some("token")));
    assert_eq!(page.str("next"), Some("more"));
    let devices = page.get("devices").unwrap().items();
    assert!(!devices[0].is_true("isThis") && devices[1].is_true("isThis"));
    assert_eq!(devices[0].get("attributes").unwrap().str("device_name"), Some("phone"));
    assert_eq!(devices[0].number("createdAt"), Some(1_700_000_000.5));
}

#[test]
fn this_browser_is_meant_where_no_device_is_named() {
    let script = Script::default();
    let client = signed_in(&script, Some(KEY));
    script.on("GetDevice", &Value::object().with("Device", Value::object().with("DeviceKey", KEY)));
    script.on("UpdateDeviceStatus", &Value::object());
    script.on("UpdateDeviceStatus", &Value::object());

    let device = task(&client, &script, "getDevice", "{}").ok().unwrap();
    assert!(device.is_true("isThis"));
    assert!(task(&client, &script, "rememberDevice", "{}").is_ok());
    assert!(task(&client, &script, "notRememberDevice", OTHER).is_ok());

    let sent = script.sent();
    assert_eq!(sent[0].1.str("DeviceKey"), Some(KEY));
    assert_eq!(sent[1].1.str("DeviceKey"), Some(KEY));
    assert_eq!(sent[1].1.str("DeviceRememberedStatus"), Some("remembered"));
    assert_eq!(sent[2].1.str("DeviceKey"), Some("eu-west-1_other"));
    assert_eq!(sent[2].1.str("DeviceRememberedStatus"), Some("not_remembered"));
}

#[test]
fn forgetting_another_device_leaves_this_one() {
    let script = Script::default();
    let client = signed_in(&script, Some(KEY));
    script.on("ForgetDevice", &Value::object()).on("ForgetDevice", &Value::object());

    assert!(task(&client, &script, "forgetDevice", OTHER).is_ok());
    assert!(load(&script, &client, "alice-id").is_some());

    assert!(task(&client, &script, "forgetDevice", "{}").is_ok());
    assert!(load(&script, &client, "alice-id").is_none());
    assert!(load(&script, &client, "alice@example.com").is_none());
}

#[test]
fn without_a_device_there_is_nothing_to_forget() {
    let script = Script::default();
    let client = signed_in(&script, None);

    let refused = task(&client, &script, "forgetDevice", "{}");

    assert!(matches!(refused, Err(Error::Misuse(_))));
    assert!(script.sent().is_empty());
}

const OTHER: &str = r#"{"deviceKey":"eu-west-1_other"}"#;
