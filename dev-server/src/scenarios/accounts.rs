//! Who is who: accounts, addresses, links, passwords.

use super::{respond, shown, slow_trigger, update};
use crate::passkey::authenticator::Authenticator;
use crate::store::UserStatus;
use crate::testing::{CLIENT, PASSWORD, POOL, World};
use serde_json::{Value, json};

const NEW: &str = "Second-Battery-7?";

fn sign_up(address: &str) -> Value {
    json!({ "ClientId": CLIENT, "Username": address, "Password": PASSWORD })
}

fn users(world: &World) -> usize {
    world.server.store().all::<crate::store::User>(POOL).unwrap().len()
}

#[tokio::test]
async fn sign_ups_with_one_address_at_once_make_one_account() {
    let trigger = slow_trigger(json!({})).await;
    let world = World::new(
        &format!("UsernameAttributes = ['email'], LambdaConfig = {{ PreSignUp = '{trigger}' }}"),
        "",
    );
    let before = users(&world);
    let one = || world.call("SignUp", sign_up("dup@example.com"));
    let invited = world.call(
        "AdminCreateUser",
        json!({ "UserPoolId": POOL, "Username": "dup@example.com", "MessageAction": "SUPPRESS" }),
    );

    let (a, b, c, d) = tokio::join!(one(), one(), one(), invited);

    let answers = [a, b, c, d];
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    for refusal in answers.into_iter().filter_map(Result::err) {
        assert_eq!(refusal.name, "UsernameExistsException");
    }
    assert_eq!(users(&world), before + 1);
}

#[tokio::test]
async fn two_first_sign_ins_of_a_migrated_person_make_one_account() {
    let trigger = slow_trigger(json!({ "userAttributes": { "email": "zoe@example.com" } })).await;
    let world = World::new(&format!("LambdaConfig = {{ UserMigration = '{trigger}' }}"), "");

    let (one, other) =
        tokio::join!(world.try_sign_in("zoe", PASSWORD), world.try_sign_in("zoe", PASSWORD));

    let token = |answer: Value| answer["AuthenticationResult"]["AccessToken"].clone();
    for answer in [one.unwrap(), other.unwrap()] {
        let who = world.call("GetUser", json!({ "AccessToken": token(answer) })).await.unwrap();
        assert_eq!(who["Username"], "zoe");
    }
}

#[tokio::test]
async fn migrated_person_follows_the_schema_and_the_triggers_wishes() {
    let trigger = slow_trigger(json!({
        "userAttributes": { "email": "zoe@example.com", "email_verified": "true", "phone_number": "+491700000001" },
        "enableSMSMFA": true,
        "forceAliasCreation": true,
    }))
    .await;
    let world = World::new(
        &format!("AliasAttributes = ['email'], LambdaConfig = {{ UserMigration = '{trigger}' }}"),
        "",
    );
    update(&world, "bob", &[("email", "zoe@example.com"), ("email_verified", "true")]).await;
    world.try_sign_in("zoe", PASSWORD).await.unwrap();
    assert_eq!(shown(&world, "zoe").await["UserMFASettingList"], json!(["SMS_MFA"]));
    assert_eq!(shown(&world, "bob").await["email_verified"], "false");

    let nonsense = slow_trigger(json!({ "userAttributes": { "custom:unknown": "x" } })).await;
    let world = World::new(&format!("LambdaConfig = {{ UserMigration = '{nonsense}' }}"), "");
    let refusal = world.try_sign_in("zoe", PASSWORD).await.unwrap_err();
    assert_eq!(refusal.name, "InvalidLambdaResponseException");
}

#[tokio::test]
async fn migrated_person_is_welcomed_as_the_trigger_wishes() {
    for (wishes, expected) in [
        (json!({}), vec!["SMS"]),
        (json!({ "messageAction": "SUPPRESS" }), vec![]),
        (json!({ "desiredDeliveryMediums": ["EMAIL"] }), vec!["EMAIL"]),
        (json!({ "desiredDeliveryMediums": ["EMAIL", "SMS"] }), vec!["EMAIL", "SMS"]),
        (json!({ "desiredDeliveryMediums": ["EMAIL"], "messageAction": "SUPPRESS" }), vec![]),
    ] {
        let mut response = wishes.clone();
        response["userAttributes"] =
            json!({ "email": "zoe@example.com", "phone_number": "+491700000001" });
        let trigger = slow_trigger(response).await;
        let world = World::new(&format!("LambdaConfig = {{ UserMigration = '{trigger}' }}"), "");

        world.try_sign_in("zoe", PASSWORD).await.unwrap();

        let letters = world.server.store().letters(None, 0).unwrap();
        let mut mediums: Vec<_> = letters.iter().map(|letter| letter.medium.as_str()).collect();
        mediums.sort_unstable();
        assert_eq!(mediums, expected, "{wishes}");
        for letter in &letters {
            assert_eq!(letter.code, "", "nobody writes down a password: {wishes}");
            assert_eq!(letter.text, "Welcome. Your username is zoe.");
            assert_eq!(letter.subject.is_some(), letter.medium == "EMAIL");
        }
    }
}

#[tokio::test]
async fn code_that_went_to_an_old_address_does_not_bring_it_back() {
    let world = World::new(
        "",
        "MfaConfiguration = 'OPTIONAL', EmailMfaConfiguration = {}, SmsConfiguration = {}, SmsMfaConfiguration = {}",
    );
    for (factor, setting, attribute, old, new) in [
        ("EMAIL_OTP", "EmailMfaSettings", "email", "alice@example.com", "new@example.com"),
        ("SMS_MFA", "SMSMfaSettings", "phone_number", "+491700000001", "+491700000002"),
    ] {
        update(&world, "alice", &[(attribute, old)]).await;
        let off = if factor == "SMS_MFA" { "EmailMfaSettings" } else { "SMSMfaSettings" };
        let preference = json!({ "UserPoolId": POOL, "Username": "alice",
            setting: { "Enabled": true, "PreferredMfa": true }, off: { "Enabled": false } });
        world.call("AdminSetUserMFAPreference", preference).await.unwrap();
        let asked = world.try_sign_in("alice", PASSWORD).await.unwrap();
        assert_eq!(asked["ChallengeName"], factor);
        update(&world, "alice", &[(attribute, new)]).await;
        let before = shown(&world, "alice").await;

        let code = json!({ format!("{factor}_CODE"): world.code(old) });
        let answer = respond(&world, &asked, "alice", code).await.unwrap();

        assert!(answer["AuthenticationResult"].is_object());
        let after = shown(&world, "alice").await;
        assert_eq!(after[attribute], new);
        for same in [format!("{attribute}_verified"), "UserMFASettingList".to_owned()] {
            assert_eq!(after[&same], before[&same], "{same}");
        }
    }
}

#[tokio::test]
async fn first_factor_code_verifies_only_the_address_it_went_to() {
    let world = World::of(
        toml::from_str(&World::text(
            "Policies = { SignInPolicy = { AllowedFirstAuthFactors = ['PASSWORD', 'EMAIL_OTP'] } }",
            "",
            "",
            "",
        )
        .replace("ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH"))
        .unwrap(),
    );
    let input = json!({ "ClientId": CLIENT, "AuthFlow": "USER_AUTH",
        "AuthParameters": { "USERNAME": "alice", "PREFERRED_CHALLENGE": "EMAIL_OTP" } });
    let asked = world.call("InitiateAuth", input).await.unwrap();
    update(&world, "alice", &[("email", "new@example.com")]).await;

    let code = json!({ "EMAIL_OTP_CODE": world.code("alice@example.com") });
    respond(&world, &asked, "alice", code).await.unwrap();

    let shown = shown(&world, "alice").await;
    assert_eq!(
        (&shown["email"], &shown["email_verified"]),
        (&json!("new@example.com"), &json!("false"))
    );
}

#[tokio::test]
async fn passkey_of_a_pool_with_a_domain_signs_in() {
    let world = World::of(
        toml::from_str(&World::text(
            "Policies = { SignInPolicy = { AllowedFirstAuthFactors = ['PASSWORD', 'WEB_AUTHN'] } }",
            "WebAuthnConfiguration = { UserVerification = 'preferred' }",
            "",
            "domain = 'my-prefix'",
        )
        .replace("\"ALLOW_USER_PASSWORD_AUTH\"", "\"ALLOW_USER_PASSWORD_AUTH\", \"ALLOW_USER_AUTH\""))
        .unwrap(),
    );
    let token = world.sign_in("alice", PASSWORD).await;
    let options =
        world.call("StartWebAuthnRegistration", json!({ "AccessToken": token })).await.unwrap();
    let options = &options["CredentialCreationOptions"];
    assert_eq!(options["rp"]["id"], "localhost");
    let mut authenticator = Authenticator::new("http://localhost:5173", "localhost");
    let credential = authenticator.create(options);
    let complete = json!({ "AccessToken": token, "Credential": credential });
    world.call("CompleteWebAuthnRegistration", complete).await.unwrap();

    let input = json!({ "ClientId": CLIENT, "AuthFlow": "USER_AUTH",
        "AuthParameters": { "USERNAME": "alice", "PREFERRED_CHALLENGE": "WEB_AUTHN" } });
    let asked = world.call("InitiateAuth", input).await.unwrap();
    let options = asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"].as_str().unwrap();
    let told: Value = serde_json::from_str(options).unwrap();
    assert_eq!(told["rpId"], "localhost");
    assert_eq!(told["allowCredentials"].as_array().unwrap().len(), 1);
    let answer = authenticator.get(options);
    let answer =
        respond(&world, &asked, "alice", json!({ "CREDENTIAL": answer.to_string() })).await;

    assert!(answer.unwrap()["AuthenticationResult"].is_object());
}

#[tokio::test]
async fn nobody_sets_up_an_address_that_another_signs_in_with() {
    let world = World::new(
        "AliasAttributes = ['email']",
        "MfaConfiguration = 'ON', EmailMfaConfiguration = {}",
    );
    update(&world, "bob", &[("email", "")]).await;
    let asked = world.try_sign_in("bob", PASSWORD).await.unwrap();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");

    let refusal =
        respond(&world, &asked, "bob", json!({ "EMAIL": "alice@example.com" })).await.unwrap_err();

    assert_eq!(refusal.name, "AliasExistsException");
    // Nor one that another took while the code was on its way.
    let sent = respond(&world, &asked, "bob", json!({ "EMAIL": "shared@example.com" })).await;
    let sent = sent.unwrap();
    update(&world, "alice", &[("email", "shared@example.com"), ("email_verified", "true")]).await;
    let code = json!({ "EMAIL_OTP_CODE": world.code("shared@example.com") });
    let refusal = respond(&world, &sent, "bob", code).await.unwrap_err();
    assert_eq!(refusal.name, "AliasExistsException");
    assert_eq!(world.attribute("bob", "email"), None);
}

#[tokio::test]
async fn identity_at_a_provider_is_linked_once() {
    let world = World::with_pool(
        "[[pool.identity_provider]]\nname = 'Google'\nsettings = { ProviderType = 'Google', ProviderDetails = {} }",
    );
    let link = |to: &str| {
        json!({ "UserPoolId": POOL,
            "DestinationUser": { "ProviderName": "Cognito", "ProviderAttributeValue": to },
            "SourceUser": { "ProviderName": "Google", "ProviderAttributeName": "Cognito_Subject", "ProviderAttributeValue": "1" } })
    };
    world.call("AdminLinkProviderForUser", link("alice")).await.unwrap();

    for to in ["alice", "bob"] {
        let refused = world.refused("AdminLinkProviderForUser", link(to)).await;
        assert_eq!(refused, "InvalidParameterException", "{to}");
    }
    let identities: Value =
        serde_json::from_str(&world.attribute("alice", "identities").unwrap()).unwrap();
    assert_eq!(identities.as_array().unwrap().len(), 1);
    assert_eq!(world.attribute("bob", "identities"), None);
}

/// A new password takes its time; what is written meanwhile stays.
#[tokio::test]
async fn nothing_that_is_written_at_once_is_lost() {
    let world = World::new("", "");
    let set = |username: &str| {
        world.call(
            "AdminSetUserPassword",
            json!({ "UserPoolId": POOL, "Username": username, "Password": NEW, "Permanent": true }),
        )
    };
    let (password, ()) = tokio::join!(set("alice"), update(&world, "alice", &[("name", "A")]));
    password.unwrap();
    assert_eq!(world.attribute("alice", "name").as_deref(), Some("A"));
    world.try_sign_in("alice", NEW).await.unwrap();

    world.call("ForgotPassword", json!({ "ClientId": CLIENT, "Username": "bob" })).await.unwrap();
    let reset = json!({ "ClientId": CLIENT, "Username": "bob",
        "ConfirmationCode": world.code("bob@example.com"), "Password": NEW });
    let (reset, ()) = tokio::join!(
        world.call("ConfirmForgotPassword", reset),
        update(&world, "bob", &[("name", "B")])
    );
    reset.unwrap();
    assert_eq!(world.attribute("bob", "name").as_deref(), Some("B"));

    let token = world.sign_in("alice", NEW).await;
    let change =
        json!({ "AccessToken": token, "PreviousPassword": NEW, "ProposedPassword": PASSWORD });
    let (change, ()) = tokio::join!(
        world.call("ChangePassword", change),
        update(&world, "alice", &[("name", "C")])
    );
    change.unwrap();
    assert_eq!(world.attribute("alice", "name").as_deref(), Some("C"));
}

#[tokio::test]
async fn new_password_and_a_change_of_the_account_at_once_are_both_kept() {
    let world = World::new("", "");
    let temporary = json!({ "UserPoolId": POOL, "Username": "alice", "Password": "Temporary-Pass-1!", "Permanent": false });
    world.call("AdminSetUserPassword", temporary).await.unwrap();
    let asked = world.try_sign_in("alice", "Temporary-Pass-1!").await.unwrap();
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");

    let (answer, ()) = tokio::join!(
        respond(&world, &asked, "alice", json!({ "NEW_PASSWORD": NEW })),
        update(&world, "alice", &[("name", "A")])
    );

    assert!(answer.unwrap()["AuthenticationResult"].is_object());
    assert_eq!(world.attribute("alice", "name").as_deref(), Some("A"));
    let user = world.server.store().user(POOL, "alice").unwrap().unwrap();
    assert_eq!(user.status, UserStatus::Confirmed);
}

#[tokio::test]
async fn part_of_a_password_policy_has_only_the_rules_it_names() {
    let world = World::new("Policies = { PasswordPolicy = { MinimumLength = 6 } }", "");
    let plain = json!({ "ClientId": CLIENT, "Username": "vera", "Password": "simple" });
    world.call("SignUp", plain.clone()).await.unwrap();
    let pool = world.call("DescribeUserPool", json!({ "UserPoolId": POOL })).await.unwrap();
    let policy = &pool["UserPool"]["Policies"]["PasswordPolicy"];
    assert_eq!((&policy["RequireSymbols"], &policy["MinimumLength"]), (&json!(false), &json!(6)));

    let strict = World::new("", "");
    assert_eq!(strict.refused("SignUp", plain).await, "InvalidPasswordException");
}

#[tokio::test]
async fn client_that_names_no_flows_is_described_with_the_three_it_has() {
    let world = World::new("", "");
    let input = json!({ "UserPoolId": POOL, "ClientName": "plain" });
    let made = world.call("CreateUserPoolClient", input).await.unwrap();

    let flows = &made["UserPoolClient"]["ExplicitAuthFlows"];

    let expected = ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"];
    assert_eq!(*flows, json!(expected));
}
