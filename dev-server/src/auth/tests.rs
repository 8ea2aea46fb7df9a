use crate::testing::{CLIENT, PASSWORD, POOL, World};
use serde_json::{Value, json};

const NEW: &str = "Better-Battery-7?";
const LEAKED: &str = "Leaked-Battery-7?";

fn sign_up(username: &str, attributes: &[(&str, &str)]) -> Value {
    let attributes: Vec<Value> =
        attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    json!({ "ClientId": CLIENT, "Username": username, "Password": PASSWORD, "UserAttributes": attributes })
}

fn named(username: &str) -> Value {
    json!({ "ClientId": CLIENT, "Username": username })
}

fn with(mut base: Value, more: Value) -> Value {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

async fn refusal(world: &World, operation: &str, input: Value) -> (String, String) {
    let refusal =
        world.call(operation, input.clone()).await.expect_err(&format!("{operation} {input}"));
    (refusal.name.to_owned(), refusal.message)
}

/// Hides who exists.
fn protecting() -> World {
    World::with_client("PreventUserExistenceErrors = 'ENABLED'")
}

/// Blocks passwords that others know, and risky sign-ins.
fn guarded(filter: &str) -> World {
    World::with_pool(&format!(
        "[pool.risk]\n\
         CompromisedCredentialsRiskConfiguration = {{ EventFilter = [{filter}], Actions = {{ EventAction = 'BLOCK' }} }}\n\
         [pool.risk.AccountTakeoverRiskConfiguration.Actions]\n\
         LowAction = {{ EventAction = 'NO_ACTION' }}\n\
         MediumAction = {{ EventAction = 'MFA_REQUIRED' }}\n\
         HighAction = {{ EventAction = 'BLOCK' }}"
    ))
}

#[tokio::test]
async fn name_must_not_look_like_an_alias() {
    let world = World::new("AliasAttributes = ['email', 'phone_number', 'preferred_username']", "");

    for (username, attributes) in [
        ("vera@example.com", vec![]),
        ("+4917000000", vec![]),
        ("vera", vec![("preferred_username", "boss")]),
    ] {
        let refused = refusal(&world, "SignUp", sign_up(username, &attributes)).await;
        assert_eq!(refused.0, "InvalidParameterException", "{username}");
    }
}

#[tokio::test]
async fn alias_signs_in_once_it_is_verified_and_is_moved_only_by_force() {
    let world = World::new("AliasAttributes = ['email'], AutoVerifiedAttributes = ['email']", "");
    assert!(world.try_sign_in("alice@example.com", PASSWORD).await.is_ok());
    world.call("SignUp", sign_up("vera", &[("email", "vera@example.com")])).await.unwrap();
    assert!(world.try_sign_in("vera@example.com", PASSWORD).await.is_err());
    let confirm = |username: &str, code: String, force: bool| {
        with(named(username), json!({ "ConfirmationCode": code, "ForceAliasCreation": force }))
    };
    world
        .call("ConfirmSignUp", confirm("vera", world.code("vera@example.com"), false))
        .await
        .unwrap();
    assert!(world.try_sign_in("vera@example.com", PASSWORD).await.is_ok());

    world.call("SignUp", sign_up("walt", &[("email", "alice@example.com")])).await.unwrap();
    let code = world.code("alice@example.com");
    let refused = refusal(&world, "ConfirmSignUp", confirm("walt", code.clone(), false)).await;
    assert_eq!(refused.0, "AliasExistsException");
    assert_eq!(refused.1, "An account with the email already exists.");
    world.call("ConfirmSignUp", confirm("walt", code, true)).await.unwrap();

    let answer = world.try_sign_in("alice@example.com", PASSWORD).await.unwrap();
    let token = answer["AuthenticationResult"]["AccessToken"].clone();
    let user = world.call("GetUser", json!({ "AccessToken": token })).await.unwrap();
    assert_eq!(user["Username"], "walt");
    assert_eq!(world.attribute("alice", "email_verified").as_deref(), Some("false"));
}

#[tokio::test]
async fn address_as_user_name_is_one_persons_before_it_is_verified() {
    let world = World::new(
        "UsernameAttributes = ['email'], UsernameConfiguration = { CaseSensitive = false }",
        "",
    );
    let answer = world.call("SignUp", sign_up("Vera@Example.com", &[])).await.unwrap();

    let again = refusal(&world, "SignUp", sign_up("vera@example.COM", &[])).await;
    let phone = refusal(&world, "SignUp", sign_up("+4917000000", &[])).await;

    assert_eq!(again.0, "UsernameExistsException");
    assert_eq!(phone.0, "InvalidParameterException");
    let sub = answer["UserSub"].as_str().unwrap();
    assert_eq!(world.attribute(sub, "email").as_deref(), Some("Vera@Example.com"));
}

#[tokio::test]
async fn case_of_letters_counts_where_the_pool_says_so() {
    let strict = World::new("", "");
    let lenient = World::new("UsernameConfiguration = { CaseSensitive = false }", "");

    assert!(strict.try_sign_in("ALICE", PASSWORD).await.is_err());
    assert!(strict.call("SignUp", sign_up("ALICE", &[])).await.is_ok());
    assert!(lenient.try_sign_in("ALICE", PASSWORD).await.is_ok());
    let taken = refusal(&lenient, "SignUp", sign_up("ALICE", &[])).await;
    assert_eq!(taken.0, "UsernameExistsException");
}

/// Whoever asks gets the same answers for somebody and for nobody, one after the other.
#[tokio::test]
async fn nobody_and_somebody_get_the_same_answers() {
    let world = World::of(
        toml::from_str(&World::text(
            "AutoVerifiedAttributes = ['email']",
            "",
            "PreventUserExistenceErrors = 'ENABLED'",
            "",
        ))
        .unwrap(),
    );
    world.call("SignUp", sign_up("vera", &[("email", "vera@example.com")])).await.unwrap();
    let code = json!({ "ConfirmationCode": "000000x" });
    let reset = with(code.clone(), json!({ "Password": NEW }));
    let answers = async |known: &str| {
        let mut names = Vec::new();
        let mut ask = async |operation: &str, input: Value| {
            let answer = world.call(operation, input).await;
            names.push(match answer {
                Ok(value) => {
                    let keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
                    format!("{operation}: {keys:?}")
                }
                Err(refusal) => format!("{operation}: {} {}", refusal.name, refusal.message),
            });
        };
        // The known one signs in and resets as alice, and confirms as vera.
        let (member, newcomer) =
            if known == "nobody" { ("nobody", "noone") } else { ("alice", "vera") };
        ask("ConfirmForgotPassword", with(named(member), reset.clone())).await;
        ask("ForgotPassword", named(member)).await;
        for _ in 0..11 {
            ask("ConfirmForgotPassword", with(named(member), reset.clone())).await;
        }
        ask("ResendConfirmationCode", named(newcomer)).await;
        for _ in 0..5 {
            ask("ResendConfirmationCode", named(newcomer)).await;
        }
        ask("ConfirmSignUp", with(named(newcomer), code.clone())).await;
        let password = json!({ "ClientId": CLIENT, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": member, "PASSWORD": "Wrong-Horse-9!" } });
        ask("InitiateAuth", password).await;
        names
    };

    let (somebody, nobody) = (answers("somebody").await, answers("nobody").await);

    assert_eq!(somebody, nobody);
    assert!(nobody.iter().any(|text| text.contains("ExpiredCodeException")), "{nobody:?}");
    assert!(nobody.iter().any(|text| text.contains("CodeMismatchException")));
    assert!(nobody.iter().any(|text| text.contains("TooManyFailedAttemptsException")));
    assert!(nobody.iter().any(|text| text.contains("LimitExceededException")));
}

#[tokio::test]
async fn without_protection_nobody_is_not_found() {
    let world = World::new("", "");
    let code = json!({ "ConfirmationCode": "123456" });
    for (operation, more) in [
        ("ForgotPassword", json!({})),
        ("ResendConfirmationCode", json!({})),
        ("ConfirmSignUp", code.clone()),
        ("ConfirmForgotPassword", with(code, json!({ "Password": NEW }))),
    ] {
        let refused = refusal(&world, operation, with(named("nobody"), more)).await;
        assert_eq!(refused.0, "UserNotFoundException", "{operation}");
    }
    let protecting = protecting();
    let taken = refusal(&protecting, "SignUp", sign_up("alice", &[])).await;
    assert_eq!(taken.0, "UsernameExistsException");
}

#[tokio::test]
async fn pool_says_how_an_account_is_recovered() {
    let mechanisms = |list: &str| {
        World::new(&format!("AccountRecoverySetting = {{ RecoveryMechanisms = [{list}] }}"), "")
    };
    let phone = mechanisms("{ Priority = 1, Name = 'verified_phone_number' }");
    let administrators = mechanisms("{ Priority = 1, Name = 'admin_only' }");
    let both = mechanisms(
        "{ Priority = 2, Name = 'verified_phone_number' }, { Priority = 1, Name = 'verified_email' }",
    );
    let give = json!({"UserPoolId": POOL, "Username": "alice", "UserAttributes": [
        {"Name": "phone_number", "Value": "+4917000000"}, {"Name": "phone_number_verified", "Value": "true"}]});
    both.call("AdminUpdateUserAttributes", give).await.unwrap();

    let refused = refusal(&phone, "ForgotPassword", named("alice")).await;
    assert_eq!(refused.0, "InvalidParameterException");
    let refused = refusal(&administrators, "ForgotPassword", named("alice")).await;
    assert_eq!(
        refused,
        (
            "NotAuthorizedException".to_owned(),
            "Contact administrator to reset password.".to_owned()
        )
    );
    let sent = both.call("ForgotPassword", named("alice")).await.unwrap();
    assert_eq!(sent["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
}

#[tokio::test]
async fn earlier_passwords_are_refused_as_far_as_the_pool_remembers() {
    let world = World::new("Policies = { PasswordPolicy = { PasswordHistorySize = 2 } }", "");
    let token = world.sign_in("alice", PASSWORD).await;
    let change = |from: &str, to: &str| json!({"AccessToken": token, "PreviousPassword": from, "ProposedPassword": to});

    world.call("ChangePassword", change(PASSWORD, NEW)).await.unwrap();
    let refused = refusal(&world, "ChangePassword", change(NEW, PASSWORD)).await;
    assert_eq!(refused.0, "PasswordHistoryPolicyViolationException");
    world.call("ChangePassword", change(NEW, "Third-Battery-7?")).await.unwrap();

    world.call("ChangePassword", change("Third-Battery-7?", PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn password_that_others_know_is_refused_where_it_would_be_set() {
    let world = guarded("'PASSWORD_CHANGE', 'SIGN_UP'");
    let token = world.sign_in("alice", PASSWORD).await;
    world.call("ForgotPassword", named("alice")).await.unwrap();
    let code = world.code("alice@example.com");
    let told = (
        "InvalidPasswordException".to_owned(),
        "Provided password cannot be used for security reasons.".to_owned(),
    );

    let change =
        json!({"AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": LEAKED});
    assert_eq!(refusal(&world, "ChangePassword", change).await, told);
    let sign_up = with(sign_up("vera", &[]), json!({ "Password": LEAKED }));
    assert_eq!(refusal(&world, "SignUp", sign_up).await, told);
    let reset = |password: &str| {
        with(named("alice"), json!({"ConfirmationCode": code, "Password": password}))
    };
    assert_eq!(refusal(&world, "ConfirmForgotPassword", reset(LEAKED)).await, told);
    world.call("ConfirmForgotPassword", reset(NEW)).await.unwrap();
}

#[tokio::test]
async fn sign_in_with_a_password_that_others_know_ends_in_a_reset() {
    let set =
        json!({"UserPoolId": POOL, "Username": "alice", "Password": LEAKED, "Permanent": true});
    let quiet = guarded("'SIGN_UP'");
    quiet.call("AdminSetUserPassword", set.clone()).await.unwrap();
    assert!(quiet.try_sign_in("alice", LEAKED).await.is_ok());
    let world = guarded("");
    world.call("AdminSetUserPassword", set).await.unwrap();

    let refused = world.try_sign_in("alice", LEAKED).await.unwrap_err();

    assert_eq!(refused.name, "PasswordResetRequiredException");
    assert_eq!(refused.message, "Password reset required for user due to security reasons");
    let shown =
        world.call("AdminGetUser", json!({"UserPoolId": POOL, "Username": "alice"})).await.unwrap();
    assert_eq!(shown["UserStatus"], "RESET_REQUIRED");
}

#[tokio::test]
async fn risky_sign_in_is_refused_as_the_pool_says() {
    let world = guarded("'SIGN_UP'");
    let ask = |data: &str| {
        json!({ "ClientId": CLIENT, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "alice", "PASSWORD": PASSWORD },
            "UserContextData": { "EncodedData": data } })
    };
    let blocked = (
        "NotAuthorizedException".to_owned(),
        "Unable to login because of security reasons.".to_owned(),
    );

    for data in ["risk:high", "risk:medium"] {
        assert_eq!(refusal(&world, "InitiateAuth", ask(data)).await, blocked, "{data}");
    }
    for data in ["risk:low", "eyJwYXlsb2FkIjoie30ifQ=="] {
        assert!(world.call("InitiateAuth", ask(data)).await.is_ok(), "{data}");
    }
    let plain = World::new("", "");
    assert!(plain.call("InitiateAuth", ask("risk:high")).await.is_ok());
}
