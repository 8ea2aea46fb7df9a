use crate::passkey::authenticator::Authenticator;
use crate::store::{Device, Totp, Verifier};
use crate::testing::{PASSWORD, POOL, World};
use serde_json::{Value, json};

const NEW: &str = "Better-Battery-7?";

fn world() -> World {
    World::new("AutoVerifiedAttributes = ['email']", "")
}

fn set(token: &str, name: &str, value: &str) -> Value {
    json!({"AccessToken": token, "UserAttributes": [{"Name": name, "Value": value}]})
}

#[tokio::test]
async fn changed_password_signs_in_and_the_old_one_does_not() {
    let world = world();
    let token = world.sign_in("alice", PASSWORD).await;
    let change = |previous: &str, proposed: &str| {
        json!({"AccessToken": token,
        "PreviousPassword": previous, "ProposedPassword": proposed})
    };

    assert_eq!(
        world.refused("ChangePassword", change("Wrong-Horse-9!", NEW)).await,
        "NotAuthorizedException"
    );
    assert_eq!(
        world.refused("ChangePassword", change(PASSWORD, "weak")).await,
        "InvalidPasswordException"
    );
    world.call("ChangePassword", change(PASSWORD, NEW)).await.unwrap();

    assert!(world.try_sign_in("alice", PASSWORD).await.is_err());
    assert!(world.try_sign_in("alice", NEW).await.is_ok());
}

#[tokio::test]
async fn sixth_change_of_password_within_an_hour_is_refused() {
    let world = world();
    let token = world.sign_in("alice", PASSWORD).await;
    let wrong = json!({"AccessToken": token, "PreviousPassword": "x", "ProposedPassword": NEW});

    for _ in 0..5 {
        assert_eq!(world.refused("ChangePassword", wrong.clone()).await, "NotAuthorizedException");
    }

    assert_eq!(world.refused("ChangePassword", wrong).await, "LimitExceededException");
}

#[tokio::test]
async fn deleted_person_is_gone() {
    let world = world();
    let token = world.sign_in("alice", PASSWORD).await;

    world.call("DeleteUser", json!({"AccessToken": token})).await.unwrap();

    assert_eq!(
        world.refused("GetUser", json!({"AccessToken": token})).await,
        "UserNotFoundException"
    );
    assert!(world.try_sign_in("alice", PASSWORD).await.is_err());
}

#[tokio::test]
async fn changed_address_is_verified_by_its_code() {
    let world = world();
    let token = world.sign_in("alice", PASSWORD).await;

    let answer =
        world.call("UpdateUserAttributes", set(&token, "email", "new@example.com")).await.unwrap();

    assert_eq!(
        answer["CodeDeliveryDetailsList"],
        json!([{"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}])
    );
    assert_eq!(world.attribute("alice", "email_verified").as_deref(), Some("false"));
    let verify = |code: &str| json!({"AccessToken": token, "AttributeName": "email", "Code": code});
    assert_eq!(
        world.refused("VerifyUserAttribute", verify("000000x")).await,
        "CodeMismatchException"
    );
    world.call("VerifyUserAttribute", verify(&world.code("new@example.com"))).await.unwrap();
    assert_eq!(world.attribute("alice", "email_verified").as_deref(), Some("true"));
    let again = world.refused("VerifyUserAttribute", verify("123456")).await;
    assert_eq!(again, "ExpiredCodeException");
}

#[tokio::test]
async fn address_that_waits_for_its_code_takes_effect_with_it() {
    let world = World::new(
        "AutoVerifiedAttributes = ['email'], \
         UserAttributeUpdateSettings = { AttributesRequireVerificationBeforeUpdate = ['email'] }",
        "",
    );
    let token = world.sign_in("alice", PASSWORD).await;

    world.call("UpdateUserAttributes", set(&token, "email", "new@example.com")).await.unwrap();
    assert_eq!(world.attribute("alice", "email").as_deref(), Some("alice@example.com"));
    let code = world.code("new@example.com");
    let verify = json!({"AccessToken": token, "AttributeName": "email", "Code": code});
    world.call("VerifyUserAttribute", verify).await.unwrap();

    assert_eq!(world.attribute("alice", "email").as_deref(), Some("new@example.com"));
}

#[tokio::test]
async fn code_expires_after_a_day_and_a_sixth_one_within_an_hour_is_refused() {
    let world = world();
    let token = world.sign_in("alice", PASSWORD).await;
    let ask = json!({"AccessToken": token, "AttributeName": "email"});
    for _ in 0..5 {
        world.call("GetUserAttributeVerificationCode", ask.clone()).await.unwrap();
    }
    let refused = world.refused("GetUserAttributeVerificationCode", ask).await;
    assert_eq!(refused, "LimitExceededException");
    let code = world.code("alice@example.com");

    world.server.clock.set_offset(86_401);
    let token = world.sign_in("alice", PASSWORD).await;

    let verify = json!({"AccessToken": token, "AttributeName": "email", "Code": code});
    assert_eq!(world.refused("VerifyUserAttribute", verify).await, "ExpiredCodeException");
}

#[tokio::test]
async fn attributes_are_written_and_deleted_within_the_schema() {
    let world = World::new(
        "Schema = [{ Name = 'role', Mutable = true, AttributeDataType = 'String' }]",
        "",
    );
    let token = world.sign_in("alice", PASSWORD).await;

    world.call("UpdateUserAttributes", set(&token, "custom:role", "chief")).await.unwrap();
    assert_eq!(world.attribute("alice", "custom:role").as_deref(), Some("chief"));
    for name in ["email_verified", "sub"] {
        let refused = world.refused("UpdateUserAttributes", set(&token, name, "true")).await;
        assert_eq!(refused, "NotAuthorizedException", "{name}");
    }
    let none = world.refused("UpdateUserAttributes", set(&token, "custom:none", "x")).await;
    assert_eq!(none, "InvalidParameterException");
    let names = json!({"AccessToken": token, "UserAttributeNames": ["custom:role", "email"]});
    world.call("DeleteUserAttributes", names).await.unwrap();

    for name in ["custom:role", "email", "email_verified"] {
        assert_eq!(world.attribute("alice", name), None, "{name}");
    }
}

#[tokio::test]
async fn name_that_another_signs_in_with_is_refused() {
    let world = World::new(
        "AliasAttributes = ['preferred_username'], UsernameConfiguration = { CaseSensitive = false }",
        "",
    );
    let (alice, bob) =
        (world.sign_in("alice", PASSWORD).await, world.sign_in("bob", PASSWORD).await);

    world.call("UpdateUserAttributes", set(&alice, "preferred_username", "boss")).await.unwrap();

    let refused =
        world.refused("UpdateUserAttributes", set(&bob, "preferred_username", "Boss")).await;
    assert_eq!(refused, "AliasExistsException");
}

#[tokio::test]
async fn factors_are_turned_on_only_when_they_can_be_used() {
    let world = World::new(
        "",
        "MfaConfiguration = 'OPTIONAL', SoftwareTokenMfaConfiguration = { Enabled = true }, EmailMfaConfiguration = {}",
    );
    let token = world.sign_in("alice", PASSWORD).await;
    let on = json!({"Enabled": true, "PreferredMfa": true});
    let prefer = |setting: &str| json!({"AccessToken": token, setting: on});
    assert_eq!(
        world.refused("SetUserMFAPreference", prefer("SMSMfaSettings")).await,
        "InvalidParameterException"
    );
    let unverified =
        world.refused("SetUserMFAPreference", prefer("SoftwareTokenMfaSettings")).await;
    assert_eq!(unverified, "InvalidParameterException");
    {
        let store = world.server.store();
        let mut alice = store.user(POOL, "alice").unwrap().unwrap();
        alice.totp = Some(Totp {
            secret: "GEZDGNBVGY3TQOJQ".to_owned(),
            verified: true,
            friendly_name: String::new(),
            last_step: 0,
        });
        store.put_user(&alice).unwrap();
    }
    let both =
        json!({"AccessToken": token, "SoftwareTokenMfaSettings": on, "EmailMfaSettings": on});
    assert_eq!(world.refused("SetUserMFAPreference", both).await, "InvalidParameterException");

    world.call("SetUserMFAPreference", prefer("SoftwareTokenMfaSettings")).await.unwrap();
    let email = json!({"AccessToken": token, "EmailMfaSettings": {"Enabled": true}});
    world.call("SetUserMFAPreference", email).await.unwrap();

    let shown = world.call("GetUserAuthFactors", json!({"AccessToken": token})).await.unwrap();
    assert_eq!(
        shown,
        json!({"Username": "alice", "PreferredMfaSetting": "SOFTWARE_TOKEN_MFA",
            "UserMFASettingList": ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"],
            "ConfiguredUserAuthFactors": ["PASSWORD", "SOFTWARE_TOKEN"]})
    );
    let off = json!({"AccessToken": token, "SoftwareTokenMfaSettings": {"Enabled": false}});
    world.call("SetUserMFAPreference", off).await.unwrap();
    let shown = world.call("GetUserAuthFactors", json!({"AccessToken": token})).await.unwrap();
    assert_eq!(shown["PreferredMfaSetting"], Value::Null);
    assert_eq!(shown["UserMFASettingList"], json!(["EMAIL_OTP"]));
}

#[tokio::test]
async fn devices_are_listed_remembered_and_forgotten() {
    let world = World::new("DeviceConfiguration = { DeviceOnlyRememberedOnUserPrompt = true }", "");
    let keys: Vec<String> =
        (0..3).map(|n| format!("eu-west-1_00000000-0000-4000-8000-00000000000{n}")).collect();
    for key in &keys {
        let hex = || "0a".to_owned();
        let device = Device {
            pool_id: POOL.to_owned(),
            username: "alice".to_owned(),
            device_key: key.clone(),
            group_key: "-g".to_owned(),
            verifier: Some(Verifier { salt: hex(), verifier: hex() }),
            name: "browser".to_owned(),
            remembered: false,
            last_ip: "127.0.0.1".to_owned(),
            created: 1500,
            modified: 1500,
            last_authenticated: 1500,
        };
        world.server.store().put(&device).unwrap();
    }
    let (alice, bob) =
        (world.sign_in("alice", PASSWORD).await, world.sign_in("bob", PASSWORD).await);

    let first = world.call("ListDevices", json!({"AccessToken": alice, "Limit": 2})).await.unwrap();
    assert_eq!(first["Devices"].as_array().unwrap().len(), 2);
    let next =
        json!({"AccessToken": alice, "Limit": 2, "PaginationToken": first["PaginationToken"]});
    let last = world.call("ListDevices", next).await.unwrap();
    assert_eq!(last["Devices"][0]["DeviceKey"], keys[2]);
    assert_eq!(last["PaginationToken"], Value::Null);

    let named = |token: &str| json!({"AccessToken": token, "DeviceKey": keys[0]});
    let mut remember = named(&alice);
    remember["DeviceRememberedStatus"] = json!("remembered");
    world.call("UpdateDeviceStatus", remember).await.unwrap();
    let shown = world.call("GetDevice", named(&alice)).await.unwrap();
    assert_eq!(
        shown["Device"]["DeviceAttributes"][0],
        json!({"Name": "device_status", "Value": "remembered"})
    );
    assert_eq!(shown["Device"]["DeviceCreateDate"], 1.5);
    assert_eq!(world.refused("GetDevice", named(&bob)).await, "ResourceNotFoundException");

    world.call("ForgetDevice", named(&alice)).await.unwrap();
    assert_eq!(world.refused("GetDevice", named(&alice)).await, "ResourceNotFoundException");
}

#[tokio::test]
async fn passkey_is_registered_once_listed_and_deleted() {
    let world = World::new(
        "Policies = { SignInPolicy = { AllowedFirstAuthFactors = ['PASSWORD', 'WEB_AUTHN'] } }",
        "WebAuthnConfiguration = { RelyingPartyId = 'localhost' }",
    );
    let token = world.sign_in("alice", PASSWORD).await;
    let bearer = json!({"AccessToken": token});
    let start = || world.call("StartWebAuthnRegistration", bearer.clone());
    let complete = |credential: &Value| {
        world.call(
            "CompleteWebAuthnRegistration",
            json!({"AccessToken": token, "Credential": credential}),
        )
    };
    let options = start().await.unwrap()["CredentialCreationOptions"].take();
    let mut device = Authenticator::new("http://localhost:5173", "localhost");
    let credential = device.create(&options);

    complete(&credential).await.unwrap();

    let again = complete(&credential).await.unwrap_err();
    assert_eq!(again.name, "WebAuthnChallengeNotFoundException");
    let shown = world.call("ListWebAuthnCredentials", bearer.clone()).await.unwrap();
    let passkey = &shown["Credentials"][0];
    assert_eq!(passkey["CredentialId"], credential["id"]);
    assert_eq!(passkey["RelyingPartyId"], "localhost");
    let options = start().await.unwrap()["CredentialCreationOptions"].take();
    assert_eq!(options["excludeCredentials"][0]["id"], credential["id"]);
    let delete = json!({"AccessToken": token, "CredentialId": credential["id"]});
    world.call("DeleteWebAuthnCredential", delete.clone()).await.unwrap();
    assert_eq!(
        world.refused("DeleteWebAuthnCredential", delete).await,
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn passkeys_need_the_pool_to_allow_them_and_challenges_expire() {
    let off = world();
    let token = off.sign_in("alice", PASSWORD).await;
    let refused = off.refused("StartWebAuthnRegistration", json!({"AccessToken": token})).await;
    assert_eq!(refused, "WebAuthnNotEnabledException");

    let allowed = "Policies = { SignInPolicy = { AllowedFirstAuthFactors = ['WEB_AUTHN'] } }";
    let bare = World::new(allowed, "");
    let token = bare.sign_in("alice", PASSWORD).await;
    let refused = bare.refused("StartWebAuthnRegistration", json!({"AccessToken": token})).await;
    assert_eq!(refused, "WebAuthnConfigurationMissingException");

    let world = World::new(allowed, "WebAuthnConfiguration = { RelyingPartyId = 'localhost' }");
    let token = world.sign_in("alice", PASSWORD).await;
    let options = world.call("StartWebAuthnRegistration", json!({"AccessToken": token})).await;
    let options = options.unwrap()["CredentialCreationOptions"].take();
    let credential = Authenticator::new("http://localhost", "localhost").create(&options);
    world.server.clock.set_offset(301);
    let complete = json!({"AccessToken": token, "Credential": credential});
    let refused = world.refused("CompleteWebAuthnRegistration", complete).await;
    assert_eq!(refused, "WebAuthnChallengeNotFoundException");
}
