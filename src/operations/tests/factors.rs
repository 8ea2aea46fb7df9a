use super::*;
use crate::operations::passkeys;
use crate::protocol::error::Violation;
use crate::protocol::refusal::Kind;

fn passkey_question(client: &Page, script: &Script) -> Question {
    script.on("InitiateAuth", &challenge("WEB_AUTHN", "s1"));
    let asked = question(sign_in(client, script));
    script.sent();
    asked
}

#[test]
fn nobody_signed_in_means_nothing_is_sent() {
    let (script, client) = (Script::default(), page());

    assert!(matches!(
        task(&client, &script, "associateSoftwareToken", "{}"),
        Err(Error::SignedOut)
    ));
    assert!(matches!(
        script.run(&client, |client, host| passkeys::register(client, host)),
        Err(Error::SignedOut)
    ));

    assert!(script.sent().is_empty());
}

#[test]
fn a_new_app_is_taken_into_use_by_its_first_code() {
    let script = Script::default();
    let client = signed_in(&script, None);
    script
        .on("AssociateSoftwareToken", &Value::object().with("SecretCode", "JBSW"))
        .on("VerifySoftwareToken", &Value::object().with("Status", "SUCCESS"));

    let code = task(&client, &script, "associateSoftwareToken", "{}").ok().unwrap();
    let app = r#"{"code":"123456","friendlyDeviceName":"phone"}"#;
    let verified = task(&client, &script, "verifySoftwareToken", app);

    assert_eq!(code.str("secretCode"), Some("JBSW"));
    assert!(verified.is_ok());
    let (_, input) = script.sent().remove(1);
    assert_eq!(input.str("UserCode"), Some("123456"));
    assert_eq!(input.str("FriendlyDeviceName"), Some("phone"));
}

#[test]
fn a_wrong_first_code_is_a_mismatch_whichever_way_the_service_says_it() {
    let script = Script::default();
    let client = signed_in(&script, None);
    script.on("VerifySoftwareToken", &Value::object().with("Status", "ERROR")).refuse(
        "VerifySoftwareToken",
        "EnableSoftwareTokenMFAException",
        "Code mismatch",
    );

    for _ in 0..2 {
        let refused = task(&client, &script, "verifySoftwareToken", r#"{"code":"000000"}"#);
        let Err(Error::Refused(refusal)) = refused else { panic!("not refused") };
        assert_eq!(refusal.kind, Kind::CodeMismatch);
    }
}

#[test]
fn only_the_named_factors_are_changed() {
    let script = Script::default();
    let client = signed_in(&script, None);
    script.on("SetUserMFAPreference", &Value::object());
    let wishes = r#"{"sms":false,"totp":"preferred","passkey":true}"#;

    assert!(task(&client, &script, "setMfaPreference", wishes).is_ok());
    assert!(matches!(task(&client, &script, "setMfaPreference", "{}"), Err(Error::Misuse(_))));

    let input = script.only_sent();
    let setting = |name| input.get(name).map(Value::write).unwrap_or_default();
    assert_eq!(setting("SMSMfaSettings"), r#"{"Enabled":false,"PreferredMfa":false}"#);
    assert_eq!(setting("SoftwareTokenMfaSettings"), r#"{"Enabled":true,"PreferredMfa":true}"#);
    assert_eq!(setting("WebAuthnMfaSettings"), r#"{"Enabled":true}"#);
    assert_eq!(setting("EmailMfaSettings"), "");
}

#[test]
fn factors_are_read_as_both_operations_tell_them() {
    let script = Script::default();
    let client = signed_in(&script, None);
    let enabled = Value::from_strings(&["SMS_MFA", "SOFTWARE_TOKEN_MFA"]);
    let both = Value::object()
        .with("UserMFASettingList", enabled)
        .with("PreferredMfaSetting", "SOFTWARE_TOKEN_MFA");
    let first = Value::from_strings(&["PASSWORD", "WEB_AUTHN"]);
    script
        .on("GetUserAuthFactors", &both.clone().with("ConfiguredUserAuthFactors", first))
        .on("GetUser", &Value::object().with("Username", "alice-id"));

    let all = task(&client, &script, "authFactors", "{}").ok().unwrap();
    assert_eq!(all.get("enabled").unwrap().strings(), ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]);
    assert_eq!(all.str("preferred"), Some("SOFTWARE_TOKEN_MFA"));
    assert_eq!(all.get("firstFactors").unwrap().strings(), ["PASSWORD", "WEB_AUTHN"]);

    let none = task(&client, &script, "mfaPreference", "{}").ok().unwrap();
    assert_eq!(none.write(), r#"{"enabled":[]}"#);
}

#[test]
fn a_passkey_answers_its_question_without_the_page() {
    let (script, client) = (Script::default(), page());
    let asked = passkey_question(&client, &script);
    script.0.passkey.replace(Some(Ok(String::from(r#"{"id":"AA"}"#))));
    script.on("RespondToAuthChallenge", &tokens(None));

    let conditional = Some("conditional");
    let outcome = script.run(&client, |client, host| {
        sign_in::answer(client, host, asked.clone(), None, conditional)
    });

    assert!(matches!(outcome, Ok(Outcome::SignedIn { .. })));
    let responses = script.only_sent().get("ChallengeResponses").cloned().unwrap();
    assert_eq!(responses.str("CREDENTIAL"), Some(r#"{"id":"AA"}"#));
    let ceremony = script.0.ceremonies.take().remove(0).write();
    assert_eq!(ceremony, r#"{"publicKey":{"challenge":"AA"},"mediation":"conditional"}"#);
}

#[test]
fn a_cancelled_ceremony_leaves_the_question_open() {
    let (script, client) = (Script::default(), page());
    let asked = passkey_question(&client, &script);
    script.0.passkey.replace(Some(Err(PasskeyError::Cancelled)));

    let cancelled = answer(&client, &script, asked.clone(), None);

    assert!(matches!(cancelled, Err(Error::Passkey(PasskeyError::Cancelled))));
    assert!(script.sent().is_empty());
    script.0.passkey.replace(Some(Ok(String::from("{}"))));
    script.on("RespondToAuthChallenge", &tokens(None));
    assert!(answer(&client, &script, asked, None).is_ok());
}

#[test]
fn a_passkey_question_without_options_is_the_services_fault() {
    let (script, client) = (Script::default(), page());
    script.on("InitiateAuth", &Value::object().with("ChallengeName", "WEB_AUTHN"));
    let asked = question(sign_in(&client, &script));

    let broken = answer(&client, &script, asked, None);

    let member = Violation::MissingMember("CREDENTIAL_REQUEST_OPTIONS");
    assert!(matches!(broken, Err(Error::Violation(found)) if found == member));
}

#[test]
fn a_passkey_is_made_of_the_services_options_and_registered_as_an_object() {
    for options in [Value::object().with("challenge", "AA"), Value::from(r#"{"challenge":"AA"}"#)] {
        let script = Script::default();
        let client = signed_in(&script, None);
        script.0.passkey.replace(Some(Ok(String::from(r#"{"id":"BB"}"#))));
        script
            .on(
                "StartWebAuthnRegistration",
                &Value::object().with("CredentialCreationOptions", options),
            )
            .on("CompleteWebAuthnRegistration", &Value::object());

        assert!(script.run(&client, |client, host| passkeys::register(client, host)).is_ok());

        let ceremony = script.0.ceremonies.take().remove(0).write();
        assert_eq!(ceremony, r#"{"publicKey":{"challenge":"AA"}}"#);
        let credential = script.sent().remove(1).1.get("Credential").map(Value::write);
        assert_eq!(credential.as_deref(), Some(r#"{"id":"BB"}"#));
    }
}

#[test]
fn a_passkey_that_was_not_made_is_not_registered() {
    let script = Script::default();
    let client = signed_in(&script, None);
    let options = Value::object().with("challenge", "AA");
    script.0.passkey.replace(Some(Err(PasskeyError::AlreadyRegistered)));
    let options = Value::object().with("CredentialCreationOptions", options);
    script.on("StartWebAuthnRegistration", &options);

    let refused = script.run(&client, |client, host| passkeys::register(client, host));

    assert!(matches!(refused, Err(Error::Passkey(PasskeyError::AlreadyRegistered))));
    assert_eq!(script.sent().len(), 1);
}

#[test]
fn passkeys_are_listed_in_pages_and_deleted_by_their_id() {
    let script = Script::default();
    let client = signed_in(&script, None);
    let passkey = Value::object()
        .with("CredentialId", "AA")
        .with("FriendlyCredentialName", "laptop")
        .with("AuthenticatorTransports", Value::from_strings(&["internal"]))
        .with("CreatedAt", 1_700_000_000.0);
    let page = Value::object().with("Credentials", vec![passkey]).with("NextToken", "more");
    script.on("ListWebAuthnCredentials", &page);
    script.on("DeleteWebAuthnCredential", &Value::object());

    let page = task(&client, &script, "listPasskeys", r#"{"limit":1}"#).ok().unwrap();
    assert!(task(&client, &script, "deletePasskey", r#"{"credentialId":"AA"}"#).is_ok());

    let found = page.get("passkeys").unwrap().items();
    assert_eq!((found[0].str("name"), page.str("next")), (Some("laptop"), Some("more")));
    let sent = script.sent();
    assert_eq!(sent[0].1.number("MaxResults"), Some(1.0));
    assert_eq!(sent[1].1.str("CredentialId"), Some("AA"));
}
