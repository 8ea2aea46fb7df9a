use super::*;
use crate::operations::account;
use crate::protocol::refusal::Kind;

fn delivered(name: &str) -> Value {
    let details = Value::object()
        .with("Destination", "a***@e***")
        .with("DeliveryMedium", "EMAIL")
        .with("AttributeName", name);
    Value::object().with("CodeDeliveryDetailsList", vec![details])
}

fn update(client: &Page, script: &Script, input: &str) -> Result<Value, Error> {
    script.run(client, |client, host| {
        account::update_attributes(client, host, Value::parse(input).unwrap())
    })
}

#[test]
fn a_password_is_changed_with_the_old_one_or_set_by_somebody_who_has_none() {
    let script = Script::default();
    let client = signed_in(&script, None);
    script.on("ChangePassword", &Value::object()).on("ChangePassword", &Value::object());

    let both = r#"{"previousPassword":"old","newPassword":"new"}"#;
    assert!(task(&client, &script, "changePassword", both).is_ok());
    assert!(task(&client, &script, "changePassword", r#"{"newPassword":"new"}"#).is_ok());

    let sent = script.sent();
    assert_eq!(sent[0].1.str("PreviousPassword"), Some("old"));
    assert_eq!(sent[1].1.str("PreviousPassword"), None);
    assert_eq!(sent[1].1.str("ProposedPassword"), Some("new"));
}

#[test]
fn a_changed_address_waits_for_its_code_and_a_changed_name_does_not() {
    let script = Script::default();
    let client = signed_in(&script, None);
    script.on("UpdateUserAttributes", &delivered("email"));

    let given = r#"{"attributes":{"email":"n@example.com","name":"A","custom:vip":"1"},"clientMetadata":{"k":"v"}}"#;
    let outcome = update(&client, &script, given).ok().unwrap();

    let status = |name: &str| outcome.get(name).and_then(|one| one.string("status")).unwrap();
    assert_eq!(
        [status("email"), status("name"), status("custom:vip")],
        ["confirmWithCode", "done", "done"]
    );
    let delivery = outcome.get("email").and_then(|one| one.get("codeDelivery")).unwrap();
    assert_eq!(delivery.str("destination"), Some("a***@e***"));
    let sent = script.only_sent();
    assert_eq!(sent.get("ClientMetadata").map(Value::write).unwrap(), r#"{"k":"v"}"#);
}

#[test]
fn nothing_to_change_is_the_callers_mistake() {
    let script = Script::default();
    let client = signed_in(&script, None);

    for input in ["{}", r#"{"attributes":{}}"#, r#"{"attributes":"email"}"#] {
        assert!(matches!(update(&client, &script, input), Err(Error::Misuse(_))), "{input}");
    }

    assert!(script.sent().is_empty());
}

#[test]
fn a_read_only_attribute_is_refused_in_the_services_words_and_the_session_stays() {
    let script = Script::default();
    let client = signed_in(&script, None);
    let words = "A client attempted to write unauthorized attribute";
    script.refuse("UpdateUserAttributes", "NotAuthorizedException", words);

    let refused = update(&client, &script, r#"{"attributes":{"custom:role":"admin"}}"#);

    let Err(Error::Refused(refusal)) = refused else { panic!("not refused") };
    assert_eq!((refusal.kind, refusal.text.as_str()), (Kind::NotAuthorized, words));
    assert!(script.stored(Store::Lasting).contains("client1.session"));
}

#[test]
fn a_deleted_account_leaves_nothing_of_its_person_in_this_browser() {
    let script = Script::default();
    let client = signed_in(&script, Some("device-1"));
    script.0.stores.borrow_mut()[Store::Tab as usize]
        .insert(String::from("lifeguard.client1.pending"), String::from("alice-id"));
    script.on("DeleteUser", &Value::object());

    assert!(script.run(&client, |client, host| account::delete_user(client, host)).is_ok());

    assert_eq!(script.stored(Store::Tab), "{}");
    let lasting = script.stored(Store::Lasting);
    for word in ["session", "alice-id", "password"] {
        assert!(!lasting.contains(word), "{word} in {lasting}");
    }
    assert_eq!(script.sent().len(), 1, "the tokens of a deleted account need no revocation");
    assert!(matches!(task(&client, &script, "attributes", "{}"), Err(Error::SignedOut)));
}

#[test]
fn an_account_that_was_not_deleted_stays_signed_in() {
    let script = Script::default();
    let client = signed_in(&script, Some("device-1"));
    let before = script.stored(Store::Lasting);
    script.refuse("DeleteUser", "TooManyRequestsException", "slow down");
    script.refuse("DeleteUser", "TooManyRequestsException", "slow down");
    script.refuse("DeleteUser", "TooManyRequestsException", "slow down");

    assert!(script.run(&client, |client, host| account::delete_user(client, host)).is_err());

    assert_eq!(script.stored(Store::Lasting), before);
}

#[test]
fn every_call_that_takes_it_carries_the_context_data() {
    let (script, client) = (Script::default(), page());
    let extras = Extras { context: Some(String::from("fingerprint")), ..Extras::default() };

    for (name, operation, input) in [
        ("signUp", "SignUp", r#"{"username":"alice","password":"p"}"#),
        ("confirmSignUp", "ConfirmSignUp", r#"{"username":"alice","code":"1"}"#),
        ("resendConfirmationCode", "ResendConfirmationCode", r#"{"username":"alice"}"#),
        ("forgotPassword", "ForgotPassword", r#"{"username":"alice"}"#),
        (
            "confirmForgotPassword",
            "ConfirmForgotPassword",
            r#"{"username":"alice","code":"1","newPassword":"p"}"#,
        ),
    ] {
        script.on(operation, &Value::object().with("UserSub", "s"));

        let (task, input) = (find(name).unwrap(), Value::parse(input).unwrap());
        let done = script
            .run(&client, |client, host| tasks::run(client, host, task, input.clone(), &extras));
        assert!(done.is_ok(), "{name}");

        let context = script.only_sent().get("UserContextData").cloned().unwrap();
        assert_eq!(context.str("EncodedData"), Some("fingerprint"), "{name}");
    }
}

#[test]
fn a_token_without_the_scope_for_account_calls_is_no_sign_out() {
    let script = Script::default();
    let client = signed_in(&script, None);
    let words = "Access Token does not have required scopes";
    script.refuse("GetUser", "NotAuthorizedException", words);

    let refused = task(&client, &script, "attributes", "{}");

    let Err(Error::Refused(refusal)) = refused else { panic!("not refused") };
    assert_eq!(refusal.kind.code(), "missingScope");
    assert_eq!(script.sent().len(), 1);
    assert!(script.stored(Store::Lasting).contains("client1.session"));
}

#[test]
fn a_revoked_access_token_is_refreshed_once_and_the_call_is_sent_again() {
    let script = Script::default();
    let client = signed_in(&script, None);
    let words = "Access Token has been revoked";
    script
        .refuse("GetUser", "NotAuthorizedException", words)
        .on("GetTokensFromRefreshToken", &tokens(None))
        .on("GetUser", &Value::object().with("UserAttributes", Value::from(vec![])));

    assert!(task(&client, &script, "attributes", "{}").is_ok());

    script
        .refuse("GetUser", "NotAuthorizedException", words)
        .on("GetTokensFromRefreshToken", &tokens(None))
        .refuse("GetUser", "NotAuthorizedException", words);
    let refused = task(&client, &script, "attributes", "{}");
    assert!(matches!(refused, Err(Error::Refused(_))), "a second refusal is the result");
    assert!(script.stored(Store::Lasting).contains("client1.session"));
}

#[test]
fn a_revoked_access_token_whose_refresh_is_refused_ends_the_session() {
    let script = Script::default();
    let client = signed_in(&script, None);
    script.refuse("GetUser", "NotAuthorizedException", "Access Token has been revoked").refuse(
        "GetTokensFromRefreshToken",
        "NotAuthorizedException",
        "Refresh Token has been revoked",
    );

    let ended = task(&client, &script, "attributes", "{}");

    assert!(matches!(ended, Err(Error::SignedOut)));
    assert!(!script.stored(Store::Lasting).contains("client1.session"));
}

#[test]
fn a_refresh_refused_in_unknown_words_keeps_the_session() {
    let script = Script::default();
    let client = signed_in(&script, None);
    script.refuse("GetUser", "NotAuthorizedException", "Access Token has been revoked").refuse(
        "GetTokensFromRefreshToken",
        "NotAuthorizedException",
        "Something new.",
    );

    let refused = task(&client, &script, "attributes", "{}");

    let Err(Error::Refused(refusal)) = refused else { panic!("not refused") };
    assert_eq!(refusal.kind, Kind::NotAuthorized);
    assert!(script.stored(Store::Lasting).contains("client1.session"));
}

#[test]
fn a_value_that_is_no_text_is_the_callers_mistake_and_nothing_is_sent() {
    let script = Script::default();
    let client = signed_in(&script, None);

    for input in [
        r#"{"attributes":{"custom:role":42}}"#,
        r#"{"attributes":{"name":null}}"#,
        r#"{"attributes":{"name":"A"},"clientMetadata":{"k":1}}"#,
    ] {
        assert!(matches!(update(&client, &script, input), Err(Error::Misuse(_))), "{input}");
    }
    let sign_up = r#"{"username":"n","password":"p","attributes":{"custom:role":42}}"#;
    assert!(matches!(task(&client, &script, "signUp", sign_up), Err(Error::Misuse(_))));

    assert!(script.sent().is_empty());
}

#[test]
fn names_and_codes_are_sent_without_the_white_space_of_pasting() {
    let script = Script::default();
    let client = signed_in(&script, None);
    script.on("ConfirmSignUp", &Value::object()).on("VerifyUserAttribute", &Value::object());

    let input = r#"{"username":" bob\t","code":"123 456\n"}"#;
    assert!(task(&client, &script, "confirmSignUp", input).is_ok());
    let input = r#"{"name":"email","code":"\u200b654321"}"#;
    assert!(task(&client, &script, "verifyAttribute", input).is_ok());

    let sent = script.sent();
    assert_eq!(sent[0].1.str("Username"), Some("bob"));
    assert_eq!(sent[0].1.str("ConfirmationCode"), Some("123456"));
    assert_eq!(sent[1].1.str("Code"), Some("654321"));
}

#[test]
fn a_session_whose_app_client_was_deleted_ends_and_one_whose_device_was_forgotten_does_not() {
    for (text, ends) in
        [("User pool client client1 does not exist.", true), ("Device does not exist.", false)]
    {
        let script = Script::default();
        let client = signed_in(&script, None);
        script.refuse("GetUser", "NotAuthorizedException", "Access Token has been revoked").refuse(
            "GetTokensFromRefreshToken",
            "ResourceNotFoundException",
            text,
        );

        assert!(task(&client, &script, "attributes", "{}").is_err());

        assert_eq!(!script.stored(Store::Lasting).contains("client1.session"), ends, "{text}");
    }
}
